"""Words of one relation: forms, nouns of agent and action, common synonyms."""

import pytest

from rag.grounding.relations.predicates import is_irregular_form, is_same_relation, is_same_word


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


def test_synonyms_are_not_forms_of_one_word() -> None:
    assert is_same_word("thwarted", "thwart")
    assert not is_same_word("bought", "acquired")


def test_past_forms_of_irregular_verbs_are_known_and_their_bases_are_no_past_forms() -> None:
    assert is_irregular_form("wrote")
    assert not is_irregular_form("write")
