"""The format of Hermes, Qwen and many others: `<tool_call>{"name": …, "arguments": {…}}</tool_call>` (pure)."""

from collections.abc import Collection

from rag.postprocessing.tool_calls.call_json import PENDING, Reading, Value, call_of, read_json, skip_space

OPENING, CLOSING = "<tool_call>", "</tool_call>"


def read_hermes(text: str, names: Collection[str], *, ended: bool) -> Reading | None:  # noqa: ARG001  a seam
    """Return the call with which a text begins; a model that ends, or calls again, may leave out the closing tag."""
    found = read_json(text, skip_space(text, len(OPENING)), ended=ended)
    if not isinstance(found, Value):
        return found
    call = call_of(found.value)
    at = skip_space(text, found.end)
    if call is None:
        return None
    if text.startswith(CLOSING, at):
        return Reading((call,), at + len(CLOSING))
    if text.startswith(OPENING, at):
        return Reading((call,), at)
    if any(mark.startswith(text[at:]) for mark in (CLOSING, OPENING)):
        return Reading((call,), len(text)) if ended else PENDING
    return None
