"""Arithmetic that a model asks for: an expression of numbers, parsed and computed exactly, nothing evaluated."""

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException, localcontext

from rag.answering.tables.formulas import CalculationError

MAX_CHARACTERS = 200
_MAX_EXPONENT = 20
_MAX_AMOUNT = Decimal(10) ** 40
_PRECISION = 50
_SHOWN_DIGITS = 12

_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "**", "\u00a0": " ", "\n": " "})
_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CURRENCY = re.compile(r"[$€£¥]")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%(?!\s*[\d(])")
_EQUALS = re.compile(r"\s*=\s*\??\s*$")

_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True, slots=True)
class Calculation:
    """An expression as people write it, its result, and the numbers in it."""

    expression: str
    result: str
    numbers: tuple[Decimal, ...]

    @property
    def statement(self) -> str:
        """The expression with its result."""
        return f"{self.expression} = {self.result}"


def calculate(expression: str) -> Calculation:
    """Return the result of an expression of numbers, + - * / **, and brackets.

    Raises:
        CalculationError: it is something else, too long, or has no result.
    """
    if len(expression) > MAX_CHARACTERS:
        raise CalculationError(f"The expression is longer than {MAX_CHARACTERS} characters.")
    plain = _EQUALS.sub("", _CURRENCY.sub("", _GROUPING.sub("", expression.translate(_SIGNS))))
    try:
        tree = ast.parse(_PERCENT.sub(r"(\1/100)", plain).strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _no_expression() from error
    numbers: list[Decimal] = []
    try:
        with localcontext(Context(prec=_PRECISION)):
            result = _value(tree.body, numbers)
    except DecimalException as error:
        raise CalculationError("The expression has no result: it divides by zero, or so.") from error
    if len(numbers) < 2:
        raise CalculationError("There is nothing to compute.")
    return Calculation(_as_written(tree), _shown(result), tuple(numbers))


def _value(node: ast.expr, numbers: list[Decimal]) -> Decimal:
    """Return the value of a node, and note the numbers in it. No other nodes than these are known."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        number = Decimal(repr(node.value))
        numbers.append(number)
        return _bounded(number)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        value = _value(node.operand, numbers)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        left = _value(node.left, numbers)
        right = _value(node.right, numbers)
        if isinstance(node.op, ast.Pow):
            return _power(left, right)
        if compute := _OPERATORS.get(type(node.op)):
            return _bounded(compute(left, right))
    raise _no_expression()


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if exponent != int(exponent) or abs(exponent) > _MAX_EXPONENT:
        raise CalculationError(f"An exponent must be a whole number of at most {_MAX_EXPONENT}.")
    return _bounded(base ** int(exponent))


def _bounded(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) >= _MAX_AMOUNT:
        raise CalculationError("A number is too large.")
    return value


def _no_expression() -> CalculationError:
    return CalculationError("The expression must consist of numbers, + - * / and brackets.")


def _as_written(tree: ast.Expression) -> str:
    """Return the expression with signs as people write them; numbers are as they were parsed."""
    text = ast.unparse(tree)
    return text.replace(" ** ", "^").replace("*", "×").replace("-", "−")


def _shown(result: Decimal) -> str:
    """Return the result to as many digits as anybody reads."""
    shown = f"{Context(prec=_SHOWN_DIGITS).plus(result) + 0:f}".replace("-", "−")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
