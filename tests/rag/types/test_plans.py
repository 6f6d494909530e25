"""Properties that follow from the kind of a question."""

from rag.types import FACT_PLAN, Plan


def test_facts_are_short_answers_and_gather_nothing() -> None:
    assert FACT_PLAN.is_short_answer
    assert not FACT_PLAN.is_gathered
    assert not Plan(length="long").is_short_answer


def test_lists_and_longer_texts_gather_points() -> None:
    assert all(Plan(kind=kind).is_gathered for kind in ("list", "explanation", "comparison", "summary"))
    assert not any(Plan(kind=kind).is_gathered for kind in ("parts", "table", "yes_no"))
