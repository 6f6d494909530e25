"""The formats in which models write calls of tools, how each is read, and how that of a model is recognised."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from rag.postprocessing.call_json import (
    PENDING,
    ReadCalls,
    Value,
    WrittenCall,
    call_of,
    may_be_call,
    name_at,
    read_json,
    skip_space,
)

_HERMES_OPENING, _HERMES_CLOSING = "<tool_call>", "</tool_call>"
_WRONG_OPENING, _WRONG_CLOSING = "<tools>", "</tools>"
_PYTHON_TAG, _FUNCTION, _FUNCTION_END = "<|python_tag|>", "<function=", "</function>"
_TOOL_CALLS, _CALL_ID, _ARGUMENTS = "[TOOL_CALLS]", "[CALL_ID]", "[ARGS]"

_BARE = "{"
"""Begins a call without marks, before any other text only, and only one of a tool that there is."""


class Reader(Protocol):
    """Read calls of one format."""

    def __call__(self, text: str, names: Collection[str], *, ended: bool) -> ReadCalls | None:
        """Return the calls with which a text begins: `PENDING` if they may be going on, None if there are none.

        The text begins with an opening of the format; `names` are those of the tools. More text after a result other
        than `PENDING` does not change it; `ended` says that there is none.
        """


@dataclass(frozen=True, slots=True)
class CallFormat:
    """A format: what opens a call and what else marks it, its reader, and what opens a call without marks (`bare`)."""

    openings: tuple[str, ...]
    other_marks: tuple[str, ...]
    read: Reader
    bare: str = ""

    @property
    def marks(self) -> tuple[str, ...]:
        """All that marks a call, and is data in other texts."""
        return *self.openings, *self.other_marks


def _read_hermes(text: str, names: Collection[str], *, ended: bool) -> ReadCalls | None:
    """Read the format of Hermes, Qwen and many others: `<tool_call>{"name": …, "arguments": {…}}</tool_call>`.

    A model that ends, or calls again, may leave out the closing tag. Small ones leave out the tags, or take those that
    the prompt has around the tools.
    """
    if text.startswith(_BARE):
        return _bare_hermes(text, names, ended=ended)
    is_wrong = text.startswith(_WRONG_OPENING)
    opening, closing = (_WRONG_OPENING, _WRONG_CLOSING) if is_wrong else (_HERMES_OPENING, _HERMES_CLOSING)
    found = read_json(text, skip_space(text, len(opening)), ended=ended)
    if not isinstance(found, Value):
        return found
    call = call_of(found.value)
    at = skip_space(text, found.end)
    if call is None or (is_wrong and call.name not in names):
        return None
    if text.startswith(closing, at):
        return ReadCalls((call,), at + len(closing))
    if text.startswith(opening, at):
        return ReadCalls((call,), at)
    if any(mark.startswith(text[at:]) for mark in (closing, opening)):
        return ReadCalls((call,), len(text)) if ended else PENDING
    return None


def _bare_hermes(text: str, names: Collection[str], *, ended: bool) -> ReadCalls | None:
    """Return the call of a JSON object without tags.

    The template of Qwen2.5-Coder shows its braces doubled, as a formatting string has them, and the model copies that.
    """
    doubled = text.startswith(_BARE * 2)
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
    return ReadCalls((call,), found.end + (doubled and text.startswith("}", found.end)))


def _read_mistral(text: str, names: Collection[str], *, ended: bool) -> ReadCalls | None:  # noqa: ARG001  a seam
    """Read the formats of Mistral: a list of calls, or since 2025 the name of each before its arguments.

    [TOOL_CALLS][{"name": …, "arguments": {…}, "id": …}]
    [TOOL_CALLS]name[CALL_ID]id[ARGS]{…}
    """
    at = skip_space(text, len(_TOOL_CALLS))
    if name := name_at(text, at):
        return _named_mistral(text, at + len(name), name, ended=ended)
    found = read_json(text, at, ended=ended)
    if not isinstance(found, Value):
        return found
    values = found.value if isinstance(found.value, list) else [found.value]
    calls = tuple(call for call in map(call_of, values) if call)
    return ReadCalls(calls, found.end) if calls and len(calls) == len(values) else None


def _named_mistral(text: str, at: int, name: str, *, ended: bool) -> ReadCalls | None:
    """Return the call of a name that ends at `at`."""
    id_ = ""
    if text.startswith(_CALL_ID, at):
        id_ = name_at(text, at + len(_CALL_ID))
        at += len(_CALL_ID) + len(id_)
    if text.startswith(_ARGUMENTS, at):
        at += len(_ARGUMENTS)
    elif any(mark.startswith(text[at:]) for mark in (_CALL_ID, _ARGUMENTS)):
        return None if ended else PENDING
    found = read_json(text, skip_space(text, at), ended=ended)
    if not isinstance(found, Value):
        return found
    call = call_of({"name": name, "arguments": found.value, "id": id_})
    return ReadCalls((call,), found.end) if call else None


def _read_llama(text: str, names: Collection[str], *, ended: bool) -> ReadCalls | None:
    """Read the formats of Llama 3: JSON that is all of the answer or is behind a tag, and tags with a function's name.

    {"name": …, "parameters": {…}}; {"name": …, "parameters": {…}}
    <|python_tag|>{"name": …, "parameters": {…}}
    <function=name>{…}</function>
    """
    if text.startswith(_FUNCTION):
        return _named_llama(text, ended=ended)
    if text.startswith(_PYTHON_TAG):
        return _listed_llama(text, skip_space(text, len(_PYTHON_TAG)), None, ended=ended)
    return _listed_llama(text, 0, names, ended=ended) if may_be_call(text) else None


def _named_llama(text: str, *, ended: bool) -> ReadCalls | None:
    """Return the call of a tag that has the function's name."""
    name = name_at(text, len(_FUNCTION))
    at = len(_FUNCTION) + len(name)
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
    if text.startswith(_FUNCTION_END, at):
        return ReadCalls((call,), at + len(_FUNCTION_END))
    if _FUNCTION_END.startswith(text[at:]):
        return ReadCalls((call,), len(text)) if ended else PENDING
    return None


def _listed_llama(text: str, at: int, names: Collection[str] | None, *, ended: bool) -> ReadCalls | None:
    """Return the calls from `at` on, separated by semicolons; `names` are those of the tools, if only these count."""
    calls: list[WrittenCall] = []
    end = at
    while True:
        found = read_json(text, at, ended=ended)
        if found is PENDING:
            return PENDING
        call = call_of(found.value, needs_arguments=True) if isinstance(found, Value) else None
        if call is None or not isinstance(found, Value) or (names is not None and call.name not in names):
            return ReadCalls(tuple(calls), end) if calls else None
        calls.append(call)
        end, at = found.end, skip_space(text, found.end)
        if text.startswith(";", at):
            at = skip_space(text, at + 1)
            end = at if at == len(text) else end
        elif at < len(text) or ended:
            return ReadCalls(tuple(calls), end)
        if at == len(text) and not ended:
            return PENDING


HERMES = CallFormat((_HERMES_OPENING, _WRONG_OPENING), (_HERMES_CLOSING, _WRONG_CLOSING), _read_hermes, _BARE)
MISTRAL = CallFormat((_TOOL_CALLS,), (_CALL_ID, _ARGUMENTS), _read_mistral)
LLAMA = CallFormat((_PYTHON_TAG, _FUNCTION), (_FUNCTION_END,), _read_llama, _BARE)
FORMATS = (LLAMA, MISTRAL, HERMES)
"""In the order in which they are tried: only Llama's own templates write calls without marks."""
