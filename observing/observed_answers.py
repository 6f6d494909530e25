"""Count an answer, and trace it where traces are on, by its events as they pass from the assistant to a face."""

import time
from collections.abc import Iterator

from observing import process_metrics as metrics
from observing import tracing
from observing.tracing import Tracer
from rag.types import Answer, Event, Planned, Retrieved

_NS = 1_000_000_000


class AnswerTrace:
    """The trace of one answer: a span, and in it one for each stage, made when the answer is finished."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._began = self._planned = self._retrieved = time.time_ns()
        self._span = tracer.start_span("ask", start_time=self._began)

    def note(self, event: Event) -> None:
        """Note the time of an event; of the last one, make the spans of the stages."""
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
        self._span.set_attribute("error.type", type(error).__name__)

    def end(self) -> None:
        """End the trace."""
        self._span.end()

    def _describe(self, answer: Answer) -> None:
        timings = answer.timings
        self._span.set_attributes(
            {
                "citewell.kind": answer.plan.kind,
                "citewell.outcome": metrics.outcome_of(answer),
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
        if end > start:
            self._tracer.start_child(name, self._span, start).end(end_time=end)
        return max(start, end)


def observed(events: Iterator[Event]) -> Iterator[Event]:
    """Yield the events of `Assistant.ask`, and count and trace the answer."""
    tracer = tracing.tracer()
    trace = AnswerTrace(tracer) if tracer else None
    try:
        with metrics.RUNNING.track_inprogress():
            for event in events:
                if trace:
                    trace.note(event)
                if isinstance(event, Answer):
                    metrics.count_answer(event)
                yield event
    except Exception as error:
        metrics.count_failed_answer(error)
        if trace:
            trace.fail(error)
        raise
    finally:
        if trace:
            trace.end()
