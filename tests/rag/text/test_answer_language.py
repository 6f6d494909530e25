"""An answer is in the language of the question, unless that asks for another one."""

import pytest

from rag.text.answer_language import answer_language, reading_language
from tests.conftest import passages

GERMAN = "Die Mitglieder wählen den Vorsitzenden alle zwei Jahre auf der großen Versammlung."
ENGLISH = "The members elect the chair every two years at the general assembly of the society."


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wer hat diesen Vertrag unterschrieben?", "de"),
        ("Who signed this contract? Answer in German.", "de"),
        ("Wer hat diesen Vertrag unterschrieben? Antworte bitte auf Englisch.", "en"),
        ("Résume ce contrat en espagnol", "es"),
        ("¿Quién firmó? Responde en inglés.", "en"),
        ("用英语回答：谁签署了合同？", "en"),
        ("Which of these contracts were written in German?", "en"),
        ("List the letters that he wrote to her in French", "en"),
        ("What is the word for contract in German?", "en"),
        ("Explain the changes in German tax law", "en"),
        ("Summarise this contract in German, please", "de"),
        ("Résume ce document.", "fr"),
        ("CE mark?", ""),
    ],
)
def test_the_question_decides(question: str, language: str) -> None:
    assert answer_language(question) == language


def test_a_question_too_short_to_tell_is_in_the_language_of_those_before() -> None:
    earlier = ["Who signed this contract in the end?", "Wer hat diesen Vertrag unterschrieben?"]
    assert answer_language("2019?", earlier) == "de"
    assert answer_language("Who signed it then, in 2019?", earlier) == "en"


def test_passages_are_read_in_another_language_only_if_none_is_in_that_of_the_answer() -> None:
    assert reading_language(passages([ENGLISH, ENGLISH]), "de") == "en"
    assert reading_language(passages([ENGLISH]), "en") == ""
    assert reading_language(passages([ENGLISH * 3, GERMAN * 3]), "de") == ""
    assert reading_language(passages([ENGLISH * 3, GERMAN * 3]), "fr") in {"en", "de"}
    assert reading_language(passages([ENGLISH]), "") == ""
    assert reading_language(passages(["1 2 3"]), "de") == ""
    assert reading_language([], "de") == ""
