"""An answer is a trace with a span for each stage, in the order in which they were, and without contents."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from observing import tracing
from observing.observed_answers import observed
from rag.errors import QuestionError
from rag.services import Services


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    """Yield what receives the spans."""
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
    assert root.attributes is not None
    assert root.attributes["citewell.outcome"] == "answered"
    assert root.attributes["citewell.passages"] == 1
    for name in ("planning", "retrieval", "prompt"):
        stage = span(exported, name)
        assert stage.parent is not None
        assert root.context is not None
        assert stage.parent.span_id == root.context.span_id
        assert root.start_time is not None
        assert stage.start_time is not None
        assert stage.end_time is not None
        assert root.start_time <= stage.start_time <= stage.end_time


def test_nothing_of_question_answer_or_documents_is_in_it(exported: InMemorySpanExporter, services: Services) -> None:
    list(observed(services.assistant.ask("What is the entry fee?")))
    with pytest.raises(QuestionError):
        list(observed(services.assistant.ask("marzipan " * 1000)))
    told = " ".join(each.to_json() for each in exported.get_finished_spans())
    assert '"error.type": "QuestionError"' in told
    for secret in ("entry", " fee", "euros", "marzipan"):  # "fee" may be in an id, in hexadecimal
        assert secret not in told, secret


def test_without_a_tracer_nothing_is_made(services: Services) -> None:
    assert tracing.tracer() is None
    list(observed(services.assistant.ask("What is the entry fee?")))
