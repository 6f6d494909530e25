"""Subjects of quotes: longer names, stray figures, sentences without the claim's names."""

import pytest

from rag.grounding.language_rules import ENGLISH
from rag.grounding.relations.clauses import Word, read_clauses
from rag.grounding.relations.subjects import has_stray_number, is_longer_name, stands_apart


def read(text: str) -> tuple[Word, ...]:
    return read_clauses(text, ENGLISH.is_starter).words


@pytest.mark.parametrize(
    ("quote", "longer"),
    [
        ("The World Cup Committee is in Genoa.", True),
        ("The World Cup is in Genoa.", False),
        ("The World Cup Committee met before the World Cup.", False),
        ("The World Cup Project is in Genoa.", False),
    ],
)
def test_the_beginning_of_another_name_is_not_the_subject(quote: str, *, longer: bool) -> None:
    assert is_longer_name(read("The World Cup is in Genoa."), read(quote)) is longer


@pytest.mark.parametrize(
    ("quote", "stray"),
    [
        ("Ada won. Report 2021 by Lex.", True),
        ("Ada won. She did so in 2021.", False),
        ("Ada won in 2021.", False),
        ("Ada won. Nobody minded.", False),
    ],
)
def test_a_figure_belongs_to_a_sentence_about_the_same(quote: str, *, stray: bool) -> None:
    assert has_stray_number({"2021"}, {"ada", "won"}, read(quote)) is stray


@pytest.mark.parametrize(
    ("quote", "apart"),
    [
        ("Ada met Lex.", False),
        ("Lex left Genoa.", True),
        ("She left Lex.", False),
        ("The doctor left Lex.", False),
        ("It rained.", True),
    ],
)
def test_a_sentence_names_both_sides_or_refers_to_one(quote: str, *, apart: bool) -> None:
    assert stands_apart(read(quote), [{"ada"}, {"lex"}], frozenset()) is apart
