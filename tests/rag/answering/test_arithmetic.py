"""Arithmetic is exact, bounded, and nothing but arithmetic."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.arithmetic import calculate
from rag.answering.tables.formulas import CalculationError


@pytest.mark.parametrize(
    ("expression", "written", "result"),
    [
        ("(32,136 - 32,765) / 32,765 * 100", "(32136 − 32765) / 32765 × 100", "−1.91973142072"),
        ("0.1 + 0.2", "0.1 + 0.2", "0.3"),
        ("1/3", "1 / 3", "0.333333333333"),
        ("2 ** 10 =", "2^10", "1024"),
        ("−3 × (4 ÷ 2)", "−3 × (4 / 2)", "−6"),
        ("$1,250.50 * 2", "1250.5 × 2", "2501"),
        ("20% * 50", "20 / 100 × 50", "10"),
        ("1e3 + 1", "1000.0 + 1", "1001"),
        ("100000000000000000000 + 1", "100000000000000000000 + 1", "100000000000000000000"),
    ],
)
def test_an_expression_has_a_result(expression: str, written: str, result: str) -> None:
    calculation = calculate(expression)
    assert (calculation.expression, calculation.result) == (written, result)
    assert calculation.statement == f"{written} = {result}"


HOSTILE = (
    *("__import__('os').system('ls')", "().__class__", "a + 1", "'a' * 3", "1j * 1j", "1 << 90"),
    *("1; 2", "1\x002", "", "(" * 150, "-" * 190 + "x"),
)


@pytest.mark.parametrize("expression", HOSTILE)
def test_what_is_no_arithmetic_is_refused_in_a_sentence(expression: str) -> None:
    with pytest.raises(CalculationError, match=r"The expression must consist of numbers"):
        calculate(expression)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("1 / 0", "divides by zero"),
        ("0 ** -1", "too large"),
        ("9 ** 9 ** 9", "exponent"),
        ("4 ** 0.5", "exponent"),
        ("10 ** 20 * 10 ** 20", "too large"),
        ("1e400 + 1", "too large"),
        ("9" * 60 + " + 1", "too large"),
        ("1+" * 200 + "1", "longer than 200"),
        ("8", "nothing to compute"),
    ],
)
def test_what_has_no_result_or_is_too_large_is_refused(expression: str, why: str) -> None:
    with pytest.raises(CalculationError, match=why):
        calculate(expression)


@given(st.text(alphabet="0123456789+-*/(). ^%,=eE_", max_size=40))
def test_any_text_has_a_result_or_is_refused(expression: str) -> None:
    with suppress(CalculationError):
        assert re.fullmatch(r"−?\d+(?:\.\d+)?", calculate(expression).result)
