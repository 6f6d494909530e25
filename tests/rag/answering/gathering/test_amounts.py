"""How much is read for a plan."""

from rag.answering.gathering.amounts import reading_for
from rag.types import Plan


def test_a_question_of_fact_reads_what_the_setting_says() -> None:
    assert reading_for(Plan()).tokens == 0
    assert reading_for(Plan(kind="yes_no")).tokens == 0


def test_a_fact_asked_in_detail_reads_like_an_explanation() -> None:
    assert reading_for(Plan(length="long")) == reading_for(Plan(kind="explanation"))
    assert reading_for(Plan(kind="explanation")).sections
