"""Figures of texts in every usual spelling, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.decoding.allowed_figures import AllowedFigures


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("32,765", "32765|32,765|32.765|32 765|32'765|32765.00"),
        ("1.2 million", "1.2|1,2|1200000|1,200,000|1.20"),
        ("1,200,000", "1.2|1.20|1200"),
        ("1'234.50", "1234.5|1,234.50|1.234,5|1 234,50"),
        ("5", "5|05|5.0"),
        ("five million", "5,000,000|5"),
        ("twenty-one", "21"),
        ("Part .5", "0.5"),
        ("FY 2017-18", "2017|18|2018"),
        ("3 January 2019", "3|03|01|2019|3.1.2019|03.01.2019"),
        ("2019-01-03", "2019|1|01|3|3.1.2019"),
        ("192.168.0.1", "192.168.0.1"),
        ("\u0661\u0662", "12"),
        ("12\u202f345", "12345|12 345"),
    ],
)
def test_a_figure_has_its_usual_spellings(text: str, spellings: str) -> None:
    figures = AllowedFigures([text])
    assert [spelling for spelling in spellings.split("|") if not figures.has(spelling)] == []


@pytest.mark.parametrize("figure", ["32,766", "3.2", "32", "765", "327", "32,76", "2.765", "32765000"])
def test_a_figure_of_another_value_is_none_of_them(figure: str) -> None:
    assert not AllowedFigures(["Net sales were 32,765."]).has(figure)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_number_is_allowed_as_it_is_and_in_groups_and_no_other_is(number: int, other: int) -> None:
    figures = AllowedFigures([f"about {number:,} of them"])
    assert figures.has(str(number))
    assert figures.has(f"{number:,}")
    digits = str(number).rstrip("0")
    if not str(other).rstrip("0").startswith(digits or "0"):
        assert not figures.has(str(other)) or str(other) in str(number)
