"""The formats of Mistral (pure): a list of calls, or since 2025 the name of each before its arguments.

[TOOL_CALLS][{"name": …, "arguments": {…}, "id": …}]
[TOOL_CALLS]name[CALL_ID]id[ARGS]{…}
"""

from collections.abc import Collection

from rag.postprocessing.call_json import (
    PENDING,
    Reading,
    Value,
    call_of,
    name_at,
    read_json,
    skip_space,
)

OPENING, CALL_ID, ARGUMENTS = "[TOOL_CALLS]", "[CALL_ID]", "[ARGS]"


def read_mistral(text: str, names: Collection[str], *, ended: bool) -> Reading | None:  # noqa: ARG001  a seam
    """Return the calls with which a text begins."""
    at = skip_space(text, len(OPENING))
    if name := name_at(text, at):
        return _named(text, at + len(name), name, ended=ended)
    found = read_json(text, at, ended=ended)
    if not isinstance(found, Value):
        return found
    values = found.value if isinstance(found.value, list) else [found.value]
    calls = tuple(call for call in map(call_of, values) if call)
    return Reading(calls, found.end) if calls and len(calls) == len(values) else None


def _named(text: str, at: int, name: str, *, ended: bool) -> Reading | None:
    """Return the call of a name that ends at `at`."""
    id_ = ""
    if text.startswith(CALL_ID, at):
        id_ = name_at(text, at + len(CALL_ID))
        at += len(CALL_ID) + len(id_)
    if text.startswith(ARGUMENTS, at):
        at += len(ARGUMENTS)
    elif any(mark.startswith(text[at:]) for mark in (CALL_ID, ARGUMENTS)):
        return None if ended else PENDING
    found = read_json(text, skip_space(text, at), ended=ended)
    if not isinstance(found, Value):
        return found
    call = call_of({"name": name, "arguments": found.value, "id": id_})
    return Reading((call,), found.end) if call else None
