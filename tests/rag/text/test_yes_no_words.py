"""A "Yes" or "No" before a sentence is no part of what the sentence says."""

import pytest

from rag.text.yes_no_words import WORDS, without_yes_no


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("No, it is closed.", "it is closed."),
        ("No. It is closed.", "It is closed."),
        ("Yes: Cards are taken.", "Cards are taken."),
        ("YES – cards are taken.", "cards are taken."),
        ("Nein.", ""),
        ("Sí", ""),
        ("Oui : les perches sont interdites.", "les perches sont interdites."),
        ("不，蒙特雷在星期一关门。", "蒙特雷在星期一关门。"),
        ("نعم، مفتوح.", "مفتوح."),
    ],
)
def test_what_is_said_is_said_after_the_word(sentence: str, said: str) -> None:
    assert without_yes_no(sentence) == said


@pytest.mark.parametrize(
    "sentence", ["No. 5 is closed.", "No smoking here.", "Yesterday, it was open.", "Nobody: none.", "不是。", ""]
)
def test_a_word_that_begins_so_is_left(sentence: str) -> None:
    assert without_yes_no(sentence) == sentence


@pytest.mark.parametrize("language", WORDS)
def test_the_words_of_each_language_are_known(language: str) -> None:
    assert [without_yes_no(f"{word}: 5") for word in WORDS[language]] == ["5", "5"]
