"""Events pass unchanged; the answer is counted however it ends, and traced without its contents."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from observing import tracing
from observing.observed_answers import observed
from rag.errors import QuestionError
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.types import Answer, Planned
from tests.observing.metric_samples import value
from tests.support.values import present


def test_events_pass_and_the_answer_is_counted(services: Services) -> None:
    before = value("citewell_answers_total", outcome="answered")
    running = []
    events = []
    for event in observed(services.assistant.ask("What is the entry fee?")):
        running.append(value("citewell_answers_running"))
        events.append(event)
    assert isinstance(events[0], Planned)
    assert isinstance(events[-1], Answer)
    assert min(running) >= 1
    assert value("citewell_answers_running") == 0
    assert value("citewell_answers_total", outcome="answered") == before + 1


def test_an_error_passes_and_is_counted(services: Services) -> None:
    before = value("citewell_errors_total", kind="QuestionError"), value("citewell_answers_total", outcome="failed")
    with pytest.raises(QuestionError):
        list(observed(services.assistant.ask(" ")))
    assert value("citewell_errors_total", kind="QuestionError") == before[0] + 1
    assert value("citewell_answers_total", outcome="failed") == before[1] + 1


def test_an_answer_that_is_cancelled_or_left_is_told_apart(services: Services) -> None:
    before = value("citewell_answers_total", outcome="cancelled")
    cancelled = CancelEvent()
    cancelled.set()
    list(observed(services.assistant.ask("What is the entry fee?", cancelled=cancelled)))
    assert value("citewell_answers_total", outcome="cancelled") == before + 1
    unread = observed(services.assistant.ask("What is the entry fee?"))
    next(unread)
    assert value("citewell_answers_running") == 1
    unread.close()  # type: ignore[attr-defined]
    assert value("citewell_answers_running") == 0, "nobody reads it to its end"


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.use(tracing.Tracer(provider))
    yield exporter
    tracing.use(None)


def span(exported: InMemorySpanExporter, name: str) -> ReadableSpan:
    (found,) = [each for each in exported.get_finished_spans() if each.name == name]
    return found


def test_the_stages_are_spans_of_one_trace(exported: InMemorySpanExporter, services: Services) -> None:
    list(observed(services.assistant.ask("What is the entry fee?")))
    root = span(exported, "ask")
    names = [each.name for each in exported.get_finished_spans()]
    assert {"planning", "retrieval", "rerank", "prompt", "citing", "ask"} <= {*names}
    attributes = present(root.attributes)
    assert (attributes["citewell.outcome"], attributes["citewell.passages"]) == ("answered", 1)
    for name in ("planning", "retrieval", "prompt"):
        stage = span(exported, name)
        assert present(stage.parent).span_id == present(root.context).span_id
        assert present(root.start_time) <= present(stage.start_time) <= present(stage.end_time)


def test_nothing_of_question_answer_or_documents_is_in_it(exported: InMemorySpanExporter, services: Services) -> None:
    list(observed(services.assistant.ask("What is the entry fee?")))
    with pytest.raises(QuestionError):
        list(observed(services.assistant.ask("marzipan " * 1000)))
    told = " ".join(each.to_json() for each in exported.get_finished_spans())
    assert '"error.type": "QuestionError"' in told
    for secret in ("entry", " fee", "euros", "marzipan"):  # "fee" may be in an id, in hexadecimal
        assert secret not in told, secret
