"""Formulas that questions state in words."""

from decimal import Decimal

import pytest

from rag.text.numbers.column_periods import Period
from rag.text.numbers.expressions import Expression, Leaf, Quantity, as_text, evaluate
from rag.text.numbers.formulas import parse_formula

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
