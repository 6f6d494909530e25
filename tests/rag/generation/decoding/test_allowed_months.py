"""Months of texts, in other languages and as numbers too."""

import pytest

from rag.generation.decoding.allowed_months import AllowedMonths


@pytest.mark.parametrize(
    "text", ["27 October 2020", "Oct. 27", "2020-10-27", "27.10.2020", "octobre", "2020\u5e7410\u6708", "10/27/20"]
)
def test_a_month_is_the_same_in_every_language_and_notation(text: str) -> None:
    months = AllowedMonths([text])
    assert [word for word in ("October", "Oktober", "octubre", "Oct", "June", "Mai", "Monday") if months.has(word)] == [
        "October",
        "Oktober",
        "octubre",
        "Oct",
        "Monday",
    ]
