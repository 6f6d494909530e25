"""Units and scales of figures: in a cell, in the unit line of a table, and in a question (pure)."""

import re
from typing import NamedTuple

PERCENT = "%"
POINTS = "points"
SHARES = "shares"

_CURRENCIES = {
    "US$": "$",
    "$": "$",
    "USD": "$",
    "dollars": "$",
    "dollar": "$",
    "dólares": "$",
    "€": "€",
    "EUR": "€",
    "euros": "€",
    "euro": "€",
    "£": "£",
    "GBP": "£",
    "¥": "¥",
    "JPY": "¥",
    "CHF": "CHF",
    "₹": "₹",
    "INR": "₹",
    "Rs.": "₹",
    "A$": "A$",
    "AU$": "A$",
    "AUD": "A$",
    "C$": "C$",
    "CA$": "C$",
    "CAD": "C$",
    "HK$": "HK$",
    "HKD": "HK$",
    "NZ$": "NZ$",
    "NZD": "NZ$",
    "R$": "R$",
    "BRL": "R$",
    "S$": "S$",
    "SGD": "S$",
} | {code: code for code in ("RMB", "CNY", "SEK", "NOK", "DKK", "PLN", "CZK", "MXN")}
CURRENCIES = frozenset(_CURRENCIES.values())
"""Units that are money."""

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


def _any_of(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


CURRENCY = re.compile(
    rf"(?<![A-Za-z])(?:{_any_of([each for each in _CURRENCIES if not each.isalpha()])})"
    rf"|(?<![^\W\d_])(?:{_any_of([each for each in _CURRENCIES if each.isalpha()])})(?![^\W\d_])",
    re.IGNORECASE,
)
SCALE = re.compile(rf"(?<![^\W\d_])(?!(?<=\d)['’0])(?:{_any_of(_SCALES)})(?![^\W\d_])\.?", re.IGNORECASE)
_JOINED = re.compile(r"(?<!\w)(?P<scale>[TM])(?P<currency>€|EUR|CHF|\$)(?!\w)")
"""German abbreviations of thousands and millions: "TEUR", "M€"."""

_SUFFIXES = {"k": 3, "m": 6, "b": 9}
_SUFFIXED = re.compile(
    rf"(?:{CURRENCY.pattern})(?:[^\S\n]?\(?[-−–]?\d[\d.,]*\)?)?[^\S\n]?['’]?(?P<scale>[kmb])(?![^\W_]|['’]|\.\w)",
    re.IGNORECASE,
)
"""A scale of one letter behind a currency, or behind its amount: "£m", "EUR m", "$2.5m"."""

_ZEROS = re.compile(rf"(?:{CURRENCY.pattern})[^\S\n]?(?P<scale>['’]?000s?)(?![\d.,]*\d)|R\$ ?(?P<mil>mil)(?!\w)")
"""Thousands as zeros behind a currency, "£000", and as Brazil prints them."""

_EXCEPT = re.compile(
    r"[,;(]?\s*\b(?:except|außer|ausgenommen|mit ausnahme|sauf|excepto|salvo)\b(.*)", re.IGNORECASE | re.DOTALL
)
_PER_SHARE = re.compile(
    r"\bper\b[\w\s]{0,24}?\bshares?\b|\bEPS\b|\bje\b[\w\s-]{0,12}aktie|\bpar\s+action\b|\bpor\s+acci[oó]n\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:number of|employees|headcount|stores|anzahl|mitarbeiter\w*|nombre de|effectifs?|número de|empleados)\b",
    re.IGNORECASE,
)
_SHARES = re.compile(r"\bshares?\b(?!holder)|\baktien\b|\bactions\b|\bacciones\b", re.IGNORECASE)
_COUNTED_SHARES = re.compile(
    r"\b(?:number of shares|shares (?:outstanding|used|issued)|average\b.{0,20}\bshares)\b", re.IGNORECASE
)
_SHARE_OF_OWNERS = re.compile(
    r"\bshare(?:s)?\s+(?:of|repurchase|buyback|based)|repurchase|share-based|dividend", re.IGNORECASE
)
_RATE = re.compile(r"%|\bper\s?cent(?:age)?s?\b|\bprozent|\bpour\s?cent|\bporcentaje", re.IGNORECASE)


class Unit(NamedTuple):
    """A unit ("$", "%", "shares", "") with its scale as a power of ten."""

    name: str = ""
    scale: int = 0

    @property
    def is_money(self) -> bool:
        """Return True for a currency."""
        return self.name in CURRENCIES


NO_UNIT = Unit()


class TableUnit(NamedTuple):
    """The unit line of a table; `excepts_shares` if it excepts shares, not just amounts per share."""

    unit: Unit
    excepts_shares: bool = False


def read_unit(text: str) -> Unit:
    """Return the unit and scale that a text names ("$ million", "in Mio. EUR"); where it names several, the first."""
    if joined := _JOINED.search(text):
        return Unit(_currency(joined["currency"]), 3 if joined["scale"] == "T" else 6)
    currency = CURRENCY.search(text)
    if currency and (suffixed := _SUFFIXED.search(text)):
        return Unit(_currency(currency[0]), _SUFFIXES[suffixed["scale"].lower()])
    if currency and _ZEROS.search(text):
        return Unit(_currency(currency[0]), 3)
    scale = SCALE.search(text)
    name = _currency(currency[0]) if currency else PERCENT if _RATE.search(text) and not scale else ""
    return Unit(name, _SCALES[scale[0].lower().rstrip(".")] if scale else 0)


def read_table_unit(text: str) -> TableUnit:
    """Return the unit of a table's values from its unit line ("in millions, except per share")."""
    excepted = _EXCEPT.search(text)
    kept = text[: excepted.start()] if excepted else text
    rest = _PER_SHARE.sub("", excepted[1]) if excepted else ""
    return TableUnit(read_unit(kept), bool(_SHARES.search(rest)))


def unit_of_row(label: str, table: TableUnit) -> Unit | None:
    """Return the unit that a row's label gives its bare numbers; None where that of the table holds."""
    if _COUNTED_SHARES.search(label):
        return Unit(SHARES, 0 if table.excepts_shares else table.unit.scale)
    if _PER_SHARE.search(label):
        return Unit(table.unit.name if table.unit.is_money else "")
    if _RATE.search(label):
        return Unit(PERCENT)
    if _COUNTED.search(label):
        return Unit()
    if _SHARES.search(label) and not _SHARE_OF_OWNERS.search(label):
        return Unit(SHARES, 0 if table.excepts_shares else table.unit.scale)
    return None


def without_unit(text: str) -> str:
    """Return a text without the currency and the scale that `read_unit` reads."""
    if suffixed := _SUFFIXED.search(text):
        text = text[: suffixed.start("scale")] + text[suffixed.end("scale") :]
    return SCALE.sub("", CURRENCY.sub("", text))


def _currency(text: str) -> str:
    for name, sign in _CURRENCIES.items():
        if name.lower() == text.lower():
            return sign
    return ""
