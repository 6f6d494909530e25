"""Formulas: parsed from words, evaluated exactly or refused, and written out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.tables.formulas import (
    CalculationError,
    Expression,
    Leaf,
    Operation,
    Quantity,
    as_text,
    average,
    constant,
    evaluate,
    leaves,
    parse_formula,
    total,
)
from rag.answering.tables.periods import Period

VALUES = {
    ("revenue", 2019): 6489,
    ("PP&E", 2018): 282,
    ("PP&E", 2019): 253,
    ("inventory", 2018): 10,
    ("inventory", 2019): 16,
}


def measure(name: str, period: Period | None) -> Expression | None:
    value = VALUES.get((name, period.year if period else 2019))
    return None if value is None else Leaf(Quantity(Decimal(value), "$"), str(value), source=0)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("FY2019 revenue / (average PP&E between FY2018 and FY2019)", "6489 / ((282 + 253) / 2)"),
        ("revenue divided by PP&E", "6489 / 253"),
        ("365 * PP&E / (revenue + change in inventory between FY2018 and FY2019)", "365 × 253 / (6489 + 16 − 10)"),
        ("revenue minus PP&E", "6489 − 253"),
    ],
)
def test_a_formula_becomes_an_expression_of_cells(formula: str, text: str) -> None:
    expression = parse_formula(formula, measure)
    assert expression is not None
    assert as_text(expression) == text
    assert evaluate(expression).amount


@pytest.mark.parametrize(
    "formula",
    ["revenue", "revenue / debt", "(revenue / PP&E", "/ revenue", "average PP&E / revenue", "revenue / " * 200, ""],
)
def test_a_formula_that_is_not_understood_is_none(formula: str) -> None:
    assert parse_formula(formula, measure) is None


def money(value: int, scale: int = 6) -> Leaf:
    return Leaf(Quantity(Decimal(value).scaleb(scale), "$", scale), f"{value:,}", source=0)


def test_thousands_and_millions_are_converted() -> None:
    result = evaluate(Operation("+", money(2), money(1500, 3)))
    assert result.amount == 3_500_000
    assert (result.scale, result.decimals) == (6, 0)


def test_a_division_by_zero_is_a_sentence() -> None:
    with pytest.raises(CalculationError, match=r"zero\."):
        evaluate(Operation("/", money(1), money(0)))


def test_dollars_and_percent_are_refused() -> None:
    with pytest.raises(CalculationError, match=r"in \$ and the other in %"):
        evaluate(Operation("−", money(1), Leaf(Quantity(Decimal(3), "%"), "3%")))
    with pytest.raises(CalculationError, match="multiplied"):
        evaluate(Operation("×", money(1), money(2)))


def test_brackets_are_written_where_they_are_needed() -> None:
    a, b, c = money(1), money(2), money(3)
    assert as_text(Operation("/", Operation("−", a, b), b)) == "(1 − 2) / 2"
    assert as_text(Operation("−", a, Operation("−", b, c))) == "1 − (2 − 3)"
    assert as_text(Operation("+", a, Operation("×", constant(365), c))) == "1 + 365 × 3"
    assert as_text(average([a, b])) == "(1 + 2) / 2"
    assert as_text(Operation("+", a, Leaf(Quantity(Decimal(-2), "$"), "−2"))) == "1 + (−2)"


@given(st.lists(st.integers(min_value=-(10**9), max_value=10**9), min_size=1, max_size=12))
def test_an_average_is_between_the_lowest_and_the_highest(values: list[int]) -> None:
    parts = [money(value) for value in values]
    mean = evaluate(average(list(parts))).amount
    assert min(values) * 10**6 <= mean <= max(values) * 10**6
    assert evaluate(total(list(parts))).amount == sum(values) * 10**6
    assert len(list(leaves(total(list(parts))))) == len(values)
