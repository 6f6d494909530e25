"""The chat's handlers over a real library: what tabs see, and what is kept, whoever asks first and ends last."""

import json
from collections.abc import Set
from threading import Event, Thread
from typing import Any

import gradio as gr
import pytest

from rag.services import Services
from rag.types import Passage
from tests.support.servers.api_server import store_document
from tests.support.waiting import until
from tests.web.chat.conftest import FEE, LONG_S, NOTHING, Awaited, HeldGenerator, Tab, chat_of
from web.chat.answer_jobs import AnswerJobs
from web.chat.state import Conversation


def kept(services: Services) -> list[list[str]]:
    store = services.conversations
    return [[e.record["question"] for e in store.exchanges(each.id, None)] for each in store.conversations(None)]


def test_an_answer_that_cannot_be_ended_yet_is_not_lost_to_a_later_question(
    services: Services, generator: HeldGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.chat.answer_jobs._STOP_TIMEOUT_S", 0.01)
    jobs = AnswerJobs()
    chat = chat_of(services, jobs)
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


def test_who_asks_while_the_model_is_loaded_is_told_which(services: Services, generator: HeldGenerator) -> None:
    loaded = Event()

    def load(*_: str | None) -> HeldGenerator:
        assert loaded.wait(LONG_S)
        return generator

    del services.__dict__["generator"]
    services.__dict__["_load_generator"] = load
    generator.go_on.set()
    tab = Tab(chat_of(services, AnswerJobs()), "one")
    asking = tab.ask("What is the entry fee?")
    until(lambda: tab.shown and "Loading" in tab.text)
    assert services.model_label in tab.text
    loaded.set()
    asking.join(LONG_S)
    assert FEE in tab.text


def test_what_a_tab_turns_to_comes_after_the_last_update_of_what_it_has_left(
    services: Services, generator: HeldGenerator, last_updates: list[Awaited]
) -> None:
    jobs = AnswerJobs()
    chat = chat_of(services, jobs)
    tab = Tab(chat, "one")
    left = chat.ask("What is the entry fee?", Conversation(), "{}", tab.request)
    next(left)  # this update is on its way
    opening = Thread(target=lambda: tab.shown.extend(chat.reopen("{}", tab.request)))
    opening.start()
    assert last_updates[0].is_awaited.wait(LONG_S)
    assert tab.shown == []
    assert list(left) == [NOTHING]
    opening.join(LONG_S)
    assert len(tab.shown) == 2
    generator.go_on.set()
    jobs.close()


def test_a_question_is_shown_after_the_conversation_that_is_opened_before_it(
    services: Services, generator: HeldGenerator, last_updates: list[Awaited]
) -> None:
    generator.go_on.set()
    chat = chat_of(services, AnswerJobs())
    tab = Tab(chat, "one")
    opening = chat.reopen("{}", tab.request)
    next(opening)  # this update is on its way
    asking = tab.ask("What is the entry fee?")
    assert last_updates[0].is_awaited.wait(LONG_S)
    assert tab.shown == []
    assert list(opening) == [NOTHING], "Gradio sends the last update again, later than the first of the answer"
    asking.join(LONG_S)
    assert FEE in tab.text


def test_a_question_without_an_answer_is_given_back_unless_another_one_is_typed(services: Services) -> None:
    chat = chat_of(services, AnswerJobs())
    failed, request = Conversation(unanswered="What is the entry fee?"), Tab(chat, "one").request
    assert chat.idle(" ", failed, request)["value"] == "What is the entry fee?"
    assert "value" not in chat.idle("Why is it", failed, request)


def test_what_is_typed_is_left_alone_by_answers_that_were_not_asked_for_with_it(
    services: Services, generator: HeldGenerator
) -> None:
    chat = chat_of(services, AnswerJobs())
    one, two = Tab(chat, "one"), Tab(chat, "two")
    asking = one.ask("What is the entry fee?")
    generator.begun.get(timeout=LONG_S)
    (talk,) = services.conversations.conversations("")
    state = json.dumps({"conversation": talk.id})
    opening = Thread(target=lambda: two.shown.extend(chat.reopen(state, two.request)))
    opening.start()
    generator.go_on.set()
    for each in (asking, opening):
        each.join(LONG_S)
    two.shown.extend(chat.retry(Conversation(), state, gr.RetryData(None, {"index": 1, "value": ""}), two.request))
    emptied = [["value" in box for box, *_ in tab.shown if isinstance(box, dict)] for tab in (one, two)]
    assert emptied[0][0], "the question that was asked leaves the box"
    assert not any((*emptied[0][1:], *emptied[1]))


def test_what_another_user_uploads_meanwhile_is_not_asked(services: Services, generator: HeldGenerator) -> None:
    generator.go_on.set()
    (document,) = services.library.documents("")
    services.library.remove_all([document.id])
    store_document(services, "anns.txt", FEE, owner="ann")
    retrieve = services.retriever.retrieve

    def as_bob_uploads(query: str, limit: int, within: Set[int] | None = None) -> list[Passage]:
        store_document(services, "bobs.txt", f"{FEE} Bob pays it.", owner="bob")
        return retrieve(query, limit, within)

    services.retriever.__dict__["retrieve"] = as_bob_uploads
    Tab(chat_of(services, AnswerJobs()), "anns", "ann").ask("What is the entry fee?").join(LONG_S)
    (talk,) = services.conversations.conversations("ann")
    (exchange,) = services.conversations.exchanges(talk.id, "ann")
    assert [passage["document"] for passage in exchange.record["passages"]] == ["anns.txt"]


def test_a_fault_of_ours_in_a_first_answer_is_told_and_leaves_no_conversation(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(services.assistant, "ask", fail)
    tab = Tab(chat_of(services, AnswerJobs()), "one")
    shown: list[str] = []
    with pytest.raises(ZeroDivisionError):
        shown.extend(str(update) for update in tab._chat.ask("What is the fee?", Conversation(), "{}", tab.request))
    assert "an error in Citewell" in shown[-2]
    assert "Searching" not in shown[-2]
    assert services.conversations.conversations(None) == []


def test_of_two_conversations_that_a_tab_turns_to_at_once_the_later_is_shown(
    services: Services, generator: HeldGenerator, last_updates: list[Awaited]
) -> None:
    one, two = (services.conversations.create("", name).id for name in ("one", "two"))
    jobs = AnswerJobs()
    chat = chat_of(services, jobs)
    tab = Tab(chat, "one")
    left = chat.ask("What is the entry fee?", Conversation(), "{}", tab.request)
    next(left)  # this update is on its way
    shown: list[Any] = []
    opening = []
    for number, id_ in enumerate((one, two)):
        updates = chat.reopen(json.dumps({"conversation": id_}), tab.request)
        opening.append(Thread(target=lambda updates=updates: shown.extend(updates)))
        opening[-1].start()
        assert last_updates[number].is_awaited.wait(LONG_S), "each waits for the one before it"
    assert list(left) == [NOTHING]
    for each in opening:
        each.join(LONG_S)
    assert [update[-1] for update in shown if update != NOTHING] == [f"0 {two}"]
    generator.go_on.set()
    jobs.close()


def test_a_conversation_that_the_tab_has_turned_away_from_is_not_shown_if_its_request_comes_later(
    services: Services,
) -> None:
    one, two = (services.conversations.create("", name).id for name in ("one", "two"))
    chat = chat_of(services, AnswerJobs())
    tab = Tab(chat, "one")
    shown = [
        update
        for sent, id_ in ((2, two), (1, one))
        for update in chat.reopen(json.dumps({"conversation": id_, "turn": 1, "sent": sent}), tab.request)
    ]
    assert [update[-1] for update in shown if update != NOTHING] == [f"1 {two}"]


def test_a_question_stays_in_sight_though_the_page_was_asked_for_first_and_comes_later(
    services: Services, generator: HeldGenerator
) -> None:
    generator.go_on.set()
    chat = chat_of(services, AnswerJobs())
    tab = Tab(chat, "one")
    asked = chat.ask("What is the entry fee?", Conversation(), json.dumps({"sent": 2}), tab.request)
    next(asked)
    assert list(chat.reopen(json.dumps({"sent": 1}), tab.request)) == [NOTHING]
    assert FEE in str(list(asked)), "the tab follows its answer to the end"
