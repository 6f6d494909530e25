"""Find in questions the things to be listed."""

import pytest

from rag.understanding.listed_things import listed_things


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("List all swimming pools.", ("swimming pools",)),
        ("List the names of all store cats.", ("store cats",)),
        ("Please list the pilots who died, with their ages.", ("pilots",)),
        ("Which film directors does the guide name?", ("film directors",)),
        ("For which platforms is it built? List all.", ("platforms",)),
        ("Which bills or measures does the mayor ask for? List them.", ("bills", "measures")),
        ("What are the two biggest exports of Peru?", ("biggest exports",)),
        ("What kinds of literature were banned?", ("literature",)),
        ("Name three rivers.", ("rivers",)),
        ("What do ducks eat? List everything.", ()),
        ("Who was there? List them.", ()),
    ],
)
def test_what_is_to_be_listed(question: str, things: tuple[str, ...]) -> None:
    assert listed_things(question) == things
