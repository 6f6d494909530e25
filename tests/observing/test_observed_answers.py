"""Events pass unchanged, and the answer is counted however it ends."""

import pytest

from observing.observed_answers import observed
from rag.errors import QuestionError
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.types import Answer, Planned
from tests.observing.metric_samples import value


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


def test_an_answer_that_is_cancelled_is_told_apart(services: Services) -> None:
    before = value("citewell_answers_total", outcome="cancelled")
    cancelled = CancelEvent()
    cancelled.set()
    list(observed(services.assistant.ask("What is the entry fee?", cancelled=cancelled)))
    assert value("citewell_answers_total", outcome="cancelled") == before + 1


def test_one_that_nobody_reads_to_its_end_is_not_running(services: Services) -> None:
    events = observed(services.assistant.ask("What is the entry fee?"))
    next(events)
    assert value("citewell_answers_running") == 1
    events.close()  # type: ignore[attr-defined]
    assert value("citewell_answers_running") == 0
