"""Figures as texts print them: found, and read with their sign, unit and scale.

Separators of thousands are those of English (1,234.5), German and Spanish (1.234,5), French (1 234,5), Swiss (1'234.5)
and Indian (12,34,567) print. Whether "1.234" is a thousand or a fraction only its neighbours tell: see `decimal_mark`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from rag.text.characters import any_of

PERCENT = "%"
POINTS = "points"
SHARES = "shares"

_CURRENCIES = {
    "US$": "$", "$": "$", "USD": "$", "dollars": "$", "dollar": "$", "dólares": "$", "€": "€", "EUR": "€", "euros": "€",
    "euro": "€", "£": "£", "GBP": "£", "¥": "¥", "JPY": "¥", "₹": "₹", "INR": "₹", "Rs.": "₹", "A$": "A$", "AU$": "A$",
    "AUD": "A$", "C$": "C$", "CA$": "C$", "CAD": "C$", "HK$": "HK$", "HKD": "HK$", "NZ$": "NZ$", "NZD": "NZ$",
    "R$": "R$", "BRL": "R$", "S$": "S$", "SGD": "S$",
} | {code: code for code in ("CHF", "RMB", "CNY", "SEK", "NOK", "DKK", "PLN", "CZK", "MXN")}  # fmt: skip
CURRENCIES = frozenset(_CURRENCIES.values())
"""Units that are money."""

_SIGNS = {name.lower(): sign for name, sign in _CURRENCIES.items()}

_SCALES = {
    "thousand": 3, "thousands": 3, "k": 3, "tsd": 3, "tausend": 3, "milliers": 3, "miles de": 3, "000s": 3, "'000": 3,
    "\u2019000": 3,
    "million": 6, "millions": 6, "mn": 6, "mm": 6, "mio": 6, "millionen": 6, "millones": 6, "millón": 6,
    "billion": 9, "billions": 9, "bn": 9, "mrd": 9, "milliarden": 9, "milliarde": 9, "milliards": 9, "milliard": 9,
    "trillion": 12, "trillions": 12, "lakh": 5, "lakhs": 5, "crore": 7, "crores": 7,
    "miles de millones": 9, "mil millones": 9, "mil milhões": 9, "thousand million": 9, "thousands of millions": 9,
    "migliaia": 3, "milioni": 6, "milione": 6, "miliardi": 9, "miliardo": 9, "mln": 6, "mld": 9,
    "milhares": 3, "milhões": 6, "milhão": 6, "bilhões": 9, "duizend": 3, "duizenden": 3, "miljoen": 6, "miljoenen": 6,
    "miljard": 9, "miljarden": 9, "tusental": 3, "miljoner": 6, "miljon": 6, "miljarder": 9, "tys": 3,
}  # fmt: skip


_CURRENCY = re.compile(
    rf"(?<![A-Za-z])(?:{any_of([each for each in _CURRENCIES if not each.isalpha()])})"
    rf"|(?<![^\W\d_])(?:{any_of([each for each in _CURRENCIES if each.isalpha()])})(?![^\W\d_])",
    re.IGNORECASE,
)
_SCALE = re.compile(rf"(?<![^\W\d_])(?!(?<=\d)['’0])(?:{any_of(_SCALES)})(?![^\W\d_])\.?", re.IGNORECASE)
_JOINED = re.compile(r"(?<!\w)(?P<scale>[TM])(?P<currency>€|EUR|CHF|\$)(?!\w)")
"""German abbreviations of thousands and millions: "TEUR", "M€"."""

_SUFFIXES = {"k": 3, "m": 6, "b": 9}
_SUFFIXED = re.compile(
    rf"(?:{_CURRENCY.pattern})(?:[^\S\n]?\(?[-−–]?\d[\d.,]*\)?)?[^\S\n]?['’]?(?P<scale>[kmb])(?![^\W_]|['’]|\.\w)",
    re.IGNORECASE,
)
"""A scale of one letter behind a currency, or behind its amount: "£m", "EUR m", "$2.5m"."""

_ZEROS = re.compile(rf"(?:{_CURRENCY.pattern})[^\S\n]?(?P<scale>['’]?000s?)(?![\d.,]*\d)|R\$ ?(?P<mil>mil)(?!\w)")
"""Thousands as zeros behind a currency, "£000", and as Brazil prints them."""

_PERCENTAGE = re.compile(r"%|\bper\s?cent(?:age)?s?\b|\bprozent|\bpour\s?cent|\bporcentaje", re.IGNORECASE)

_SPACES = " \u00a0\u2009\u202f"
_DASH = re.compile(r"[-–—‒−]+")
_MINUS = "-–−‒"
_NUMBER = re.compile(rf"\d(?:[\d.,'’{_SPACES}]*\d)?|\.\d+")
_GROUPS = re.compile(rf"\d{{1,3}}(?:([,.'’{_SPACES}])\d{{3}})(?:\1\d{{3}})*|\d{{1,3}}(?:(,)\d{{2}})+,\d{{3}}")
_NOTES = re.compile(r"(?<=[\d)%])\s*(?:\((?:\d|[a-z])\)|[*†‡§#]|[¹²³⁴-⁹])+$|(?<=[\d%)])\s+\((?:\d|[a-z])\)$")
"""Marks of footnotes behind a figure."""

_POINTS = re.compile(
    r"\b(?:percentage points?|pp|bps|basis points?|prozentpunkte?|points? de pourcentage)\b", re.IGNORECASE
)
_BASIS_POINT = re.compile(r"\b(?:bps|basis)\b", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bper\s?cent\b|\bprozent\b|\bpour\s?cent\b|\bpor\s?ciento\b", re.IGNORECASE)
_OTHER = {".": ",", ",": "."}
_MAX_LENGTH = 60
_MAX_DIGITS = 30

_PRINTED = re.compile(
    r"(?:(?<![A-Z])[A-Z]{0,2}\$|[€£¥₹]|\b(?:USD|EUR|CHF|GBP|AUD|CAD|HKD|NZD|SGD|BRL|RMB|CNY|SEK|NOK|DKK|PLN|CZK)\s?)?"
    r"\s?[-−–]?(?:US\$|[$€£¥₹])?\(?\d(?:[\d.,'’\u00a0\u202f]*\d)?\)?"
    r"(?:\s?(?:%|percentage points?|per ?cent|prozentpunkte|prozent|points de pourcentage|puntos porcentuales))?"
    r"(?:\s?(?:thousand|million|billion|trillion|mn|bn|tsd\.?|mio\.?|mrd\.?|tausend|millionen?|milliarden?"
    r"|millions?|milliards?|milliers|mille millions|billions?|crores?|lakhs?"
    r"|millones|millón|mil millones|miles|[mkb])(?!\w))?(?:\s?(?:de\s)?(?:[$€£]|dollars|euros))?",
    re.IGNORECASE,
)
"""A figure within a sentence, with its currency, unit and scale."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_POINT_WORD = re.compile(r"points?|punkte|puntos", re.IGNORECASE)
_SCALE_LETTER = re.compile(r"(?<=\d)\s?[mkb]$", re.IGNORECASE)


