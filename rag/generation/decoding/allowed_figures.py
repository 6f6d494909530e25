"""Figures that some texts have, in every usual spelling: which text may begin one, and which is one.

1,234 is also 1234, 1.234, 1'234 and 1 234; 5 is 5.0; "five million" is 5,000,000, and that is 5 (million). Years of a
range are years: 2017-18 has 2018. A figure of another value is none of them, however near it is.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from rag.text.characters import with_plain_digits
from rag.text.normalize import MINUS, MONTHS, normalize

SEPARATORS = ".,' "
"""Characters that may stand between the digits of one figure, once `plain_figures` has been called."""

_PLAIN = str.maketrans(dict.fromkeys("\u2019\u2032", "'") | dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))

_MAX_FIGURES = 20_000
"""Of more figures in the texts, those beyond are allowed as they are written there only."""

_MAX_DIGITS = 24
"""A longer run of digits is a key or a serial number: it has one spelling."""

_RUN = re.compile(r"\d+(?:[.,']\d+)*")
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")
_BARE_FRACTION = re.compile(r"(?<![\d\w])[.,](\d+)")
_NORMALIZED = re.compile(rf"\b(\d+(?:d\d+)?){MINUS}?\b")
_YEARS = re.compile(r"\b(\d\d)(\d\d)\s?[-\u2013/]\s?(\d\d)\b")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)})\b(?:,? (\d{{4}}))?")
_MONTH_FIRST = re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}})\b(?:,? (\d{{4}}))?")
_YEAR_FIRST = re.compile(rf"\b(\d{{4}}) ({'|'.join(MONTHS)}) (\d{{1,2}})\b")
_GROUPED = re.compile(r"\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*")
_DECIMAL = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:'\d{3})+)([.,])(\d+)")


class AllowedFigures:
    """The figures of some texts. Ask for them as `plain_figures` writes them."""

    def __init__(self, texts: Sequence[str]) -> None:
        found: dict[str, None] = {}
        for text in texts:
            found.update(dict.fromkeys(_figures(plain_figures(text))))
        spellings: set[str] = set()
        for number, figure in enumerate(found):
            spellings.update(_spellings(figure) if number < _MAX_FIGURES else (figure,))
        for text in texts:
            spellings.update(_numeric_dates(normalize(text)))
        self._all = frozenset(spellings)
        self._sorted = sorted(spellings)

    def has(self, figure: str) -> bool:
        """Return whether this is a figure of the texts."""
        return figure in self._all

    def may_begin(self, beginning: str) -> bool:
        """Return whether a figure of the texts begins so, or is this."""
        return has_beginning(self._sorted, beginning)


def has_beginning(ordered: Sequence[str], beginning: str) -> bool:
    """Return whether one of some texts in order begins so."""
    at = bisect_left(ordered, beginning)
    return at < len(ordered) and ordered[at].startswith(beginning)


def plain_figures(text: str) -> str:
    """Return a text with digits of all scripts as 0 to 9, and one apostrophe and one space to group them."""
    return with_plain_digits(text).translate(_PLAIN)


def _figures(text: str) -> Iterator[str]:
    """Yield the figures of a text as it writes them, and as numbers where it has a scale, a word or a date."""
    yield from _RUN.findall(text)
    yield from _SPACED.findall(text)
    yield from (f"0.{digits}" for digits in _BARE_FRACTION.findall(text))
    yield from (century + year for century, _, year in _YEARS.findall(text))
    yield from (number.replace("d", ".") for number in _NORMALIZED.findall(normalize(text)))


def _numeric_dates(text: str) -> Iterator[str]:
    """Yield the dates of a normalized text as figures whose month is a number."""
    dates = [(day, month, year) for day, month, year in _DAY_FIRST.findall(text)]
    dates += [(day, month, year) for month, day, year in _MONTH_FIRST.findall(text)]
    dates += [(day, month, year) for year, month, day in _YEAR_FIRST.findall(text)]
    for day, month, year in dates:
        number = MONTHS.index(month) + 1
        yield from (f"{int(day):02}", f"{number:02}")
        if year:
            yield from (f"{int(day)}.{number}.{year}", f"{int(day):02}.{number:02}.{year}")


def _spellings(figure: str) -> Iterator[str]:
    """Yield the usual spellings of a figure, its own first."""
    yield figure
    if len(figure) > _MAX_DIGITS:
        return
    digits = re.sub(rf"[{SEPARATORS}]", "", figure)
    if digits == figure or _GROUPED.fullmatch(figure) or _SPACED.fullmatch(figure):
        yield from _of_number(digits, "")
    if decimal := _DECIMAL.fullmatch(figure):
        whole, point, fraction = decimal.groups()
        if point not in whole:
            yield from _of_number(re.sub(r"\D", "", whole), fraction)


def _of_number(whole: str, fraction: str) -> Iterator[str]:
    """Yield the spellings of a number; a round one also in thousands, millions and billions."""
    plain = whole.lstrip("0") or "0"
    yield from _written(plain, fraction)
    if len(plain) == 1 and not fraction:
        yield f"0{plain}"
    for digits in (3, 6, 9, 12):
        if not fraction and len(plain) > digits and len(short := plain[-digits:].rstrip("0")) <= digits - 1:
            yield from _written(plain[:-digits], short)


def _written(whole: str, fraction: str) -> Iterator[str]:
    short = fraction.rstrip("0")
    fractions = {fraction, short, *(short.ljust(size, "0") for size in (1, 2) if len(short) <= size)}
    for part in fractions:
        for point in (".", ",") if part else ("",):
            yield f"{whole}{point}{part}"
            yield from (f"{grouped}{point}{part}" for mark, grouped in _with_groups(whole) if mark != point)


def _with_groups(whole: str) -> Iterator[tuple[str, str]]:
    """Yield a number in groups of three, with the character between them."""
    if len(whole) > 3:
        for mark in SEPARATORS:
            yield mark, f"{int(whole):,}".replace(",", mark)
