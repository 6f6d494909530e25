"""Parse a formula that a question states in words: "revenue / (average PP&E between FY2018 and FY2019)" (pure)."""

import re
from collections.abc import Callable
from decimal import Decimal

from rag.text.numbers.column_periods import Period, periods_in, without_periods
from rag.text.numbers.expressions import Expression, Operation, Operator, average, constant

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
