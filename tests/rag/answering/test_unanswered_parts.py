"""A part of a question is called unanswered only where the answer has nothing for it, in whatever words."""

from dataclasses import replace

import pytest

from rag.answering.unanswered_parts import unanswered_parts
from rag.types import Sentence
from rag.understanding.planner import plan
from tests.support.kept_answers import QUOTE

BOTH = "Who founded Debian, and how many bicycles does it own?"


def unanswered(question: str, *texts: str, quote: str = "") -> list[str]:
    citations = (replace(QUOTE, quote=quote),) if quote else ()
    said = [Sentence(start=0, end=len(t), text=t, citations=citations, support="supported") for t in texts]
    return [part.text for part in unanswered_parts(plan(question), said)]


def test_a_part_of_which_the_answer_has_no_word_is_unanswered() -> None:
    assert unanswered(BOTH, "Ian Murdock founded Debian.") == ["how many bicycles does it own?"]
    question = "Wer hat Debian gegründet, und wie viele Fahrräder besitzt das Projekt?"
    assert len(unanswered(question, "Ian Murdock hat Debian gegründet.")) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "Ian Murdock founded Debian, and it owns three.",
        "Ian Murdock founded Debian. There are three two-wheelers.",
        "Ian Murdock founded Debian, three two-wheelers belong to it.",
    ],
)
def test_what_may_answer_it_in_other_words_does(answer: str) -> None:
    assert unanswered(BOTH, answer) == []


def test_a_part_without_a_word_of_its_own_is_never_unanswered() -> None:
    assert unanswered("Who founded Debian, and when was that?", "Ian Murdock founded Debian.") == []


def test_without_any_answer_no_part_is_named_and_nor_is_one_of_another_kind() -> None:
    assert unanswered(BOTH) == []
    assert unanswered(BOTH, "Whales sing.") == []
    assert unanswered("Who founded Debian?", "Whales sing.") == []
