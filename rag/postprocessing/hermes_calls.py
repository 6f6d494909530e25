"""The format of Hermes, Qwen and many others: `<tool_call>{"name": …, "arguments": {…}}</tool_call>` (pure).

Small models of the family leave out the tags, or take those that the prompt has around the tools. The template of
Qwen2.5-Coder shows the braces of a call doubled, as a formatting string has them, and the model copies that.
"""

from collections.abc import Collection

from rag.postprocessing.call_json import (
    PENDING,
    Reading,
    Value,
    call_of,
    may_be_call,
    read_json,
    skip_space,
)

OPENING, CLOSING = "<tool_call>", "</tool_call>"
WRONG_OPENING, WRONG_CLOSING = "<tools>", "</tools>"
BARE = "{"
"""Begins a call without tags before any other text only, and only one of a tool that there is."""


def read_hermes(text: str, names: Collection[str], *, ended: bool) -> Reading | None:
    """Return the call with which a text begins; a model that ends, or calls again, may leave out the closing tag."""
    if text.startswith(BARE):
        return _bare(text, names, ended=ended)
    is_wrong = text.startswith(WRONG_OPENING)
    opening, closing = (WRONG_OPENING, WRONG_CLOSING) if is_wrong else (OPENING, CLOSING)
    found = read_json(text, skip_space(text, len(opening)), ended=ended)
    if not isinstance(found, Value):
        return found
    call = call_of(found.value)
    at = skip_space(text, found.end)
    if call is None or (is_wrong and call.name not in names):
        return None
    if text.startswith(closing, at):
        return Reading((call,), at + len(closing))
    if text.startswith(opening, at):
        return Reading((call,), at)
    if any(mark.startswith(text[at:]) for mark in (closing, opening)):
        return Reading((call,), len(text)) if ended else PENDING
    return None


def _bare(text: str, names: Collection[str], *, ended: bool) -> Reading | None:
    """Return the call of a JSON object without tags, its braces doubled or not."""
    doubled = text.startswith(BARE * 2)
    if not may_be_call(text, doubled):
        return None
    found = read_json(text, int(doubled), ended=ended)
    if not isinstance(found, Value):
        return found
    call = call_of(found.value, needs_arguments=True)
    if call is None or call.name not in names:
        return None
    if doubled and found.end == len(text) and not ended:
        return PENDING
    return Reading((call,), found.end + (doubled and text.startswith("}", found.end)))
