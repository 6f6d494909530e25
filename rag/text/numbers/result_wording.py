"""Say the figures of one result, rounded as its sources are or as the question asks (pure)."""

from dataclasses import replace

from rag.text.numbers.expressions import Leaf, Operation, Quantity, constant, evaluate
from rag.text.numbers.lookup import Hit
from rag.text.numbers.operands import quantity_of
from rag.text.numbers.questions import Request
from rag.text.numbers.units import PERCENT, POINTS
from rag.text.numbers.wording import say, say_number

_SHARE_PLACES = 1
_RATIO_PLACES = 2
_LARGE_RATIO = 2
"""A ratio of two amounts above this is said as a number of times, not in percent."""


class ResultWording:
    """Say figures for one request, in one language."""

    def __init__(self, request: Request, language: str) -> None:
        self._asked = request.places
        self._unit = request.unit
        self._percent = request.percent
        self._language = language

    def places(self, quantity: Quantity) -> int:
        """Return the decimals of a result: those asked for, else those of its sources."""
        return quantity.decimals if self._asked is None else self._asked

    def hit(self, hit: Hit) -> str:
        """Return a cell's figure as printed, with its unit."""
        return self.amount(quantity_of(hit), hit.figure.places)

    def amount(self, quantity: Quantity, places: int) -> str:
        """Return a quantity in its sources' scale, and before it in the scale that the question asks for."""
        said = say(quantity, places, self._language)
        wanted = self._unit.scale
        if not wanted or not quantity.scale or wanted == quantity.scale or quantity.unit in (PERCENT, POINTS, ""):
            return said
        converted = say(replace(quantity, scale=wanted), self._or_asked(_RATIO_PLACES), self._language)
        return f"{converted} ({said})"

    def ratio(self, ratio: Quantity) -> str:
        """Return a ratio in percent, a large one as a number."""
        if abs(ratio.amount) > _LARGE_RATIO and not self._percent:
            return say_number(ratio.amount, self._or_asked(_RATIO_PLACES), self._language)
        return self.percent(ratio)

    def percent(self, ratio: Quantity) -> str:
        """Return a ratio in percent."""
        shares = evaluate(Operation("×", Leaf(replace(ratio, unit=""), ""), constant(100))).amount
        return say(Quantity(shares, PERCENT), self._or_asked(_SHARE_PLACES), self._language)

    def formula(self, result: Quantity) -> str:
        """Return the result of a formula: an amount, a ratio, or a ratio in percent if that is asked for."""
        if result.unit:
            return self.amount(result, self.places(result))
        return self.percent(result) if self._percent else say(result, self._or_asked(_RATIO_PLACES), self._language)

    def _or_asked(self, places: int) -> int:
        return places if self._asked is None else self._asked
