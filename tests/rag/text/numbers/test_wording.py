"""Figures and sentences in the languages of the questions."""

from decimal import Decimal

import pytest

from rag.text.numbers.expressions import Quantity
from rag.text.numbers.wording import LANGUAGES, listed, phrases, rounded, say, say_number


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "$32,765 million"), ("de", "32.765 Mio. $"), ("fr", "32\u202f765 millions $"), ("es", "32.765 millones $")],
)
def test_an_amount_is_said_with_unit_and_scale(language: str, text: str) -> None:
    assert say(Quantity(Decimal(32_765_000_000), "$", 6), 0, language) == text


def test_units_that_are_no_money() -> None:
    assert say(Quantity(Decimal("12.84"), "%"), 1) == "12.8%"
    assert say(Quantity(Decimal("5.3"), "points"), 1) == "5.3 percentage points"
    assert say(Quantity(Decimal(771_000_000), "shares", 6), 0) == "771 million shares"
    assert say(Quantity(Decimal(-34_000_000), "$", 6), 0) == "−$34 million"


def test_halves_are_rounded_up_as_people_do() -> None:
    assert rounded(Decimal("2.45"), 1) == Decimal("2.5")
    assert say_number(Decimal("-0.04"), 1) == "0.0"


def test_every_language_has_every_sentence() -> None:
    for language in LANGUAGES:
        assert "{by}" in phrases(language).rose
        assert all(phrases(language))
    assert phrases("xx") == phrases("en")
    assert listed(["a", "b", "c"], "de") == "a, b und c"
