"""Let the model call tools before it answers, in a few rounds.

In each round it reads the sources, the tools and what its calls returned, and calls again or answers. What a search or
a page adds are passages with the next numbers, cited and checked like those found first. When it makes a second mistake
or has used up the rounds or the window, the answer is written from the usual prompt, with all passages.

A text is the answer as soon as it is too long to be the announcement of a call; it streams from there on.
"""

import logging
from collections.abc import Generator, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Literal

from rag.answering.arithmetic import Calculation
from rag.answering.calculated_evidence import computed_from, unbacked
from rag.answering.hidden_instructions import without_instructions
from rag.answering.prompt import describe, fenced, with_more_sources
from rag.answering.prompt_search import Searched
from rag.answering.toolbox import DEFINITIONS, Toolbox, ToolResult
from rag.interfaces import Generator as TextGenerator
from rag.interfaces import Message, TextDelta, ThoughtDelta, ToolCallDelta, closed_after
from rag.runtime.progress import CancelEvent
from rag.types import Passage, ToolCall, ToolCalled
from rag.types.decoding import Decoding, Grounding

log = logging.getLogger(__name__)

_MAX_ROUNDS = 3
_MAX_CALLS = 6
_MAX_FAILURES = 2
"""The second call that comes to nothing ends the rounds."""

_MAX_ANNOUNCEMENT = 100
"""Characters of text that may stand before a call: it is held back so long."""

_NO_ROOM = "There is no room for more sources. Answer from those that you have."
_UNBACKED = "{number} stands in no source: calculate with numbers of the sources."
_REPEATED = "You have called this already. Answer from the sources that you have."


def may_call_tools(setting: Literal["off", "auto", "on"], generator: TextGenerator, *, helps: bool) -> bool:
    """Return whether a model may call tools: as set, else if it `helps` its answers, as far as that was measured."""
    if setting == "on" and not generator.can_call_tools:
        log.warning("The model in use cannot call tools, so it answers without (setting tools).")
    return (setting == "on" or (setting == "auto" and helps)) and generator.can_call_tools


@dataclass(frozen=True, slots=True)
class Gathered:
    """The model's calls, the search with what they added, and the deltas of the answer."""

    search: Searched
    deltas: Iterator[TextDelta]
    calls: tuple[ToolCalled, ...]


class ToolRounds:
    """Lead the rounds of one generator that can call tools."""

    def __init__(self, toolbox: Toolbox, generator: TextGenerator) -> None:
        self._toolbox = toolbox
        self._generator = generator

    def has_room(self, search: Searched, decoding: Decoding) -> bool:
        """Return whether the tools fit into the window beside the prompt."""
        return self._fits(search.prompt.messages, decoding)

    def gather(
        self, search: Searched, decoding: Decoding, within: AbstractSet[int] | None, cancelled: CancelEvent | None
    ) -> Generator[ToolCalled, None, Gathered]:
        """Yield each call when it is carried out; return what was gathered, and the answer as it is generated."""
        state = _State(search)
        for _ in range(_MAX_ROUNDS):
            if state.called and not self._fits(state.messages, decoding):
                break
            deltas = self._generator.stream(state.messages, decoding, cancelled, state.grounding(), DEFINITIONS)
            turn = _Turn(deltas)
            if turn.is_empty:
                state.thoughts += turn.thoughts()
                break
            if turn.is_answer:
                rest = _answer(turn, state.thoughts, is_first=not state.called)
                return Gathered(self._searched(state), rest, tuple(state.called))
            state.thoughts += turn.thoughts()
            for call in turn.calls:
                if len(state.called) < _MAX_CALLS and state.failures < _MAX_FAILURES:
                    yield self._carry_out(call, turn.said, state, decoding, within)
            if state.failures >= _MAX_FAILURES or len(state.called) >= _MAX_CALLS:
                break
        written = self._usual(state, decoding)
        deltas = self._generator.stream(written.prompt.messages, decoding, cancelled, written.grounding)
        return Gathered(written, _chained(state.thoughts, deltas), tuple(state.called))

    def _carry_out(
        self, call: ToolCall, said: str, state: "_State", decoding: Decoding, within: AbstractSet[int] | None
    ) -> ToolCalled:
        """Carry out a call, tell the model its result, and return what people are told of it."""
        result = ToolResult(_REPEATED, failed=True)
        if not state.has_called(call):
            result = state.checked(self._toolbox.carry_out(call, within, state.passages))
        added: tuple[Passage, ...] = ()
        for passage in result.passages:
            if self._fits([*state.messages, *state.exchange(call, said, (*added, passage))], decoding):
                added = (*added, passage)
        text = result.text or ("" if added else _NO_ROOM)
        called = ToolCalled(call.name, call.arguments, text, added, result.failed)
        state.add(call, said, called, result)
        return called

    def _fits(self, messages: Sequence[Message], decoding: Decoding) -> bool:
        tokens = self._generator.count_tokens(messages, DEFINITIONS)
        return tokens + self._generator.reserved_tokens(decoding) <= self._generator.context_tokens

    def _usual(self, state: "_State", decoding: Decoding) -> Searched:
        """Return the search with the usual prompt, in which all that was gathered stands before the question."""
        search = state.search
        prompt = with_more_sources(
            search.prompt,
            search.asked.question,
            state.added,
            room=self._generator.context_tokens - self._generator.reserved_tokens(decoding),
            count=self._generator.count_tokens,
            notes=[f"Calculated: {calculation.statement}" for calculation in state.calculations],
        )
        return replace(state.searched(), prompt=prompt)

    def _searched(self, state: "_State") -> Searched:
        """Return the search with the prompt of the last round, counted anew if there was a call."""
        searched = state.searched()
        if not state.called:
            return searched
        tokens = self._generator.count_tokens(state.messages, DEFINITIONS)
        return replace(searched, prompt=replace(searched.prompt, tokens=tokens))


