"""One spelling for numbers, dates and units, however they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.normalize import normalize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 million", "5,000,000"),
        ("five million", "5000000"),
        ("$1,577.00", "1577 dollars"),
        ("10%", "10 per cent"),
        ("ten percent", "10 %"),
        ("3.50", "3.5"),
        ("twenty-one days", "21 day"),
        ("the tenth century", "the 10th century"),
        ("12 km", "12 kilometers"),
        ("Jan 3", "January 3"),
        ("Jan. 3rd", "3 January"),
        ("on January 3, 2019", "on 3 January 2019"),
        ("January 3 and 4", "3 January and 4"),
        ("Sept. 2020", "September 2020"),
        ("2019-01-03", "2019 January 3"),
        ("1.5 billion", "1,500,000,000"),
    ],
)
def test_the_same_figure_in_two_spellings_is_one(one: str, other: str) -> None:
    assert normalize(one).split() == normalize(other).split()


@pytest.mark.parametrize(
    ("one", "other"),
    [("3.14", "314"), ("1993", "1994"), ("10%", "10"), ("5 km", "5 miles"), ("1.5", "15"), ("2 million", "2 billion")],
)
def test_different_figures_stay_different(one: str, other: str) -> None:
    assert normalize(one).split() != normalize(other).split()


@pytest.mark.parametrize("text", ["may be", "version 1.2.3", "a1b2", "e-mail", "10.0.0.1"])
def test_what_only_looks_like_a_figure_or_a_month_is_left_alone(text: str) -> None:
    assert normalize(text) == text


@given(st.text())
def test_any_text_has_a_spelling_and_that_is_its_own(text: str) -> None:
    once = normalize(text).split()
    assert normalize(" ".join(once)).split() == once


@given(st.integers(min_value=0, max_value=10**12))
def test_separators_say_nothing(number: int) -> None:
    assert normalize(f"{number:,}") == normalize(str(number))


def test_digits_of_other_scripts_are_normalised() -> None:
    assert normalize("عام ١٩٧٠") == normalize("عام 1970")
    assert normalize("約２４万人").split() == ["約", "24", "万人"]
    assert normalize("他得了308分").split() == ["他得了", "308", "分"]
