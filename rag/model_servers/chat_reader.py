"""Read the pieces of a streamed chat completion: to text deltas, thinking and answer apart."""

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeGuard

from rag.generation.detokenizer import CleanText
from rag.generation.thinking import THINK, ThinkingStream
from rag.interfaces import TextDelta, ThoughtDelta, ToolCallDelta
from rag.model_servers.protocol_client import Json
from rag.postprocessing.call_deltas import NativeCalls
from rag.types import Certainty, GenerationStats, StopReason
from rag.types.decoding import Decoding
from rag.types.tools import ToolCall

_REASONS: dict[str, StopReason] = {
    "stop": "end",
    "length": "length",
    "tool_calls": "end",
    "function_call": "end",
}
"""Any other reason, such as `content_filter` or `abort`, is the server's own: the answer was interrupted."""


_LARGEST = 1 << 53
"""Up to it, whole numbers are exact as floating point."""


class ChatReader:
    """The text of one answer as it arrives. `usage` is what the server says of its tokens.

    Stop sequences end the answer here, not at the server: its thinking may have them.
    """

    def __init__(self, decoding: Decoding, now: Callable[[], float] = time.perf_counter) -> None:
        self._split = ThinkingStream(THINK)
        self._thought, self._answer = CleanText(()), CleanText(decoding.stop)
        self._calls = NativeCalls()
        self._max_answers = decoding.max_new_tokens
        self._now = now
        self._started = now()
        self._first_at: float | None = None
        self._least: float | None = None
        self._timings: Json = {}
        self._is_over = False
        self.usage: Json = {}
        self.reason: StopReason | None = None
        self.thoughts = self.answers = 0
        """Tokens of thinking and of the answer; pieces of text where the server does not tell tokens apart."""

    @property
    def is_complete(self) -> bool:
        """True if the answer must not go on."""
        return self._is_over or self._answer.stopped

    @property
    def prompt_tokens(self) -> int:
        """Tokens of the prompt that the server has read; 0 if it does not say."""
        return _number(self.usage.get("prompt_tokens"))

    def push(self, piece: Json) -> Iterator[TextDelta]:
        """Yield the deltas that a piece makes safe to show."""
        if isinstance(usage := piece.get("usage"), dict):
            self.usage = usage
        if isinstance(timings := piece.get("timings"), dict):
            self._timings = timings
        choices = piece.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            return
        choice: Json = choices[0]
        delta = choice.get("delta")
        if isinstance(delta, dict):
            log_probs = _log_probs(choice.get("logprobs"))
            yield from self._think(_text(delta.get("reasoning_content")) or _text(delta.get("reasoning")), log_probs)
            yield from self._say(_text(delta.get("content")), log_probs)
            self._call(delta.get("tool_calls"))
        if isinstance(finished := choice.get("finish_reason"), str):
            self.reason = _REASONS.get(finished, "interrupted")

    def _think(self, text: str, log_probs: list[float]) -> Iterator[TextDelta]:
        if text:
            self._first_at = self._first_at or self._now()
            self.thoughts += len(log_probs) or 1
            yield from self._deltas(self._thought.push(text), "")

    def _say(self, text: str, log_probs: list[float]) -> Iterator[TextDelta]:
        if not text:
            return
        self._first_at = self._first_at or self._now()
        was_thinking = self._split.is_thinking
        thought, answer = self._split.push(text)
        tokens = len(log_probs) or 1
        if self._split.is_thinking and not was_thinking:  # with the tokens of which the opening tag consists
            self.thoughts, self.answers, self._least = self.thoughts + self.answers + tokens, 0, None
        elif was_thinking:
            self.thoughts += tokens
        elif self.answers + tokens > self._max_answers:
            self._is_over, self.reason, answer = True, "length", ""
        else:
            self.answers += tokens
            self._least = min([*log_probs, *([] if self._least is None else [self._least])], default=None)
        yield from self._deltas(self._thought.push(thought), self._answer.push(answer))

    def _call(self, fragments: Any) -> None:
        """Take in a piece of calls, as long as the answer may go on."""
        if not isinstance(fragments, list) or not fragments:
            return
        self._first_at = self._first_at or self._now()
        if self.answers >= self._max_answers:
            self._is_over, self.reason = True, "length"
            return
        self.answers += 1
        self._calls.push(fragment for fragment in fragments if isinstance(fragment, dict))

    def last(self, reason: StopReason | None = None) -> Iterator[TextDelta]:
        """Yield what was held back, and the last delta, with a reason other than the server's if one is given."""
        reason = reason or ("stop" if self._answer.stopped else self.reason) or "interrupted"
        thought, answer = self._split.finish()
        if thought:
            yield from self._deltas(self._thought.push(thought), "")
        text = self._answer.push(answer) + self._answer.finish()
        calls = self._calls.finish()
        text += "".join(piece for piece in calls if isinstance(piece, str))
        for call in calls:
            if isinstance(call, ToolCall):
                yield ToolCallDelta("", self.answers, call=call)
                reason = "tool_calls" if reason in ("end", "stop") else reason
        certainty = None if self._least is None else Certainty(min_log_prob=self._least)
        yield TextDelta(text, self._tokens(), reason, self._stats(), certainty)

    def _tokens(self) -> int:
        """Return the tokens of the answer: the server's own count if it can be taken."""
        said = _number(self.usage.get("completion_tokens"))
        is_comparable = self._least is None and not self.thoughts and not self.is_complete
        return min(max(said, self.answers), self._max_answers) if is_comparable else self.answers

    def _stats(self) -> GenerationStats:
        """Return times and savings as the server tells them, else as seen from here."""
        ended = self._now()
        first_at = self._first_at or ended
        prefill = _seconds(self._timings.get("prompt_ms"))
        decode = _seconds(self._timings.get("predicted_ms"))
        details = self.usage.get("prompt_tokens_details")
        return GenerationStats(
            waiting_s=0.0 if prefill is None else max(0.0, first_at - self._started - prefill),
            prefill_s=first_at - self._started if prefill is None else prefill,
            decode_s=ended - first_at if decode is None else decode,
            reused_tokens=_number(details.get("cached_tokens")) if isinstance(details, dict) else 0,
            drafted_tokens=_number(self._timings.get("draft_n")),
            accepted_tokens=_number(self._timings.get("draft_n_accepted")),
        )

    def _deltas(self, thought: str, answer: str) -> Iterator[TextDelta]:
        if thought:
            yield ThoughtDelta("", self.answers, thought=thought)
        if answer:
            yield TextDelta(answer, self.answers)


def _text(content: Any) -> str:
    """Return the text of a delta: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def _log_probs(value: Any) -> list[float]:
    """Return the log probability of each token of a piece; none if the server does not tell them."""
    content = value.get("content") if isinstance(value, dict) else None
    rows = content if isinstance(content, list) else []
    found = [row.get("logprob") for row in rows if isinstance(row, dict)]
    return [float(each) for each in found if _is_usual(each)]


def _seconds(milliseconds: Any) -> float | None:
    return milliseconds / 1000 if _is_usual(milliseconds) else None


def _number(value: Any) -> int:
    return int(value) if isinstance(value, int) and value > 0 and _is_usual(value) else 0


def _is_usual(value: Any) -> TypeGuard[float]:
    """Return whether it is a number that one can calculate with: a server may send one of 400 digits, or none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST < value < _LARGEST