class Unit(NamedTuple):
    """A unit ("$", "%", "shares", "") with its scale as a power of ten."""

    name: str = ""
    scale: int = 0

    @property
    def is_money(self) -> bool:
        """Return True for a currency."""
        return self.name in CURRENCIES


NO_UNIT = Unit()


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


def read_unit(text: str) -> Unit:
    """Return the unit and scale that a text names ("$ million", "in Mio. EUR"); where it names several, the first."""
    if joined := _JOINED.search(text):
        return Unit(_SIGNS.get(joined["currency"].lower(), ""), 3 if joined["scale"] == "T" else 6)
    currency = _CURRENCY.search(text)
    if currency and (suffixed := _SUFFIXED.search(text)):
        return Unit(_SIGNS.get(currency[0].lower(), ""), _SUFFIXES[suffixed["scale"].lower()])
    if currency and _ZEROS.search(text):
        return Unit(_SIGNS.get(currency[0].lower(), ""), 3)
    scale = _SCALE.search(text)
    name = _SIGNS.get(currency[0].lower(), "") if currency else PERCENT if names_percentage(text) and not scale else ""
    return Unit(name, _SCALES[scale[0].lower().rstrip(".")] if scale else 0)


def names_percentage(text: str) -> bool:
    """Return True if a text names percent."""
    return bool(_PERCENTAGE.search(text))


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
    rest, unit, is_basis_points = _split_unit(text)
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
        digits = _split_unit(_NOTES.sub("", text.strip()))[0].strip("$€£%()*†-–—−‒+ \u00a0")
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


def figures_in(text: str, decimal: str = ".") -> Iterator[tuple[int, int, Figure]]:
    """Yield the figures in a text with their start and end; plain years are none."""
    for match in _PRINTED.finditer(text):
        figure = _parse_match(match[0], decimal)
        if figure and not _YEAR.fullmatch(match[0].strip("() ")):
            yield match.end() - len(match[0].lstrip()), match.end(), figure


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


def _is_grouping(digits: str, mark: str, decimal: str) -> bool:
    """Return True if the only mark of its kind in a number groups its digits by thousands."""
    whole, _, tail = digits.rpartition(mark)
    if len(tail) != 3 or not whole or whole.startswith("0"):
        return False
    return mark != decimal or not whole.isdigit()


def _split_unit(text: str) -> tuple[str, Unit, bool]:
    """Return a text without the unit and scale it names, these, and whether it is in basis points."""
    if points := _POINTS.search(text):
        return _POINTS.sub("", text), Unit(POINTS), bool(_BASIS_POINT.search(points[0]))
    if _PERCENT.search(text):
        return _PERCENT.sub("", text), Unit(PERCENT), False
    return _without_currency(text), read_unit(text), False


def _without_currency(text: str) -> str:
    """Return a text without the currency and the scale that `read_unit` reads."""
    if suffixed := _SUFFIXED.search(text):
        text = text[: suffixed.start("scale")] + text[suffixed.end("scale") :]
    return _SCALE.sub("", _CURRENCY.sub("", text))


def _parse_match(text: str, decimal: str) -> Figure | None:
    """Return the figure that a match of `_PRINTED` stands for."""
    text = text.strip()
    if text.count("(") != text.count(")"):
        text = text.strip("()")
    if _POINT_WORD.search(text):
        bare = parse_figure(
            re.split(r"\s?(?:percentage|points?|prozent|puntos)", text, flags=re.IGNORECASE)[0], decimal
        )
        return Figure(bare.value, bare.places, POINTS) if bare else None
    found = parse_figure(text, decimal)
    if found is None and (letter := _SCALE_LETTER.search(text)):  # "5 m", "1,234k": metres or millions, nobody knows
        bare = parse_figure(text[: letter.start()], decimal)
        return Figure(bare.value, bare.places, letter[0].strip().lower()) if bare else None
    return found
