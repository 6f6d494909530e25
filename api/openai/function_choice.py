"""Let the model choose whether to call a client's functions: its calls, checked, or what it says instead."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from api.openai.answered_calls import AnsweredCall, call_messages
from api.openai.function_arguments import fault
from api.openai.function_definitions import Functions
from api.openai.openai_errors import ParameterError
from rag.interfaces import ContentFilter, Generator, Message, TextDelta, ToolCallDelta
from rag.postprocessing.call_json import call_of, parsed_arguments
from rag.postprocessing.output_checks import check_stream
from rag.runtime.progress import CancelEvent
from rag.types import StopReason
from rag.types.decoding import Decoding
from rag.types.tools import ToolCall

MAX_CALLS = 8
_ATTEMPTS = 2
"""A model that makes a mistake is told, and may try once more."""

_MAX_ANNOUNCEMENT = 200
"""Characters of text that may stand before a call: a longer one is no call, and is not waited for."""

_BLOCK = re.compile(r"\s*```[a-z]*\s*(?P<code>\{.{1,20000}\})\s*(?:```\s*)?", re.DOTALL)

_MUST_CALL = "Call one of the functions now. Say nothing else."


@dataclass(frozen=True, slots=True)
class Choice:
    """The `calls` that the model chose to make, or the `text` it says instead, as far as it was read."""

    calls: tuple[ToolCall, ...]
    text: str
    prompt_tokens: int
    output_tokens: int
    stop_reason: StopReason | None


class FunctionChoice:
    """Ask one generator. `reads_on` has a text without calls read to its end, which is not needed to know of calls."""

    def __init__(
        self, generator: Generator, functions: Functions, content_filter: ContentFilter | None, *, reads_on: bool
    ) -> None:
        self._generator = generator
        self._functions = functions
        self._filter = content_filter
        self._reads_on = reads_on or functions.required
        self._schemas = {each.name: each.parameters for each in functions.definitions}

    def choose(
        self, messages: Sequence[Message], answered: Sequence[AnsweredCall], decoding: Decoding, cancelled: CancelEvent
    ) -> Choice:
        """Return the model's choice after these messages, and the calls `answered` since the last of them.

        Raises:
            ParameterError: a call is required and none is made, or the functions do not fit the window.
        """
        asked = [*self._with_demand(messages), *call_messages(answered)]
        prompt_tokens = output_tokens = 0
        for _ in range(_ATTEMPTS):
            prompt_tokens += self._fitting(asked, decoding)
            calls, text, last = self._read(asked, decoding, cancelled)
            output_tokens += last.tokens
            faults = [self._fault(call) for call in calls]
            if cancelled.is_set() or not any(faults):
                break
            asked += call_messages(
                AnsweredCall(call, wrong or "Not called yet.") for call, wrong in zip(calls, faults, strict=True)
            )
        right = [call for call in calls if not self._fault(call)]
        if self._functions.required and not right and not cancelled.is_set():
            raise ParameterError(
                "tool_choice", "The model called no function as 'tool_choice' requires. Ask again, or choose 'auto'."
            )
        kept = right[: MAX_CALLS if self._functions.parallel else 1]
        return Choice(tuple(kept), text, prompt_tokens, output_tokens, last.stop_reason)

    def _with_demand(self, messages: Sequence[Message]) -> list[Message]:
        if not self._functions.required:
            return list(messages)
        if messages[0]["role"] != "system":
            return [{"role": "system", "content": _MUST_CALL}, *messages]
        return [{**messages[0], "content": f"{messages[0]['content']}\n\n{_MUST_CALL}"}, *messages[1:]]

    def _fitting(self, messages: Sequence[Message], decoding: Decoding) -> int:
        """Return the tokens of the prompt."""
        tokens = self._generator.count_tokens(messages, self._functions.definitions)
        most = self._generator.context_tokens - self._generator.reserved_tokens(decoding)
        if tokens > most:
            raise ParameterError(
                "tools",
                f"The functions and the conversation take {tokens} tokens, and the model's window has room for {most} "
                "beside the answer. Offer fewer functions, or describe them more briefly.",
            )
        return tokens

    def _read(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: CancelEvent
    ) -> tuple[list[ToolCall], str, TextDelta]:
        """Return the calls, the text, and the last delta that was read."""
        calls: list[ToolCall] = []
        text, last = "", TextDelta("", 0)
        deltas = self._generator.stream(messages, decoding, cancelled, tools=self._functions.definitions)
        with closing(check_stream(deltas, self._filter)) as checked:
            for last in checked:
                text += last.text
                if isinstance(last, ToolCallDelta):
                    calls.append(last.call)
                is_code = text.lstrip().startswith("```")
                if not calls and not self._reads_on and len(text) > _MAX_ANNOUNCEMENT and not is_code:
                    break
        if not calls and (written := self._fenced_call(text, messages)):
            return [written], "", last
        return calls, text, last

    def _fenced_call(self, text: str, messages: Sequence[Message]) -> ToolCall | None:
        """Return the call that a text is which is one block of code: models for code write calls so."""
        block = _BLOCK.fullmatch(text)
        call = call_of(parsed_arguments(block["code"]), needs_arguments=True) if block else None
        if call is None or call.name not in self._schemas:
            return None
        before = sum(len(message.get("tool_calls", ())) for message in messages)
        return ToolCall(f"call{before + 1:05d}", call.name, call.arguments)

    def _fault(self, call: ToolCall) -> str:
        """Return why a call cannot be passed on, for the model; "" if it can."""
        if call.name not in self._schemas:
            return f"There is no function '{call.name}'. There are {', '.join(self._schemas)}."
        if self._filter and self._filter.objection(as_json(call.arguments)):
            return "The content filter objects to these arguments."
        return fault(dict(call.arguments), self._schemas[call.name])


def as_json(arguments: Mapping[str, Any]) -> str:
    """Return arguments as the text that clients read."""
    return json.dumps(dict(arguments), ensure_ascii=False)
