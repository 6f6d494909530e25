"""A question is kept before it is answered, and held as long as somebody is at it."""

from queue import Queue
from typing import Any, cast

import pytest

from rag.errors import LibraryError
from rag.interfaces import Conversations
from serving import open_questions
from serving.open_questions import OpenQuestions
from tests.support.waiting import until

LONG_S = 10.0


class Store:
    """Notes what is asked of it; the first call of each kind fails."""

    def __init__(self) -> None:
        self.calls: Queue[tuple[Any, ...]] = Queue()
        self._failed: set[str] = set()

    def open_question(self, *given: Any) -> str:
        self.calls.put(("open", *given))
        return "key"

    def hold_question(self, key: str, seconds: float) -> None:
        self._note("hold", key, seconds)

    def drop_question(self, key: str) -> None:
        self._note("drop", key)

    def _note(self, *call: Any) -> None:
        self.calls.put(call)
        if call[0] not in self._failed:
            self._failed.add(call[0])
            raise LibraryError("away")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(open_questions, "_RENEW_SECONDS", 0.01)
    return Store()


@pytest.fixture
def questions(store: Store) -> OpenQuestions:
    return OpenQuestions(cast("Conversations", store))


def test_a_question_is_held_on_while_it_is_answered_though_the_database_is_away_for_a_moment(
    questions: OpenQuestions, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    key = questions.begin("c1", "ann", "Why?")
    assert store.calls.get(timeout=LONG_S) == ("open", "c1", "ann", "Why?", 15.0)
    with questions.held(key):
        assert [store.calls.get(timeout=LONG_S) for _ in range(3)] == [("hold", "key", 15.0)] * 3
    until(lambda: "cannot be held: away" in caplog.text)


def test_a_question_whose_asker_was_told_why_is_forgotten(
    questions: OpenQuestions, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with questions.held("key", drops=True):
        store.calls.get(timeout=LONG_S)
    while store.calls.get(timeout=LONG_S) != ("drop", "key"):
        pass
    until(lambda: "cannot be forgotten: away" in caplog.text)
