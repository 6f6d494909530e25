"""A question that says which way a figure moved, and tables that say the opposite."""

import pytest

from rag.answering.premises.denied_changes import asks_why_it_moved, denied_change
from tests.support.documents.made_tables import STATEMENT, made_page, passage_of

PAGE = made_page(STATEMENT)


def statement(question: str) -> str | None:
    found = denied_change(question, [passage_of(PAGE)], lambda _document, _number: PAGE)
    return found.statement if found else None


FELL = "Net sales fell by $629 million (1.9%) from $32,765 million (2018) to $32,136 million (2019)."


@pytest.mark.parametrize(
    "question",
    [
        "Why did net sales rise in 2019?",
        "Why did net sales grow from 2018 to 2019?",
        "And why have net sales increased in 2019?",
        "Why did the company manage to raise its net sales in 2019?",
    ],
)
def test_the_tables_deny_it(question: str) -> None:
    assert asks_why_it_moved(question)
    assert statement(question) == FELL


@pytest.mark.parametrize(
    "question",
    [
        "Why did net sales fall in 2019?",  # so they did
        "Why did net sales rise in 2018?",
        "Why did net sales rise in Germany in 2019?",  # no table has that
        "Why did net sales rise in 2015?",
        "Why did the price of eggs rise in 2019?",
        "Why did the tide rise?",
    ],
)
def test_nothing_is_denied_that_no_table_denies(question: str) -> None:
    assert statement(question) is None


@pytest.mark.parametrize("question", ["What were net sales in 2019?", "Why was the lighthouse moved?", "Who fell?"])
def test_other_questions_take_no_move_for_granted(question: str) -> None:
    assert not asks_why_it_moved(question)
