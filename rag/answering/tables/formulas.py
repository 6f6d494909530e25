"""Formulas over cells: parsed from a question's words, evaluated exactly, and written out.

A formula is a small typed tree instead of text for `eval`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, localcontext
from typing import Literal

from rag.answering.tables.periods import Period, periods_in, without_periods
from rag.text.figures import PERCENT

Operator = Literal["+", "−", "×", "/"]

_PRECISION = 50
_PRIORITY = {"+": 1, "−": 1, "×": 2, "/": 2}
_MAX_FORMULA = 400
_MAX_TOKENS = 60
_WORDS = (
    (re.compile(r"\bdivided by\b|÷", re.IGNORECASE), "/"),
    (re.compile(r"\b(?:multiplied by|times)\b|×", re.IGNORECASE), "*"),
    (re.compile(r"\bplus\b", re.IGNORECASE), "+"),
    (re.compile(r"\bminus\b|\s[-–−]\s(?!\s*(?:FY)?\d{4})", re.IGNORECASE), " − "),
)
_TOKEN = re.compile(r"[()*/+−]|[^()*/+−]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_AVERAGE = re.compile(r"^\s*(?:the\s+)?average\s+(?:of\s+)?", re.IGNORECASE)
_CHANGE = re.compile(r"^\s*(?:the\s+)?(?:change|increase) in\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*\b(?:between|from|over|for|in)\s*(?:and|to)?\s*$", re.IGNORECASE)


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

Measure = Callable[[str, Period | None], Expression | None]
"""The cell of a measure in a period; None if there is no sure one."""


def parse_formula(text: str, measure: Measure) -> Expression | None:
    """Return the expression of a formula; None if it is not understood, or one of its measures is not found."""
    if len(text) > _MAX_FORMULA:
        return None
    for pattern, operator in _WORDS:
        text = pattern.sub(f" {operator} ", text)
    tokens = [token.strip() for token in _TOKEN.findall(text) if token.strip()]
    if len(tokens) > _MAX_TOKENS or not {"/", "*", "+", "−"} & set(tokens):
        return None
    try:
        return _Parser(tokens, measure).parse()
    except (IndexError, LookupError):
        return None


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


class _Parser:
    """A recursive descent over sums, products and brackets. A formula that is wrong raises `LookupError`."""

    def __init__(self, tokens: list[str], measure: Measure) -> None:
        self._tokens = tokens
        self._measure = measure

    def parse(self) -> Expression:
        found = self._sum()
        if self._tokens:
            raise LookupError(self._tokens[0])
        return found

    def _sum(self) -> Expression:
        left = self._product()
        while self._tokens and self._tokens[0] in ("+", "−"):
            operator: Operator = "+" if self._tokens.pop(0) == "+" else "−"
            left = Operation(operator, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._part()
        while self._tokens and self._tokens[0] in ("*", "/"):
            operator: Operator = "×" if self._tokens.pop(0) == "*" else "/"
            left = Operation(operator, left, self._part())
        return left

    def _part(self) -> Expression:
        part = self._tokens.pop(0)
        if part == "(":
            inside = self._sum()
            if self._tokens.pop(0) != ")":
                raise LookupError(part)
            return inside
        if _NUMBER.fullmatch(part):
            return constant(Decimal(part))
        return self._named(part)

    def _named(self, phrase: str) -> Expression:
        periods = periods_in(phrase)
        is_average, is_change = bool(_AVERAGE.match(phrase)), bool(_CHANGE.match(phrase))
        name = _BETWEEN.sub("", without_periods(_CHANGE.sub("", _AVERAGE.sub("", phrase))).strip())
        if is_average or is_change:
            if len(periods) < 2:
                raise LookupError(phrase)
            first, *_, last = found = [self._of(name, period) for period in periods]
            return average(found) if is_average else Operation("−", last, first)
        if len(periods) > 1:
            raise LookupError(phrase)
        return self._of(name, periods[0] if periods else None)

    def _of(self, name: str, period: Period | None) -> Expression:
        found = self._measure(name, period)
        if found is None:
            raise LookupError(name)
        return found
