"""Figures as printed, with their units and scales, alone and in a sentence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.figures import Figure, Unit, decimal_mark, figures_in, parse_figure, parse_number, read_unit


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("32,765", Figure(Decimal(32765))),
        ("$(34)", Figure(Decimal(-34), unit="$")),
        ("($34)", Figure(Decimal(-34), unit="$")),
        ("(10.6)%", Figure(Decimal("-10.6"), 1, "%")),
        ("−5", Figure(Decimal(-5))),
        ("1'234.5", Figure(Decimal("1234.5"), 1)),
        ("1 234,5", Figure(Decimal("1234.5"), 1)),
        ("12,34,567", Figure(Decimal(1234567))),
        ("1.234,56", Figure(Decimal("1234.56"), 2)),
        ("$5.4 billion", Figure(Decimal("5.4"), 1, "$", 9)),
        ("5,3 Mrd. EUR", Figure(Decimal("5.3"), 1, "€", 9)),
        ("1,577 (1)", Figure(Decimal(1577))),
        ("12.8%*", Figure(Decimal("12.8"), 1, "%")),
        ("25 bps", Figure(Decimal("0.25"), 2, "points")),
        ("0,123", Figure(Decimal("0.123"), 3)),
        ("—", Figure(Decimal(0), is_dash=True)),
        ("$ –", Figure(Decimal(0), unit="$", is_dash=True)),
    ],
)
def test_a_figure_keeps_sign_unit_and_scale(text: str, figure: Figure) -> None:
    assert parse_figure(text) == figure


@pytest.mark.parametrize(
    "text", ["", "abc", "12 13", "3 Year", "N/A", "Note 7", "1.2.3", "12,3456,7", "9" * 40, "x" * 99]
)
def test_what_is_no_figure_is_none(text: str) -> None:
    assert parse_figure(text) is None


def test_the_marks_of_a_column_tell_what_one_number_does_not() -> None:
    assert decimal_mark(["1.234", "12,5"]) == ","
    assert decimal_mark(["1,234", "12.5"]) == "."
    assert decimal_mark(["1.234.567"]) == ","
    assert decimal_mark(["December 31, 2018", "1,234"]) == "."
    assert parse_number("1.234", ",") == 1234
    assert parse_number("1.234", ".") == Decimal("1.234")


@given(st.integers(min_value=0, max_value=10**15))
def test_brackets_are_the_minus_sign(number: int) -> None:
    plain, bracketed = parse_figure(f"{number:,}"), parse_figure(f"({number:,})")
    assert plain is not None
    assert bracketed is not None
    assert bracketed.value == -plain.value


@given(st.text(max_size=80))
def test_any_text_is_read_or_left(text: str) -> None:
    figure = parse_figure(text)
    assert figure is None or figure.amount == figure.value.scaleb(figure.scale)


@pytest.mark.parametrize(
    ("texts", "usual", "mark"),
    [
        (["12.345", "987"], ",", ","),
        (["12.345", "987"], "", ""),
        (["12.345", "987"], ".", ""),
        (["12,345"], ".", "."),
        (["12,345"], "", "."),
        (["12,345"], ",", ""),
        (["5.1", "12.345"], ",", ""),  # the number of a note beside thousands
        (["5.1", "12.345"], ".", "."),
        (["12,5", "12.345"], "", ","),
        (["0.500", "1.234"], ".", "."),
        (["€ 12.345 Mio", "1.234,5"], "", ","),
        (["1.2.3", "12,345"], "", "."),
        (["1,234", "1.234"], ".", "."),
        (["1,234", "1.234"], "", ""),
        (["1.234,5", "1,234.5", "12.345"], ",", ""),
    ],
)
def test_thousands_that_may_be_fractions_are_read_only_where_it_is_sure(
    texts: list[str], usual: str, mark: str
) -> None:
    assert decimal_mark(texts, usual) == mark


@given(st.lists(st.integers(1_000, 999_999), min_size=1, max_size=5))
def test_no_thousands_of_any_style_are_read_as_fractions(numbers: list[int]) -> None:
    for group, language_mark in ((".", ","), (",", "."), ("\u202f", ","), ("'", "."), (" ", ",")):
        texts = [f"{number:,}".replace(",", group) for number in numbers]
        for usual in (language_mark, ""):
            mark = decimal_mark(texts, usual)
            figures = [parse_figure(text, mark) for text in texts] if mark else []
            assert all(figure and figure.value == number for figure, number in zip(figures, numbers, strict=False))
            assert mark or (group == "." and not usual)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("$ million", Unit("$", 6)),
        ("in Mio. EUR", Unit("€", 6)),
        ("TEUR", Unit("€", 3)),
        ("M€", Unit("€", 6)),
        ("en miles de euros", Unit("€", 3)),
        ("Sales %", Unit("%", 0)),
        ("₹ crore", Unit("₹", 7)),
        ("miles per hour", Unit("", 0)),
        ("£m", Unit("£", 6)),
        ("EUR m", Unit("€", 6)),
        ("£'m", Unit("£", 6)),
        ("$b", Unit("$", 9)),
        ("£000", Unit("£", 3)),
        ("$ per month", Unit("$", 0)),
        ("$5,000", Unit("$", 0)),
        ("HK$ million", Unit("HK$", 6)),
        ("CAD million", Unit("C$", 6)),
        ("en miles de millones de euros", Unit("€", 9)),
        ("R$ mil", Unit("R$", 3)),
    ],
)
def test_unit_and_scale_are_read(text: str, unit: Unit) -> None:
    assert read_unit(text) == unit


def test_years_are_no_figures() -> None:
    assert [figure.value for _, _, figure in figures_in("In 2019 it was 5 and (3).")] == [5, -3]
