"""Kept answers come back as they were, and have nothing of a document that was removed meanwhile.

A question is kept before it is answered, and held as long as somebody is at it.
"""

from collections.abc import Iterator
from queue import Queue
from typing import Any, cast

import pytest

from rag.errors import LibraryError
from rag.services import Services
from rag.stores.sql_conversations import SqlConversations
from serving import stored_answers
from serving.stored_answers import KeptAnswers, OpenQuestions
from tests.support.kept_answers import FOLLOWING, PLAIN
from tests.support.servers.api_server import scripted_services
from tests.support.waiting import until

LONG_S = 10.0


@pytest.fixture
def services() -> Iterator[Services]:
    with scripted_services() as made:
        yield made


def test_an_answer_is_appended_and_comes_back_to_its_owner_only(services: Services) -> None:
    kept, begun = KeptAnswers(services), services.conversations.create("ann")
    kept.append(begun.id, [PLAIN], {"top_k": 7}, "ann")
    kept.append(begun.id, [PLAIN, FOLLOWING], {}, "ann")
    assert [answer.question for answer in kept.answers(begun.id, "ann")] == ["The fee?", "Why?"]
    assert kept.answers(begun.id, "bob") == ()
    kept.append(begun.id, [FOLLOWING], {}, "ann", after=0)
    assert [answer.question for answer in kept.answers(begun.id, "ann")] == ["Why?"]


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
    monkeypatch.setattr(stored_answers, "_RENEW_SECONDS", 0.01)
    return Store()


@pytest.fixture
def questions(store: Store) -> OpenQuestions:
    return OpenQuestions(cast(SqlConversations, store))


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
