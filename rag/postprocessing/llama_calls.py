"""The formats of Llama 3 (pure): JSON that is the whole answer or stands after a tag, and tags with a function's name.

{"name": …, "parameters": {…}}; {"name": …, "parameters": {…}}
<|python_tag|>{"name": …, "parameters": {…}}
<function=name>{…}</function>
"""

from collections.abc import Collection

from rag.postprocessing.call_json import (
    PENDING,
    Reading,
    Value,
    WrittenCall,
    call_of,
    may_be_call,
    name_at,
    read_json,
    skip_space,
)

PYTHON_TAG, FUNCTION, CLOSING = "<|python_tag|>", "<function=", "</function>"
BARE = "{"
"""Begins a call at the very beginning of an answer only, and only one of a tool that there is."""


def read_llama(text: str, names: Collection[str], *, ended: bool) -> Reading | None:
    """Return the calls with which a text begins."""
    if text.startswith(FUNCTION):
        return _named(text, ended=ended)
    if text.startswith(PYTHON_TAG):
        return _listed(text, skip_space(text, len(PYTHON_TAG)), None, ended=ended)
    return _listed(text, 0, names, ended=ended) if may_be_call(text) else None


def _named(text: str, *, ended: bool) -> Reading | None:
    """Return the call of a tag that has the function's name."""
    name = name_at(text, len(FUNCTION))
    at = len(FUNCTION) + len(name)
    if at == len(text):
        return None if ended else PENDING
    if not name or text[at] != ">":
        return None
    found = read_json(text, skip_space(text, at + 1), ended=ended)
    if not isinstance(found, Value):
        return found
    if not isinstance(found.value, dict):
        return None
    call, at = WrittenCall(name, found.value), skip_space(text, found.end)
    if text.startswith(CLOSING, at):
        return Reading((call,), at + len(CLOSING))
    if CLOSING.startswith(text[at:]):
        return Reading((call,), len(text)) if ended else PENDING
    return None


def _listed(text: str, at: int, names: Collection[str] | None, *, ended: bool) -> Reading | None:
    """Return the calls from `at` on, separated by semicolons; `names` are those of the tools, if only these count."""
    calls: list[WrittenCall] = []
    end = at
    while True:
        found = read_json(text, at, ended=ended)
        if found is PENDING:
            return PENDING
        call = call_of(found.value, needs_arguments=True) if isinstance(found, Value) else None
        if call is None or not isinstance(found, Value) or (names is not None and call.name not in names):
            return Reading(tuple(calls), end) if calls else None
        calls.append(call)
        end, at = found.end, skip_space(text, found.end)
        if text.startswith(";", at):
            at = skip_space(text, at + 1)
            end = at if at == len(text) else end
        elif at < len(text) or ended:
            return Reading(tuple(calls), end)
        if at == len(text) and not ended:
            return PENDING
