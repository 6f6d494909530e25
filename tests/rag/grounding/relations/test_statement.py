"""Statements of sentences, and how surely they are made."""

import pytest

from rag.grounding.language_rules import ENGLISH
from rag.grounding.relations.clauses import Reading, read_clauses
from rag.grounding.relations.statement import find_statement, is_only_possible, is_unsure


def read(text: str) -> Reading:
    return read_clauses(text, ENGLISH.is_starter)


def test_a_verb_has_names_before_and_after_it() -> None:
    found = find_statement(read("Ada Byron directed The Harbour."))
    assert found is not None
    assert (found.predicate, found.is_role) == (("directed",), False)
    assert found.subject == {"ada", "byron"}
    assert "harbour" in found.object


@pytest.mark.parametrize(
    "text", ["The mayor of Genoa is Ada.", "Ada is the mayor of Genoa.", "Ada, the mayor of Genoa."]
)
def test_a_role_has_a_holder_and_what_it_is_of(text: str) -> None:
    found = find_statement(read(text))
    assert found is not None
    assert (found.predicate, found.is_role) == (("mayor",), True)
    assert (set(found.subject), set(found.of)) == ({"ada"}, {"genoa"})


def test_a_passive_is_told() -> None:
    found = find_statement(read("The Harbour was finally released in Genoa."))
    assert found is not None
    assert (found.predicate, found.is_passive) == (("released",), True)


@pytest.mark.parametrize("text", ["Simona Halep", "", "42", "Yes."])
def test_a_phrase_states_nothing(text: str) -> None:
    assert find_statement(read(text)) is None


@pytest.mark.parametrize(
    ("text", "unsure"),
    [
        ("Ada may have won.", True),
        ("Ada would later become famous, and won.", False),
        ("Ada is expected to have won.", True),
        ("Lex believes that Ada won.", True),
        ("If Ada won, Lex left.", True),
        ("Ada won in May.", False),
        ("Lex believes in luck; Ada won.", False),
    ],
)
def test_what_is_only_possible_or_believed_is_unsure(text: str, *, unsure: bool) -> None:
    words = read(text).words
    (at,) = (index for index, word in enumerate(words) if word.lower == "won")
    assert is_unsure(words, at) is unsure


def test_a_supposition_told_as_a_fact_is_noticed_anywhere_in_the_sentence() -> None:
    quote = read("The fee, which could be raised in June, is low.").words
    assert is_only_possible(read("The fee, which is raised in June, is low.").words, quote)
    assert not is_only_possible(quote, quote)
