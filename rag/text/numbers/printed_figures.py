"""Figures as printed: parsed with sign, unit and scale, compared, and formatted again (pure).

Separators of thousands are those of English (1,234.5), German and Spanish (1.234,5), French (1 234,5), Swiss (1'234.5)
and Indian (12,34,567) print. Whether "1.234" is a thousand or a fraction only its neighbours tell: see `decimal_mark`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.text.numbers.units import PERCENT, POINTS, Unit, read_unit, without_unit

_SPACES = " \u00a0\u2009\u202f"
_DASH = re.compile(r"[-–—‒−]+")
_MINUS = "-–−‒"
_NUMBER = re.compile(rf"\d(?:[\d.,'’{_SPACES}]*\d)?|\.\d+")
_GROUPS = re.compile(rf"\d{{1,3}}(?:([,.'’{_SPACES}])\d{{3}})(?:\1\d{{3}})*|\d{{1,3}}(?:(,)\d{{2}})+,\d{{3}}")
_NOTES = re.compile(r"(?<=[\d)%])\s*(?:\((?:\d|[a-z])\)|[*†‡§#]|[¹²³⁴-⁹])+$|(?<=[\d%)])\s+\((?:\d|[a-z])\)$")
_POINTS = re.compile(
    r"\b(?:percentage points?|pp|bps|basis points?|prozentpunkte?|points? de pourcentage)\b", re.IGNORECASE
)
_PERCENT = re.compile(r"%|\bper\s?cent\b|\bprozent\b|\bpour\s?cent\b|\bpor\s?ciento\b", re.IGNORECASE)
_OTHER = {".": ",", ",": "."}
_MAX_LENGTH = 60
_MAX_DIGITS = 30
_BASIS_POINT = re.compile(r"\b(?:bps|basis)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: `value` as printed, with its sign and without its scale, and the decimals that are printed.

    `is_dash` marks a dash, which stands for zero or for nothing.
    """

    value: Decimal
    places: int = 0
    unit: str = ""
    scale: int = 0
    is_dash: bool = False

    @property
    def amount(self) -> Decimal:
        """The value in units of one."""
        return self.value.scaleb(self.scale)


def parse_figure(text: str, decimal: str = ".") -> Figure | None:
    """Return the figure that a text consists of; None if it has no number, several, or other words.

    `decimal` tells which of "." and "," marks decimals where the number itself does not show it.
    """
    text = text.strip()
    if not text or len(text) > _MAX_LENGTH:
        return None
    if _DASH.fullmatch(text.strip("$€£%() ")):
        return Figure(Decimal(0), unit=read_unit(text).name, is_dash=True)
    text = _NOTES.sub("", text)
    rest, unit, is_basis_points = _without_unit(text)
    numbers = _NUMBER.findall(rest)
    if len(numbers) != 1:
        return None
    around = rest.replace(numbers[0], "#", 1).replace(" ", "").replace("\u00a0", "")
    if around not in ("#", "(#)", "(#", "+#", *(f"{sign}#" for sign in _MINUS), *(f"({sign}#)" for sign in _MINUS)):
        return None
    value = parse_number(numbers[0], decimal)
    if value is None:
        return None
    is_negative = around[0] in _MINUS or around.startswith("(")
    places = max(0, -int(value.as_tuple().exponent))
    if is_basis_points:
        value, places = value.scaleb(-2), places + 2
    return Figure(-value if is_negative else value, places, unit.name, unit.scale)


def parse_number(digits: str, decimal: str = ".") -> Decimal | None:
    """Return the number that digits with separators stand for."""
    if sum(map(str.isdigit, digits)) > _MAX_DIGITS:
        return None
    marks = [mark for mark in digits if not mark.isdigit()]
    if not marks:
        return Decimal(digits)
    last = marks[-1]
    whole, _, fraction = digits.rpartition(last)
    if last in ".," and (marks.count(last) == 1) and not _is_grouping(digits, last, decimal):
        if whole and not (whole.isdigit() or _GROUPS.fullmatch(whole)):
            return None
        return Decimal(re.sub(r"\D", "", whole or "0") + "." + fraction)
    return Decimal(re.sub(r"\D", "", digits)) if _GROUPS.fullmatch(digits) else None


def decimal_mark(texts: Iterable[str], usual: str = "") -> str:
    """Return which of "." and "," marks decimals in texts that belong together; "" where that is not sure.

    A number with both marks, or with one of them several times, shows it; one with another tail than three digits only
    hints at it, since numbers of notes and sections ("5.1") look so too. `usual` is the mark of the language, "" if
    that is not known. Where nothing shows or hints at it, "1,234" is English, but "1.234" is a thousand only where
    the language says so, and never surely a fraction.
    """
    shown, hinted, unsure = set[str](), set[str](), set[str]()
    for text in texts:
        if len(text) > _MAX_LENGTH or not ("." in text or "," in text):
            continue
        digits = _without_unit(_NOTES.sub("", text.strip()))[0].strip("$€£%()*†-–—−‒+ \u00a0")
        if _NUMBER.fullmatch(digits) and ("." in digits or "," in digits):
            _read_marks(digits, shown, hinted, unsure)
    if not unsure:
        known = shown or hinted
        return next(iter(known)) if len(known) == 1 else usual or "."
    if shown:
        return next(iter(shown)) if len(shown) == 1 else ""
    if len(unsure) > 1:
        return usual
    (mark,) = unsure
    other = _OTHER[mark]
    if hinted == {other}:
        return other
    if hinted == {mark}:
        return mark if usual == mark else ""
    return other if usual == other or (mark == "," and not usual) else ""


def _read_marks(digits: str, shown: set[str], hinted: set[str], unsure: set[str]) -> None:
    """Add the mark of decimals that a number shows or hints at, or the mark that may be that of thousands as well."""
    marks = [mark for mark in digits if mark in ".,"]
    last = marks[-1]
    whole, _, tail = digits.rpartition(last)
    if len(set(marks)) == 2:
        shown.add(last)
    elif len(marks) > 1:
        if _GROUPS.fullmatch(digits):
            shown.add(_OTHER[last])
    elif len(tail) == 3 and len(whole) <= 3 and whole.isdigit() and not whole.startswith("0"):
        unsure.add(last)
    else:
        hinted.add(last)


def with_unit(figure: Figure, unit: Unit) -> Figure:
    """Return a figure with the unit of its table or row, unless it is printed with one of its own."""
    if figure.unit in (PERCENT, POINTS) or figure.scale:
        return figure
    if figure.unit and unit.name and figure.unit != unit.name and not unit.is_money:
        return figure
    return replace(figure, unit=figure.unit or unit.name, scale=unit.scale)


def _is_grouping(digits: str, mark: str, decimal: str) -> bool:
    """Return True if the only mark of its kind in a number groups its digits by thousands."""
    whole, _, tail = digits.rpartition(mark)
    if len(tail) != 3 or not whole or whole.startswith("0"):
        return False
    return mark != decimal or not whole.isdigit()


def _without_unit(text: str) -> tuple[str, Unit, bool]:
    """Return a text without the unit and scale it names, these, and whether it counts basis points."""
    if points := _POINTS.search(text):
        return _POINTS.sub("", text), Unit(POINTS), bool(_BASIS_POINT.search(points[0]))
    if _PERCENT.search(text):
        return _PERCENT.sub("", text), Unit(PERCENT), False
    return without_unit(text), read_unit(text), False
