"""What the chat keeps: every answer, its settings, and nothing of another user's."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rag.errors import AccessError
from rag.services import Services
from rag.settings import load_settings
from rag.types import Content, NewDocument, Turn
from tests.rag.exports.test_conversation_record import ANSWER
from web.chat.history import ChatHistory
from web.chat.state import Conversation, TabState

FIRST = replace(
    ANSWER, question="The fee?", turns=(Turn("The fee?", ANSWER.text),), passages=(), dropped=(), sentences=()
)
NO_VECTORS = np.zeros((0, 48), np.float32)
SECOND = replace(FIRST, question="Why?", turns=(*FIRST.turns, Turn("Why?", ANSWER.text)))


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(load_settings()) as made:
        yield made


def questions(kept: ChatHistory, id_: str, owner: str = "ann") -> list[str]:
    return [answer.question for answer in kept.open(TabState(conversation=id_), Conversation(), owner).answers]


def test_answers_are_kept_with_the_settings_they_were_made_with(services: Services) -> None:
    kept = ChatHistory(services)
    one = kept.add(Conversation(settings={"top_k": 7}), FIRST, "ann")
    assert services.conversations.exchanges(one.id, "ann")[0].record["settings"]["top_k"] == 7
    two = kept.add(kept.begin(replace(one, settings={"top_k": 8}), "Why?", "ann"), SECOND, "ann")
    assert (two.id, questions(kept, one.id)) == (one.id, ["The fee?", "Why?"])
    opened = kept.open(TabState(conversation=one.id), Conversation(), "ann")
    assert (opened.settings, opened.history) == ({"top_k": 8}, SECOND.turns)


def test_what_is_not_asked_is_kept_from_the_first_question_on_and_the_tab_may_say_otherwise(services: Services) -> None:
    new = NewDocument(name="a.txt", source="/a.txt", sha256="x", recipe="r", size=1, owner="ann")
    one, two = (
        services.library.replace(Content(replace(new, source=source, sha256=source), (), ()), NO_VECTORS).id
        for source in ("/a", "/b")
    )
    kept = ChatHistory(services)
    begun = kept.begin(kept.open(TabState(frozenset({one})), Conversation(), "ann"), "The fee?", "ann")
    assert kept.open(TabState(conversation=begun.id), Conversation(), "ann").excluded == {one}
    told = kept.open(TabState(frozenset({two}), begun.id), begun, "ann")
    assert told.excluded == {two}
    kept.begin(told, "Why?", "ann")
    assert services.conversations.excluded(begun.id, "ann") == {two}


def test_an_answer_that_could_not_be_kept_is_kept_with_the_next_one(services: Services) -> None:
    kept = ChatHistory(services)
    unkept = Conversation((FIRST,))
    assert kept.open(TabState(), unkept, "ann").answers == (FIRST,), "it is remembered while the tab is open"
    assert questions(kept, kept.add(unkept, SECOND, "ann").id) == ["The fee?", "Why?"]
    begun = kept.begin(unkept, "Why?", "ann")
    assert questions(kept, begun.id) == ["The fee?"]
    assert questions(kept, kept.add(begun, SECOND, "ann").id) == ["The fee?", "Why?"]


def test_a_conversation_that_gets_no_answer_is_forgotten_and_one_that_has_some_is_not(services: Services) -> None:
    kept = ChatHistory(services)
    begun = kept.begin(Conversation(), "The fee?", "ann")
    assert services.conversations.find(begun.id, "ann") is not None
    assert kept.without_answer(begun, "ann").id == ""
    assert services.conversations.conversations("ann") == []
    answered = kept.add(kept.begin(Conversation(), "The fee?", "ann"), FIRST, "ann")
    assert kept.without_answer(answered, "ann") == answered
    assert questions(kept, answered.id) == ["The fee?"]


def test_asking_again_takes_the_place_of_later_answers(services: Services) -> None:
    kept = ChatHistory(services)
    whole = kept.add(kept.add(Conversation(), FIRST, "ann"), SECOND, "ann")
    again = kept.add(whole.before(2), replace(SECOND, question="Why not?"), "ann")
    assert (again.id, questions(kept, whole.id)) == (whole.id, ["The fee?", "Why not?"])


def test_nobody_opens_anothers_conversation(services: Services) -> None:
    kept = ChatHistory(services)
    anns = kept.add(Conversation(), FIRST, "ann")
    for owner in ("bob", ""):
        with pytest.raises(AccessError, match="not among yours"):
            questions(kept, anns.id, owner)
