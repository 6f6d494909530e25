"""Who holds a role, and who does what to whom."""

import pytest

from rag.grounding.language_rules import ENGLISH
from rag.grounding.relations.clauses import Word, read_clauses
from rag.grounding.relations.roles import is_held_by_another, is_reversed
from rag.grounding.relations.statement import find_statement


def read(text: str) -> tuple[Word, ...]:
    return read_clauses(text, ENGLISH.is_starter).words


def place(words: tuple[Word, ...], text: str) -> int:
    return next(index for index, word in enumerate(words) if word.lower == text)


@pytest.mark.parametrize(
    ("quote", "another"),
    [
        ("Mayor Lex Quill met Ada.", True),
        ("Lex Quill, the mayor, met Ada.", True),
        ("The mayor of Genoa is Lex Quill.", True),
        ("Ada, the mayor, met Lex Quill.", False),
        ("The mayor of Genoa, Ada, met Lex Quill.", False),
        ("The mayor met nobody.", False),
    ],
)
def test_the_holder_of_a_role_is_beside_it(quote: str, *, another: bool) -> None:
    statement = find_statement(read_clauses("Ada is the mayor of Genoa.", ENGLISH.is_starter))
    assert statement is not None
    words = read(quote)
    assert is_held_by_another(words, place(words, "mayor"), statement) is another


@pytest.mark.parametrize(
    ("quote", "reverse"),
    [
        ("Zenith bought Acme.", True),
        ("Acme was bought by Zenith.", True),
        ("Zenith was bought by Acme.", False),
        ("Acme bought Zenith.", False),
        ("Acme, which Lex owns, bought Zenith.", False),
    ],
)
def test_the_agent_is_before_the_verb_or_after_by(quote: str, *, reverse: bool) -> None:
    ours, theirs = read("Acme bought Zenith."), read(quote)
    assert is_reversed(ours, place(ours, "bought"), theirs, place(theirs, "bought")) is reverse
