"""Names in another name's place."""

import pytest

from rag.grounding.language_rules import ENGLISH
from rag.grounding.relations.clauses import Word, read_clauses
from rag.grounding.relations.slots import find_slots, has_other_title, takes_place_of_another

QUOTE = "An embargo was imposed by Peru on arms to Cuba during the rule of Batista."


def read(text: str) -> tuple[Word, ...]:
    return read_clauses(text, ENGLISH.is_starter).words


@pytest.mark.parametrize(
    ("claim", "displaced"),
    [
        ("An embargo was imposed by Cuba on arms to Peru during the rule of Batista.", True),
        (QUOTE, False),
        ("Peru imposed an embargo on Cuba.", False),
        ("Batista ruled Cuba.", False),
        ("Cuba", False),
    ],
)
def test_a_name_between_the_words_of_another_one_is_displaced(claim: str, *, displaced: bool) -> None:
    assert takes_place_of_another(find_slots(read(claim)), find_slots(read(QUOTE))) is displaced


def test_a_name_of_several_words_is_one_slot() -> None:
    assert [slot.name for slot in find_slots(read("In Genoa Ada Byron, Lex Quill met."))] == [
        {"genoa", "ada", "byron"},
        {"lex", "quill"},
    ]


@pytest.mark.parametrize(
    ("quote", "other"),
    [("The emperor Justinian fell ill.", True), ("Justinian, a historian, fell ill.", False), ("Nobody came.", False)],
)
def test_a_title_belongs_to_its_name(quote: str, *, other: bool) -> None:
    assert has_other_title(read("The historian Justinian fell ill."), read(quote)) is other
