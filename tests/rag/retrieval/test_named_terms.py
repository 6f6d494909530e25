"""A few words that a document has as a name ask about it, whatever else they might be said for."""

from dataclasses import replace

import pytest

from rag.retrieval.named_terms import is_named, may_be_term
from tests.support.values import chunk

PLANS = "The Duo plan is for two, and whoever takes our Solo pays less. Hello to all. thanks\n| Family | Yes |\n"


@pytest.mark.parametrize("term", ["Duo", "duo", "DUO?", "solo", "family", "Opening hours", "hours?"])
def test_names_headings_and_labels_of_rows_are_terms(term: str) -> None:
    assert is_named(term, replace(chunk(PLANS), heading="Club › Opening hours"))


@pytest.mark.parametrize("text", ["hello", "Thanks!", "yes", "plan", "du", "?", ""])
def test_other_words_are_none(text: str) -> None:
    assert not is_named(text, chunk(PLANS))


def test_only_a_few_words_may_be_one() -> None:
    assert may_be_term("Family plan?")
    assert not may_be_term("Who pays for the Family plan?")
    assert not may_be_term(" ")
