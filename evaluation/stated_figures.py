"""Read figures out of text and tell whether two of them are the same in another unit, scale or rounding.

"$1,577 million", "$1.577 billion" and "1577.00" under a question that asks for millions are one figure. This is the
evaluation's own reading, apart from that of the program, which it measures.
"""

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

_SCALES = {"thousand": 3, "million": 6, "mn": 6, "mln": 6, "mm": 6, "billion": 9, "bn": 9, "trillion": 12, "tn": 12}
_LETTERS = {"k": 3, "m": 6, "b": 9}
"""Scales after an amount of money only: "$5m", but not "3M" or "10-K"."""

_FIGURE = re.compile(
    r"(?:(?P<currency>US\$|[$€£]|\bUSD)\s?)?(?<![\w.,])"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    rf"(?:[\s-]?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})s?(?!\w))?"
    r"(?(currency)(?:\s?(?P<letter>[kmb])(?!\w))?)"
    r"(?:\s?(?P<percent>%|percent\b|per cent\b|percentage points?\b)|\s(?P<basis>basis points?\b|bps\b))?"
    r"(?![\w,]*\d|[A-Za-z]|-[A-Za-z]\b)",
    re.IGNORECASE,
)
_ASKED_SCALE = re.compile(r"\b(?:in|USD|US\$|\$|of)\s+(thousand|million|billion|trillion)s?\b", re.IGNORECASE)
_MAX_LENGTH = 24
"""A longer row of digits is no figure that anybody would compare, and may exceed what decimals hold."""
_YEARS = range(1900, 2101)

_MONEY_TOLERANCE = Decimal("0.005")
"""An amount may differ by this share: reports and their summaries round differently."""
_MIN_DIGITS = 2
"""A coarser rounding than the gold's must leave so many digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure without its sign: `value` as written, with so many `decimals`; `scale` is a power of ten, if stated.

    A percentage has `is_percent`, an amount of money `is_money`. `is_year`: a bare number that looks like a year.
    """

    value: Decimal
    decimals: int
    scale: int | None
    is_percent: bool
    is_money: bool

    @property
    def is_year(self) -> bool:
        """True for a bare whole number that is most likely a year."""
        bare = not (self.decimals or self.scale or self.is_percent or self.is_money)
        return bare and self.value in _YEARS


def find_figures(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text in their order, without years."""
    return tuple(
        figure
        for match in _FIGURE.finditer(text)
        if len(match["number"]) <= _MAX_LENGTH
        if not (figure := _figure(match)).is_year or "," in match["number"]
    )


def is_figure(text: str) -> bool:
    """Return whether a text is one figure and nothing else."""
    found = _FIGURE.fullmatch(text.strip().strip("()").rstrip(".").lstrip("-\u2212\u2013~").strip())
    return found is not None and len(found["number"]) <= _MAX_LENGTH


def asked_scale(question: str) -> int | None:
    """Return the power of ten of the unit that a question asks for, as in "in USD millions"."""
    found = _ASKED_SCALE.search(question)
    return _SCALES[found[1].lower()] if found else None


def agree(gold: Figure, said: Figure, scale: int | None = None) -> bool:
    """Return whether what was said is the gold figure; an amount without a scale is in that of the question.

    Signs are not compared: reports write a loss as "(1,693)", people as "a loss of 1,693".
    """
    if gold.is_money or gold.scale or (scale and not gold.is_percent):
        return not said.is_percent and _is_same_amount(gold, said, scale)
    if said.is_money or said.scale:
        return False
    if gold.is_percent == said.is_percent:
        return _is_same_rounded(gold, said)
    if gold.is_percent:  # "1.9" and "0.019"
        return _is_same_rounded(gold, said) or _is_same_rounded(gold, _shifted(said, 2))
    return _is_same_rounded(gold, _shifted(said, -2))


def _figure(match: re.Match[str]) -> Figure:
    number = match["number"].replace(",", "")
    decimals = len(number.partition(".")[2])
    is_percent = bool(match["percent"] or match["basis"])
    scale, letter = (match["scale"] or "").lower(), (match["letter"] or "").lower()
    figure = Figure(
        value=Decimal(number),
        decimals=decimals,
        scale=None if is_percent else _SCALES.get(scale) or _LETTERS.get(letter),
        is_percent=is_percent,
        is_money=bool(match["currency"]) and not is_percent,
    )
    return _shifted(figure, -2) if match["basis"] else figure


def _shifted(figure: Figure, places: int) -> Figure:
    """Return the figure with its point moved to the right."""
    return replace(figure, value=figure.value.scaleb(places), decimals=max(0, figure.decimals - places))


def _is_same_amount(gold: Figure, said: Figure, scale: int | None) -> bool:
    gold_scale = gold.scale if gold.scale is not None else (scale or 0)
    amount, last_place = gold.value.scaleb(gold_scale), Decimal(1).scaleb(gold_scale - gold.decimals)
    tolerance = max(amount * _MONEY_TOLERANCE, last_place / 2)
    scales = {said.scale} if said.scale is not None else {0, gold_scale}
    return any(abs(said.value.scaleb(each) - amount) <= tolerance for each in scales)


def _is_same_rounded(gold: Figure, said: Figure) -> bool:
    """Return whether both are the same once rounded to the coarser one, which may be coarser by one place only."""
    places = min(gold.decimals, said.decimals)
    if places < gold.decimals - 1:
        return False
    unit = Decimal(1).scaleb(-places)
    rounded = gold.value.quantize(unit, ROUND_HALF_UP)
    if places < gold.decimals and len(rounded.as_tuple().digits) < _MIN_DIGITS:
        return False
    return rounded == said.value.quantize(unit, ROUND_HALF_UP)
