"""Reading ahead: for each user the latest question, and only while nobody is answered."""

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Event
from typing import Any

import pytest

from rag.errors import QuestionError
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.settings import load_settings
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from web.chat.reading_ahead import ReadingAhead
from web.chat.state import TabState

LONG_S = 30.0


class WatchedAssistant:
    """Puts what it reads ahead into a queue, and reads until it is told to go on or is cancelled."""

    def __init__(self) -> None:
        self.begun: SimpleQueue[tuple[str, str]] = SimpleQueue()
        self.ended: SimpleQueue[tuple[str, bool]] = SimpleQueue()

    def read_ahead(self, question: str, *_: Any, reader: str, cancelled: CancelEvent, **__: Any) -> None:
        self.begun.put((question, reader))
        if question == "Bad?":
            raise QuestionError("No.")
        stopped = isinstance(cancelled, Event) and cancelled.wait(LONG_S if question == "Long?" else 0)
        self.ended.put((question, stopped))


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(load_settings()) as made:
        made.__dict__.update(embedder=WordEmbedder(), generator=ScriptedGenerator(), assistant=WatchedAssistant())
        yield made


@pytest.fixture
def assistant(services: Services) -> WatchedAssistant:
    found = services.__dict__["assistant"]
    assert isinstance(found, WatchedAssistant)
    return found


def test_a_later_question_of_the_same_user_ends_the_earlier_one(
    services: Services, assistant: WatchedAssistant
) -> None:
    reading = ReadingAhead(services, lambda: False)
    reading.begin("Long?", TabState(), "")
    assert assistant.begun.get(timeout=LONG_S) == ("Long?", "")
    reading.begin("Short?", TabState(), "")
    assert assistant.ended.get(timeout=LONG_S) == ("Long?", True)
    assert assistant.ended.get(timeout=LONG_S) == ("Short?", False)
    reading.close()


def test_nothing_is_read_while_an_answer_is_written(services: Services, assistant: WatchedAssistant) -> None:
    reading = ReadingAhead(services, lambda: True)
    reading.begin("Short?", TabState(), "")
    reading.close()
    assert assistant.begun.empty()


@pytest.mark.parametrize("chosen", [{"read_ahead": False}, {"prefix_cache_mb": 0}])
def test_settings_turn_it_off(assistant: WatchedAssistant, services: Services, chosen: dict[str, Any]) -> None:
    with Services(load_settings(**chosen)) as off:
        off.__dict__.update(services.__dict__ | {"settings": off.settings})
        reading = ReadingAhead(off, lambda: False)
        reading.begin("Short?", TabState(), "")
        reading.close()
        assert not reading.is_on
    assert assistant.begun.empty()


def test_a_question_that_cannot_be_asked_does_no_harm(services: Services, assistant: WatchedAssistant) -> None:
    reading = ReadingAhead(services, lambda: False)
    reading.begin("Bad?", TabState(), "")
    reading.begin("Short?", TabState(conversation="unknown"), "ann")
    reading.begin("Short?", TabState(), "bob")
    assert assistant.ended.get(timeout=LONG_S) == ("Short?", False)
    reading.close()
    assert [assistant.begun.get() for _ in range(2)] == [("Bad?", ""), ("Short?", "bob")]
