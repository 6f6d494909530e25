"""The page tells of a question while it is typed, and asks for those that go on from its answer."""

from collections.abc import Iterator
from threading import Event

import pytest
from starlette.testclient import TestClient

from rag.services import Services
from tests.support.fakes import ScriptedGenerator
from tests.web.routes.conftest import client, store
from web.chat.answer_jobs import AnswerJobs, View
from web.chat.history import ChatHistory
from web.chat.reading_ahead import ReadingAhead
from web.chat.state import Conversation, TabState
from web.routes.chat_routes import ChatRoutes


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, TabState, str]]:
    seen: list[tuple[str, TabState, str]] = []
    monkeypatch.setattr(ReadingAhead, "begin", lambda _, *told: seen.append(told))
    return seen


def as_user(services: Services, jobs: AnswerJobs, user: str) -> TestClient:
    return client(ChatRoutes(services, jobs, ReadingAhead(services, lambda: False)).routes(), user)


@pytest.fixture
def ann(services: Services) -> TestClient:
    return as_user(services, AnswerJobs(), "ann")


def test_a_question_is_read_for_with_the_state_of_its_tab(
    ann: TestClient, begun: list[tuple[str, TabState, str]]
) -> None:
    sent = {"question": "The fee?", "tab": {"conversation": "abc", "excluded": [3]}}
    assert ann.post("/read-ahead", json=sent).json() == {"on": True}
    assert begun == [("The fee?", TabState(excluded=frozenset({3}), conversation="abc"), "ann")]


@pytest.mark.parametrize("sent", [{}, {"question": 3}, {"question": "  "}, [], {"question": None, "tab": []}])
def test_what_is_no_question_is_ignored(sent: object, ann: TestClient, begun: list[tuple[str, TabState, str]]) -> None:
    assert ann.post("/read-ahead", json=sent).status_code == 200
    assert begun == []


def questions(services: Services, jobs: AnswerJobs, user: str, conversation: str) -> list[str]:
    asked = as_user(services, jobs, user).get(f"/follow-ups?conversation={conversation}")
    found: list[str] = asked.json()["questions"]
    return found


def test_they_come_after_the_last_answer_of_an_own_conversation(services: Services) -> None:
    services.__dict__.update(generator=ScriptedGenerator("The birch is a white tree.", context_tokens=4096))
    id_ = store(services, "trees.txt", "The birch is a white tree. The yew is a poisonous tree.", "ann")
    answer = services.assistant.answer("What is a birch?", within={id_})
    talk = ChatHistory(services).add(Conversation(), answer, "ann").id
    jobs = AnswerJobs()
    assert questions(services, jobs, "ann", talk) == ["What is the yew?"]
    assert questions(services, jobs, "bob", talk) == []
    assert questions(services, jobs, "ann", "") == []
    may_end = Event()

    def write(_cancelled: object) -> Iterator[View]:
        may_end.wait(30)
        yield View((), Conversation(), None, "")

    jobs.begin("bob", "1f", write)
    assert questions(services, jobs, "ann", talk) == []
    may_end.set()
    jobs.close()
