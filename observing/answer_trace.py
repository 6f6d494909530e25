"""The trace of one answer: a span, and one in it for each stage, made from events and timings when it is finished."""

import time

from observing.process_metrics import outcome_of
from observing.tracing import Span, tracer
from rag.types import Answer, Event, Planned, Retrieved

_NS = 1_000_000_000


class AnswerTrace:
    """Notes when the stages of an answer began. Without a tracer it does nothing."""

    def __init__(self) -> None:
        self._tracer = tracer()
        self._began = self._planned = self._retrieved = time.time_ns()
        self._span: Span | None = None
        if self._tracer:
            self._span = self._tracer.start_span("ask", start_time=self._began)

    def note(self, event: Event) -> None:
        """Note the time of an event; of the last one, make the spans of the stages."""
        if self._span is None:
            return
        match event:
            case Planned():
                self._planned = time.time_ns()
            case Retrieved():
                self._retrieved = time.time_ns()
                self._span.set_attribute("citewell.passages", len(event.passages))
            case Answer():
                self._describe(event)
                self._make_stages(event)

    def fail(self, error: Exception) -> None:
        """Note an error by its kind: its message may have words of the question."""
        if self._span is not None:
            self._span.set_attribute("error.type", type(error).__name__)

    def end(self) -> None:
        """End the trace."""
        if self._span is not None:
            self._span.end()

    def _describe(self, answer: Answer) -> None:
        assert self._span is not None  # noqa: S101  `note` has looked
        timings = answer.timings
        self._span.set_attributes(
            {
                "citewell.kind": answer.plan.kind,
                "citewell.outcome": outcome_of(answer),
                "citewell.stop_reason": answer.stop_reason,
                "citewell.prompt_tokens": timings.prompt_tokens,
                "citewell.reused_tokens": timings.generation.reused_tokens,
                "citewell.output_tokens": timings.output_tokens,
            }
        )

    def _make_stages(self, answer: Answer) -> None:
        timings, stats, now = answer.timings, answer.timings.generation, time.time_ns()
        self._stage("planning", self._began, self._planned)
        if not timings.retrieve_s:
            return  # it was kept, or needed no search
        at = self._planned
        for name, seconds in (
            ("rewriting", timings.rewrite_s),
            ("retrieval", timings.retrieve_s - timings.rerank_s - timings.prompt_s),
            ("rerank", timings.rerank_s),
            ("prompt", timings.prompt_s),
        ):
            at = self._stage(name, at, at + round(seconds * _NS))
        at = self._retrieved
        for name, seconds in (
            ("waiting", stats.waiting_s),
            ("prefill", stats.prefill_s),
            ("decode", stats.decode_s),
        ):
            at = self._stage(name, at, at + round(seconds * _NS))
        self._stage("citing", now - round(timings.check_s * _NS), now)

    def _stage(self, name: str, start: int, end: int) -> int:
        assert self._tracer is not None  # noqa: S101
        assert self._span is not None  # noqa: S101
        if end > start:
            self._tracer.start_child(name, self._span, start).end(end_time=end)
        return max(start, end)
