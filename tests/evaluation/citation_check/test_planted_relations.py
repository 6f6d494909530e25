"""Errors of relation: years, roles, and suppositions told as facts."""

from evaluation.citation_check.planted_errors import Context
from evaluation.citation_check.planted_relations import relation_changes

GOLD = "In 1911 emperor Justinian met historian Procopius. He may have been ill, and could return in 1915."
CONTEXT = Context(GOLD, GOLD, ())


def test_a_year_is_that_of_another_event() -> None:
    assert relation_changes("year of another event", "In 1911 they met.", CONTEXT) == ["In 1915 they met."]
    assert relation_changes("year of another event", "From 1911 to 1915.", CONTEXT) == ["From 1915 to 1911."]


def test_a_role_is_that_of_somebody_else() -> None:
    assert relation_changes("role of another", "They met emperor Justinian.", CONTEXT) == [
        "They met historian Justinian."
    ]


def test_what_is_possible_is_told_as_certain() -> None:
    assert relation_changes("possible told as certain", "He may have been ill.", CONTEXT) == ["He was ill."]
    assert relation_changes("possible told as certain", "He could return.", CONTEXT) == ["He does return."]
    assert relation_changes("possible told as certain", "He is believed to be ill.", CONTEXT) == ["He is ill."]


def test_nothing_is_changed_where_nothing_applies() -> None:
    assert relation_changes("role of another", "They met.", CONTEXT) == []
