"""Calls that a client sends back with their results, as messages for a model and as sources of an answer."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api.openai.openai_errors import ParameterError
from rag.types import Chunk, Passage
from rag.types.tools import ToolCall

MAX_CHARACTERS = 8000
"""Of all results together: so much fits into a small window beside the documents' passages."""

_MAX_CALLS = 32
_MAX_HEADING = 200


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A call of a function, and its result."""

    call: ToolCall
    result: str


class CallLog:
    """The calls since the last answer, each with its result once that has come; `param` names their messages."""

    def __init__(self, param: str) -> None:
        self._param = param
        self._calls: dict[str, tuple[str, dict[str, Any]]] = {}
        self._results: dict[str, str] = {}
        self._strays: list[str] = []

    def clear(self) -> None:
        """Forget what led to an answer: it has been answered."""
        self._calls, self._results, self._strays = {}, {}, []

    def call(self, id_: Any, name: Any, arguments: Any) -> None:
        """Add a call; its arguments are JSON.

        Raises:
            ParameterError: it is none.
        """
        given = _object(arguments)
        if not (isinstance(id_, str) and id_ and isinstance(name, str) and name) or given is None:
            raise ParameterError(
                self._param, f"'{self._param}' has a call without id, name or arguments in JSON. Send it as it came."
            )
        self._calls[id_] = name, given

    def result(self, id_: Any, text: str) -> None:
        """Add the result of a call."""
        if id_ in self._calls:
            self._results[id_] = text
        else:
            self._strays.append(str(id_)[:64])

    def answered(self) -> tuple[AnsweredCall, ...]:
        """Return the calls with results, numbered anew as chat templates accept it.

        Raises:
            ParameterError: they are too many, or too long, or there is a result of no call.
        """
        if self._strays:
            raise ParameterError(
                self._param,
                f"'{self._param}' has a result of the call '{self._strays[0]}', which no message before it makes. Send "
                "the message with the call, too.",
            )
        found = [(self._calls[id_], text) for id_, text in self._results.items()]
        size = sum(len(text) for _, text in found)
        if len(found) > _MAX_CALLS or size > MAX_CHARACTERS:
            raise ParameterError(
                self._param,
                f"The results of the calls are {len(found)} with {size} characters, and the limits are {_MAX_CALLS} "
                f"and {MAX_CHARACTERS}. Shorten them, or add the long part as a document.",
            )
        return tuple(
            AnsweredCall(ToolCall(f"call{number:05d}", name, arguments), text)
            for number, ((name, arguments), text) in enumerate(found, start=1)
        )


def call_messages(answered: Iterable[AnsweredCall]) -> list[dict[str, Any]]:
    """Return calls and results as messages for a model: one call a message, since some templates take no more."""
    messages: list[dict[str, Any]] = []
    for each in answered:
        call = each.call
        messages += [
            {"role": "assistant", "content": "", "tool_calls": (call,)},
            {"role": "tool", "tool_call_id": call.id, "name": call.name, "content": each.result},
        ]
    return messages


def result_passages(answered: Sequence[AnsweredCall]) -> tuple[Passage, ...]:
    """Return the results as passages of no document: the name of the function stands for it, arguments as heading."""
    return tuple(
        Passage(_chunk(number, each), 1.0) for number, each in enumerate(answered, start=1) if each.result.strip()
    )


def _chunk(number: int, answered: AnsweredCall) -> Chunk:
    call = answered.call
    given = ", ".join(f"{name}: {value}" for name, value in call.arguments.items())
    return Chunk(
        id=0,
        document_id=0,
        document=call.name,
        page=number,
        page_label="",
        start=0,
        end=len(answered.result),
        text=answered.result,
        heading=" ".join(given.split())[:_MAX_HEADING],
    )


def _object(arguments: Any) -> dict[str, Any] | None:
    """Return arguments in JSON, which may be left out; None if they are something else."""
    try:
        value = json.loads(arguments) if isinstance(arguments, str) and arguments.strip() else arguments or {}
        json.dumps(value, ensure_ascii=False).encode()  # escapes may have made half a character
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
