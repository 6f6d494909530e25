"""Words of questions in four languages."""

import pytest

from rag.text.numbers import question_words


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("CHANGE", "Um wie viel sank der Umsatz?"),
        ("CHANGE", "¿Cuánto aumentó el beneficio?"),
        ("SUM", "les ventes au total"),
        ("AVERAGE", "der durchschnittliche Umsatz"),
        ("EXTREME", "la plus élevée"),
        ("WHICH_YEAR", "In welchem Geschäftsjahr"),
        ("LAST", "los últimos tres ejercicios"),
    ],
)
def test_the_words_of_other_languages_are_found(pattern: str, text: str) -> None:
    assert getattr(question_words, pattern).search(text)


@pytest.mark.parametrize(
    ("pattern", "text"), [("EXTREME", "Best Buy's revenue"), ("CHANGE", "how much did it generate")]
)
def test_a_name_is_no_such_word(pattern: str, text: str) -> None:
    assert not getattr(question_words, pattern).search(text)
