"""Sentences that say the same with and without a negation."""

import pytest

from rag.grounding.claims.agreements import deny_in_other_words, with_plain_bounds


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Smoking is not allowed in the building.", "Smoking is prohibited in the building.", True),
        ("Das Rauchen ist im Gebäude nicht erlaubt.", "Das Rauchen ist im Gebäude verboten.", True),
        ("Smoking is not allowed in the building.", "Smoking is allowed in the building.", False),
        ("Smoking is not prohibited in the building.", "Smoking is prohibited in the building.", False),
        ("Smoking is not prohibited in the building.", "Smoking is not allowed in the building.", False),
    ],
)
def test_a_negation_and_a_word_that_denies_say_the_same(one: str, other: str, *, expected: bool) -> None:
    assert deny_in_other_words(one, other) is expected
    assert deny_in_other_words(other, one) is expected


def test_bounds_have_one_wording() -> None:
    assert with_plain_bounds("No more than 3 pets.", "up to 3 pets") == ("up to 3 pets.", "up to 3 pets")
    assert with_plain_bounds("not later than May", "no less than 3") == ("by May", "at least 3")


def test_a_bound_stays_beside_what_is_beyond_it() -> None:
    assert with_plain_bounds("no more than 3 pets", "more than 3 pets") == ("no more than 3 pets", "more than 3 pets")
