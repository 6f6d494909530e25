"""The chat's handlers over a real library: what tabs see, and what is kept, whoever asks first and ends last."""

import json
from collections.abc import Iterator, Sequence, Set
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import gradio as gr
import numpy as np
import pytest

from rag.interfaces import Message, TextDelta
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.settings import load_settings
from rag.types import Content, NewChunk, NewDocument, Page, Passage
from rag.types.decoding import Decoding, Grounding
from rag.types.tools import ToolDefinition
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from web.chat.answer_jobs import AnswerJobs
from web.chat.handlers import Chat
from web.chat.state import Conversation

LONG_S = 30.0
FEE = "The entry fee is 20 euros."
NOTHING = (gr.skip(),) * 6
"""An update that changes nothing."""


class HeldGenerator(ScriptedGenerator):
    """Does nothing until it is let go; that a question is cancelled it hears of only then, as while a model loads."""

    def __init__(self) -> None:
        super().__init__(FEE, context_tokens=4096)
        self.begun: SimpleQueue[str] = SimpleQueue()
        self.go_on = Event()

    def stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent | None = None,
        grounding: Grounding | None = None,
        tools: Sequence[ToolDefinition] = (),
    ) -> Iterator[TextDelta]:
        self.begun.put(messages[-1]["content"])
        assert self.go_on.wait(LONG_S)
        yield from super().stream(messages, decoding, cancelled, grounding)


@pytest.fixture
def generator() -> HeldGenerator:
    return HeldGenerator()


@pytest.fixture
def services(generator: HeldGenerator) -> Iterator[Services]:
    with Services(load_settings(reranker=None, entailment_model=None)) as made:
        made.__dict__.update(embedder=WordEmbedder(), generator=generator)
        store(made, "fees.txt", FEE)
        yield made


def store(services: Services, name: str, text: str, owner: str = "") -> int:
    document = NewDocument(name=name, source=f"/{name}", sha256=name, recipe="r", size=1, owner=owner)
    chunk = NewChunk(1, 0, len(text), text, "")
    vectors = WordEmbedder().embed_documents([text]).astype(np.float32)
    return services.library.replace(Content(document, (Page(number=1, label="", text=text),), (chunk,)), vectors).id


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


def kept(services: Services) -> list[list[str]]:
    store = services.conversations
    return [[e.record["question"] for e in store.exchanges(each.id, None)] for each in store.conversations(None)]


