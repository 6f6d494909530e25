"""The route of follow-up questions answers for the user's own conversations, and not while somebody waits."""

from collections.abc import Iterator
from threading import Event

from rag.services import Services
from tests.support.fakes import ScriptedGenerator
from tests.web.routes.conftest import client, store
from web.chat.answer_jobs import AnswerJobs, View
from web.chat.history import ChatHistory
from web.chat.state import Conversation
from web.routes.follow_up_routes import FollowUpRoutes


def questions(services: Services, jobs: AnswerJobs, user: str, conversation: str) -> list[str]:
    asked = client(FollowUpRoutes(services, jobs).routes(), user).get(f"/follow-ups?conversation={conversation}")
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
