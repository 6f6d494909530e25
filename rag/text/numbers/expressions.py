"""Expressions over cells, evaluated exactly (pure): a small typed tree instead of `eval`."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, localcontext
from typing import Literal

from rag.text.numbers.units import PERCENT

Operator = Literal["+", "−", "×", "/"]

_PRECISION = 50
_PRIORITY = {"+": 1, "−": 1, "×": 2, "/": 2}


class CalculationError(Exception):
    """A calculation that has no result; its text says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount in units of one, and its unit; `decimals` and `scale` are those of its sources as printed."""

    amount: Decimal
    unit: str = ""
    scale: int = 0
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A cell's quantity, written as it is printed; `source` is its place among the operands, -1 for a constant."""

    quantity: Quantity
    text: str
    source: int = -1


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions and the operator between them."""

    operator: Operator
    left: "Expression"
    right: "Expression"


Expression = Leaf | Operation


def constant(number: int | Decimal) -> Leaf:
    """Return a number of the formula itself."""
    return Leaf(Quantity(Decimal(number)), str(number))


def total(parts: list[Expression]) -> Expression:
    """Return the sum of expressions."""
    result = parts[0]
    for part in parts[1:]:
        result = Operation("+", result, part)
    return result


def average(parts: list[Expression]) -> Expression:
    """Return the mean of expressions."""
    return Operation("/", total(parts), constant(len(parts))) if len(parts) > 1 else parts[0]


def evaluate(expression: Expression) -> Quantity:
    """Return the exact result. Mixed units and a division by zero raise `CalculationError`."""
    with localcontext(Context(prec=_PRECISION, traps=[DivisionByZero, InvalidOperation])):
        return _evaluate(expression)


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Yield the leaves of an expression from left to right."""
    if isinstance(expression, Leaf):
        yield expression
    else:
        yield from leaves(expression.left)
        yield from leaves(expression.right)


def as_text(expression: Expression) -> str:
    """Return an expression as people write it, with as few brackets as it needs."""
    if isinstance(expression, Leaf):
        return f"({expression.text})" if expression.text.startswith("−") else expression.text
    own = _PRIORITY[expression.operator]
    left, right = as_text(expression.left), as_text(expression.right)
    if _priority(expression.left) < own:
        left = f"({left})"
    if _priority(expression.right) < own or (_priority(expression.right) == own and expression.operator in "−/"):
        right = f"({right})"
    return f"{left} {expression.operator} {right}"


def _priority(expression: Expression) -> int:
    return 3 if isinstance(expression, Leaf) else _PRIORITY[expression.operator]


def _evaluate(expression: Expression) -> Quantity:
    if isinstance(expression, Leaf):
        return expression.quantity
    left, right = _evaluate(expression.left), _evaluate(expression.right)
    scale, decimals = _finest(left, right)
    if expression.operator in "+−":
        _same_unit(left, right)
        amount = left.amount + right.amount if expression.operator == "+" else left.amount - right.amount
        return Quantity(amount, left.unit, scale, decimals)
    if expression.operator == "×":
        if left.unit and right.unit:
            raise CalculationError(f"An amount in {left.unit} cannot be multiplied by one in {right.unit}.")
        return Quantity(left.amount * right.amount, left.unit or right.unit, scale, decimals)
    if not right.amount:
        raise CalculationError("The amount to divide by is zero.")
    if right.unit:
        _same_unit(left, right)
    return Quantity(left.amount / right.amount, "" if right.unit else left.unit, 0 if right.unit else scale, decimals)


def _same_unit(left: Quantity, right: Quantity) -> None:
    if left.unit != right.unit:
        names = [quantity.unit or "no unit" for quantity in (left, right)]
        raise CalculationError(f"One amount is in {names[0]} and the other in {names[1]}.")


def _finest(left: Quantity, right: Quantity) -> tuple[int, int]:
    """Return scale and decimals of the source that is printed coarsest: a result has no digits that one source lacks.

    A constant counts as exact.
    """
    sources = [each for each in (left, right) if each.unit or each.scale]
    if not sources:
        return 0, max(left.decimals, right.decimals)
    if all(each.unit == PERCENT for each in sources):
        return 0, max(each.decimals for each in sources)
    coarsest = max(sources, key=lambda each: each.scale - each.decimals)
    return coarsest.scale, coarsest.decimals
