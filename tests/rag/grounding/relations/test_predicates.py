"""Words of one relation: forms, nouns of agent and action, common synonyms."""

import pytest

from rag.grounding.relations.predicates import is_same_relation


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("won", "winner"),
        ("directed", "director"),
        ("acquired", "acquisition"),
        ("bought", "acquired"),
        ("founded", "founder"),
        ("announced", "announcement"),
        ("president", "presidency"),
        ("advanced", "advances"),
        ("written", "author"),
    ],
)
def test_these_name_one_relation(one: str, other: str) -> None:
    assert is_same_relation(one, other)
    assert is_same_relation(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("directed", "believed"), ("won", "watched"), ("author", "professor"), ("lost", "defeated")]
)
def test_these_do_not(one: str, other: str) -> None:
    assert not is_same_relation(one, other)