def test_an_answer_that_cannot_be_ended_yet_is_not_lost_to_a_later_question(
    services: Services, generator: HeldGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.chat.answer_jobs._STOP_TIMEOUT_S", 0.01)
    jobs = AnswerJobs()
    chat = Chat(services, jobs)
    one, two = Tab(chat, "one"), Tab(chat, "two")
    first = one.ask("What is the entry fee?")
    generator.begun.get(timeout=LONG_S)
    (talk,) = services.conversations.conversations("")
    two.ask("Why is it so?", talk.id).join(LONG_S)
    assert "still being worked on" in two.text
    generator.go_on.set()
    first.join(LONG_S)
    assert kept(services) == [["What is the entry fee?"]]
    two.ask("Why is it so?", talk.id).join(LONG_S)
    assert kept(services) == [["What is the entry fee?", "Why is it so?"]]


def test_nothing_is_remembered_of_a_tab_that_follows_no_answer(services: Services, generator: HeldGenerator) -> None:
    generator.go_on.set()
    chat = Chat(services, AnswerJobs())
    for number in range(3):
        tab = Tab(chat, f"tab {number}")
        assert len(list(chat.reopen("{}", tab.request))) == 2
        tab.ask("What is the entry fee?").join(LONG_S)
        assert FEE in tab.text
    assert chat._followed._tabs == {}


@pytest.mark.slow
def test_what_a_tab_turns_to_comes_after_the_last_update_of_what_it_has_left(
    services: Services, generator: HeldGenerator
) -> None:
    jobs = AnswerJobs()
    chat = Chat(services, jobs)
    tab = Tab(chat, "one")
    left = chat.ask("What is the entry fee?", Conversation(), "{}", tab.request)
    next(left)  # this update is on its way
    opening = Thread(target=lambda: tab.shown.extend(chat.reopen("{}", tab.request)))
    opening.start()
    opening.join(0.5)
    assert tab.shown == []
    assert list(left) == [NOTHING]
    opening.join(LONG_S)
    assert len(tab.shown) == 2
    generator.go_on.set()
    jobs.close()


@pytest.mark.slow
def test_a_question_is_shown_after_the_conversation_that_is_opened_before_it(
    services: Services, generator: HeldGenerator
) -> None:
    generator.go_on.set()
    chat = Chat(services, AnswerJobs())
    tab = Tab(chat, "one")
    opening = chat.reopen("{}", tab.request)
    next(opening)  # this update is on its way
    asking = tab.ask("What is the entry fee?")
    asking.join(0.5)
    assert tab.shown == []
    assert list(opening) == [NOTHING], "Gradio sends the last update again, later than the first of the answer"
    asking.join(LONG_S)
    assert FEE in tab.text


def test_the_last_update_changes_nothing_for_gradio_sends_it_again(
    services: Services, generator: HeldGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.chat.answer_jobs._STOP_TIMEOUT_S", 0.01)
    jobs = AnswerJobs()
    chat = Chat(services, jobs)
    one, two = Tab(chat, "one"), Tab(chat, "two")
    first = one.ask("What is the entry fee?")
    generator.begun.get(timeout=LONG_S)
    (talk,) = services.conversations.conversations("")
    two.ask("Why is it so?", talk.id).join(LONG_S)
    generator.go_on.set()
    first.join(LONG_S)
    last = one.shown[-1]
    opened = list(chat.reopen(json.dumps({"conversation": talk.id}), one.request))
    assert [last, two.shown[-1], opened[-1]] == [NOTHING] * 3


def test_the_question_box_is_ready_once_the_tab_follows_no_answer(services: Services, generator: HeldGenerator) -> None:
    chat = Chat(services, AnswerJobs())
    tab = Tab(chat, "one")
    asking = tab.ask("What is the entry fee?")
    generator.begun.get(timeout=LONG_S)
    assert chat.idle(tab.request) == gr.skip()
    generator.go_on.set()
    asking.join(LONG_S)
    assert chat.idle(tab.request)["submit_btn"]


def test_of_two_conversations_that_a_tab_turns_to_at_once_the_later_is_shown(
    services: Services, generator: HeldGenerator
) -> None:
    one, two = (services.conversations.create("", name).id for name in ("one", "two"))
    jobs = AnswerJobs()
    chat = Chat(services, jobs)
    tab = Tab(chat, "one")
    left = chat.ask("What is the entry fee?", Conversation(), "{}", tab.request)
    next(left)  # this update is on its way: both wait for it
    shown: list[Any] = []
    opening = []
    for id_ in (one, two):
        updates = chat.reopen(json.dumps({"conversation": id_}), tab.request)
        opening.append(Thread(target=lambda updates=updates: shown.extend(updates)))
        opening[-1].start()
        opening[-1].join(0.2)
    assert list(left) == [NOTHING]
    for each in opening:
        each.join(LONG_S)
    assert [update[-1] for update in shown if update != NOTHING] == [two]
    generator.go_on.set()
    jobs.close()


def test_what_another_user_uploads_meanwhile_is_not_asked(services: Services, generator: HeldGenerator) -> None:
    generator.go_on.set()
    (document,) = services.library.documents("")
    services.library.remove(document.id)
    store(services, "anns.txt", FEE, "ann")
    retrieve = services.retriever.retrieve

    def as_bob_uploads(query: str, limit: int, within: Set[int] | None = None) -> list[Passage]:
        store(services, "bobs.txt", f"{FEE} Bob pays it.", "bob")
        return retrieve(query, limit, within)

    services.retriever.__dict__["retrieve"] = as_bob_uploads
    Tab(Chat(services, AnswerJobs()), "anns", "ann").ask("What is the entry fee?").join(LONG_S)
    (talk,) = services.conversations.conversations("ann")
    (exchange,) = services.conversations.exchanges(talk.id, "ann")
    assert [passage["document"] for passage in exchange.record["passages"]] == ["anns.txt"]


def test_a_fault_of_ours_in_a_first_answer_leaves_no_conversation(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(services.assistant, "ask", fail)
    tab = Tab(Chat(services, AnswerJobs()), "one")
    with pytest.raises(ZeroDivisionError):
        list(tab._chat.ask("What is the entry fee?", Conversation(), "{}", tab.request))
    assert services.conversations.conversations(None) == []
