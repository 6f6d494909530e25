"""A chat over a real library whose model is held until it is let go, and tabs on it."""

import json
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import gradio as gr
import pytest

from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.settings import load_settings
from serving.answer_turns import AnswerTurns
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from tests.support.servers.api_server import store_document
from web.chat.answer_jobs import AnswerJob, AnswerJobs, View
from web.chat.followed_answers import Following
from web.chat.handlers import Chat
from web.chat.state import Conversation

LONG_S = 60.0
FEE = "The entry fee is 20 euros."
NOTHING = (gr.skip(),) * 6
"""An update that changes nothing."""


class HeldGenerator(ScriptedGenerator):
    """Does nothing until it is let go; that a question is cancelled it hears of only then, as while a model loads."""

    def __init__(self) -> None:
        super().__init__(FEE, context_tokens=4096)
        self.begun: SimpleQueue[str] = SimpleQueue()
        self.go_on = Event()

    def begin(self) -> None:
        self.begun.put(self.seen[-1]["content"])
        assert self.go_on.wait(LONG_S)


class Awaited(CancelEvent):
    """An event that tells that somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_awaited = Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.is_awaited.set()
        return super().wait(timeout)


@pytest.fixture
def last_updates(monkeypatch: pytest.MonkeyPatch) -> list[Awaited]:
    """Return the events of the last update of all that tabs follow, in the order in which they began to."""
    events: list[Awaited] = []

    def following(job: AnswerJob[View] | None, sent: int) -> Following:
        events.append(Awaited())
        return Following(job, sent, ended=events[-1])

    monkeypatch.setattr("web.chat.handlers.Following", following)
    return events


@pytest.fixture
def generator() -> HeldGenerator:
    return HeldGenerator()


@pytest.fixture
def services(generator: HeldGenerator) -> Iterator[Services]:
    with Services(load_settings(reranker=None, entailment_model=None)) as made:
        made.__dict__.update(embedder=WordEmbedder(), generator=generator)
        store_document(made, "fees.txt", FEE)
        yield made


class Tab:
    """A tab with its session; what it shows is followed in a thread."""

    def __init__(self, chat: Chat, name: str, owner: str = "") -> None:
        self._chat = chat
        self.request = gr.Request(username=owner or None, session_hash=name)
        self.shown: list[Any] = []

    def ask(self, question: str, conversation: str = "") -> Thread:
        tab = json.dumps({"conversation": conversation})
        updates = self._chat.ask(question, Conversation(), tab, self.request)
        following = Thread(target=lambda: self.shown.extend(updates))
        following.start()
        return following

    @property
    def text(self) -> str:
        """The chat's last message."""
        chats = [update[1].get("value") if isinstance(update[1], dict) else update[1] for update in self.shown]
        return str([chat for chat in chats if chat][-1][-1]["content"])


def chat_of(services: Services, jobs: AnswerJobs) -> Chat:
    return Chat(services, jobs, AnswerTurns(1, 8))
