"""A tab that turns to one conversation after another shows the last one."""

import json
from threading import Thread
from typing import Any

from rag.services import Services
from tests.web.chat.conftest import FEE, LONG_S, NOTHING, Awaited, HeldGenerator, Tab, chat_of
from web.chat.answer_jobs import AnswerJobs
from web.chat.state import Conversation


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