class _Turn:
    """The text of one round, read until it is clear whether it calls tools or answers."""

    def __init__(self, deltas: Iterator[TextDelta]) -> None:
        self.deltas = deltas
        self.calls: list[ToolCall] = []
        self.held: list[TextDelta] = []
        self.said = ""
        for delta in deltas:
            if isinstance(delta, ToolCallDelta):
                self.calls.append(delta.call)
                continue
            self.held.append(delta)
            self.said += "" if self.calls else delta.text
            if not self.calls and len(self.said) > _MAX_ANNOUNCEMENT:
                break
        self.is_cancelled = bool(self.held) and self.held[-1].stop_reason == "cancelled"

    @property
    def is_empty(self) -> bool:
        """Return whether a model had nothing to say with tools before it: it has without them."""
        return self.is_answer and not (self.is_cancelled or self.said.strip())

    @property
    def is_answer(self) -> bool:
        return not self.calls or self.is_cancelled

    def thoughts(self) -> list[TextDelta]:
        """Return what is no part of the answer: the thinking, and the text around the calls."""
        texts = (replace(delta, stop_reason=None, stats=None, certainty=None) for delta in self.held)
        return [
            delta if isinstance(delta, ThoughtDelta) else ThoughtDelta("", 0, thought=delta.text)
            for delta in texts
            if isinstance(delta, ThoughtDelta) or delta.text
        ]


class _State:
    """The conversation of the rounds, and what they have gathered."""

    def __init__(self, search: Searched) -> None:
        self.search = search
        self.messages: list[Message] = list(search.prompt.messages)
        self.added: list[Passage] = []
        self.calculations: list[Calculation] = []
        self.called: list[ToolCalled] = []
        self.thoughts: list[TextDelta] = []
        self.failures = 0

    @property
    def passages(self) -> tuple[Passage, ...]:
        return (*self.search.prompt.passages, *self.added)

    def has_called(self, call: ToolCall) -> bool:
        return any((each.name, each.arguments) == (call.name, call.arguments) for each in self.called)

    def checked(self, result: ToolResult) -> ToolResult:
        """Return the result, a mistake if it was calculated from a number that nobody has shown."""
        if result.calculation is None:
            return result
        unknown = unbacked(result.calculation, self.search.asked.question, self.passages, self.calculations)
        return ToolResult(_UNBACKED.format(number=unknown[0]), failed=True) if unknown else result

    def exchange(self, call: ToolCall, said: str, added: Sequence[Passage], text: str = "") -> list[Message]:
        """Return a call and its result as messages: one call a message, since some templates take no more."""
        result = without_instructions(text) or fenced(added, len(self.passages) + 1)
        return [
            {"role": "assistant", "content": said.strip(), "tool_calls": (call,)},
            {"role": "tool", "tool_call_id": call.id, "name": call.name, "content": result},
        ]

    def add(self, call: ToolCall, said: str, called: ToolCalled, result: ToolResult) -> None:
        said = "" if self.messages[-1]["role"] == "tool" else said
        self.messages += self.exchange(call, said, called.passages, called.result)
        self.added += called.passages
        self.calculations += [result.calculation] if result.calculation else []
        self.failures += result.failed
        self.called.append(called)

    def grounding(self) -> Grounding | None:
        """Return what the answer is held to, with what was added."""
        grounding = self.search.grounding
        if grounding is None:
            return None
        added = [text for passage in self.added for text in (passage.chunk.text, describe(passage))]
        results = [calculation.statement for calculation in self.calculations]
        return replace(grounding, texts=(*grounding.texts, *added, *results)) if self.called else grounding

    def searched(self) -> Searched:
        """Return the search with what was added, and with what was calculated from it."""
        prompt = self.search.prompt
        longer = replace(prompt, messages=tuple(self.messages), passages=self.passages, new=(*prompt.new, *self.added))
        plan = self.search.plan
        computed = computed_from(self.calculations, self.search.asked.question, self.passages, plan.language)
        return replace(self.search, prompt=longer, grounding=self.grounding(), computed=computed)


def _answer(turn: _Turn, thoughts: Sequence[TextDelta], *, is_first: bool) -> Generator[TextDelta]:
    """Yield the deltas of an answer; a call within it comes too late, and is left out.

    What the probe says after calls is left out too: it was fitted to prompts without any.
    """
    for delta in _chained([*thoughts, *turn.held], turn.deltas):
        if isinstance(delta, ToolCallDelta):
            continue
        if delta.stop_reason == "tool_calls":
            delta = replace(delta, stop_reason="end")
        certainty = delta.certainty
        if certainty and not is_first:
            delta = replace(delta, certainty=replace(certainty, answerable=None))
        yield delta


def _chained(first: Sequence[TextDelta], rest: Iterator[TextDelta]) -> Generator[TextDelta]:
    with closed_after(rest):
        yield from first
        yield from rest
