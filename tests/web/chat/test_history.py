"""The chat keeps every answer, its settings, and nothing of another user's."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rag.errors import AccessError
from rag.services import Services
from rag.settings import load_settings
from rag.types import Content, NewDocument
from tests.support.kept_answers import FOLLOWING, PLAIN
from tests.support.stored_texts import put
from web.chat.history import ChatHistory
from web.chat.state import Conversation, TabState

NO_VECTORS = np.zeros((0, 48), np.float32)


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(load_settings()) as made:
        yield made


def questions(history: ChatHistory, id_: str, owner: str = "ann") -> list[str]:
    return [answer.question for answer in history.open(TabState(conversation=id_), Conversation(), owner).answers]


def test_answers_are_kept_with_the_settings_they_were_made_with(services: Services) -> None:
    history = ChatHistory(services)
    one = history.add(Conversation(settings={"top_k": 7}), PLAIN, "ann")
    assert services.conversations.exchanges(one.id, "ann")[0].record["settings"]["top_k"] == 7
    two = history.add(history.begin(replace(one, settings={"top_k": 8}), "Why?", "ann"), FOLLOWING, "ann")
    assert (two.id, questions(history, one.id)) == (one.id, ["The fee?", "Why?"])
    opened = history.open(TabState(conversation=one.id), Conversation(), "ann")
    assert (opened.settings, opened.history) == ({"top_k": 8}, FOLLOWING.turns)


def test_what_is_not_asked_is_kept_from_the_first_question_on_and_the_tab_may_say_otherwise(services: Services) -> None:
    new = NewDocument(name="a.txt", source="/a.txt", sha256="x", recipe="r", size=1, owner="ann")
    one, two = (
        put(services.library, Content(replace(new, source=source, sha256=source), (), ())).id for source in ("/a", "/b")
    )
    history = ChatHistory(services)
    begun = history.begin(history.open(TabState(excluded=frozenset({one})), Conversation(), "ann"), "The fee?", "ann")
    assert history.open(TabState(conversation=begun.id), Conversation(), "ann").excluded == {one}
    changed = history.open(TabState(excluded=frozenset({two}), conversation=begun.id), begun, "ann")
    assert changed.excluded == {two}
    history.begin(changed, "Why?", "ann")
    assert services.conversations.excluded(begun.id, "ann") == {two}


def test_an_answer_that_could_not_be_kept_is_kept_with_the_next_one(services: Services) -> None:
    history = ChatHistory(services)
    unkept = Conversation(answers=(PLAIN,))
    assert history.open(TabState(), unkept, "ann").answers == (PLAIN,), "it is remembered while the tab is open"
    assert questions(history, history.add(unkept, FOLLOWING, "ann").id) == ["The fee?", "Why?"]
    begun = history.begin(unkept, "Why?", "ann")
    assert questions(history, begun.id) == ["The fee?"]
    assert questions(history, history.add(begun, FOLLOWING, "ann").id) == ["The fee?", "Why?"]


def test_a_conversation_that_gets_no_answer_is_forgotten_and_one_that_has_some_is_not(services: Services) -> None:
    history = ChatHistory(services)
    begun = history.begin(Conversation(), "The fee?", "ann")
    assert services.conversations.find(begun.id, "ann") is not None
    assert history.discard_unanswered(begun, "ann").id == ""
    assert services.conversations.conversations("ann") == []
    answered = history.add(history.begin(Conversation(), "The fee?", "ann"), PLAIN, "ann")
    assert history.discard_unanswered(answered, "ann") == answered
    assert questions(history, answered.id) == ["The fee?"]


def test_a_question_is_kept_from_its_beginning_until_it_is_answered_or_told_of(services: Services) -> None:
    def opened() -> Conversation:
        return history.open(TabState(conversation=one.id), Conversation(), "ann")

    history = ChatHistory(services)
    one = history.begin(Conversation(), "The fee?", "ann")
    assert (opened().unanswered, opened().is_being_answered, opened().question(1)) == ("The fee?", True, "The fee?")
    one = history.add(one, PLAIN, "ann")
    assert (opened().unanswered, len(opened().answers), one.asked) == ("", 1, "")
    begun = history.begin(opened(), "Why?", "ann")
    assert (opened().unanswered, begun.unanswered, opened().history) == ("Why?", "", PLAIN.turns)
    again = history.begin(opened().before(3), "Why?", "ann")
    assert (again.unanswered, again.answers) == ("", begun.answers), "asked again, it is not one of the answers"
    history.discard_unanswered(again, "ann")
    assert opened().unanswered == ""


def test_asking_again_takes_the_place_of_later_answers(services: Services) -> None:
    history = ChatHistory(services)
    whole = history.add(history.add(Conversation(), PLAIN, "ann"), FOLLOWING, "ann")
    again = history.add(whole.before(2), replace(FOLLOWING, question="Why not?"), "ann")
    assert (again.id, questions(history, whole.id)) == (whole.id, ["The fee?", "Why not?"])


def test_nobody_opens_anothers_conversation(services: Services) -> None:
    history = ChatHistory(services)
    anns = history.add(Conversation(), PLAIN, "ann")
    for owner in ("bob", ""):
        with pytest.raises(AccessError, match="not among yours"):
            questions(history, anns.id, owner)
