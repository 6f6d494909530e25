"""Normalise numbers, dates and units to one spelling (pure).

"5 million", "5,000,000" and "five million" become the same word, and so do "10 %" and "ten per cent", "Jan. 3rd" and
"3 January", "January 3, 2019" and "3 January 2019", "2019-01-03" and its parts. Two texts with the same figure then
share a word.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from rag.text.characters import with_plain_digits

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_WORDS = {word: number for number, word in enumerate(_ONES)}
_WORDS |= {word: number for number, word in enumerate(_ORDINALS)}
_WORDS |= {word: 10 * number for number, word in enumerate(_TENS, start=2)}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "mn": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
_MONTHS = "January February March April May June July August September October November December".split()
_UNITS = {
    "percent": "% percent percentage",
    "dollar": "$ usd dollar dollars",
    "euro": "€ eur euro euros",
    "pound": "£ gbp",
    "kilometre": "km kms kilometre kilometres kilometer kilometers",
    "metre": "metre metres meter meters",
    "centimetre": "cm centimetre centimetres centimeter centimeters",
    "millimetre": "mm millimetre millimetres millimeter millimeters",
    "mile": "mi mile miles",
    "foot": "ft foot feet",
    "kilogram": "kg kgs kilogram kilograms kilogramme kilogrammes",
    "gram": "gram grams gramme grammes",
    "tonne": "tonne tonnes ton tons",
    "litre": "litre litres liter liters",
    "second": "sec secs seconds",
    "minute": "min mins minute minutes",
    "hour": "hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "yr yrs year years",
    "century": "century centuries",
    "kilobyte": "kb kilobyte kilobytes",
    "megabyte": "mb megabyte megabytes",
    "gigabyte": "gb gigabyte gigabytes",
    "degree": "° degree degrees",
}
UNITS = frozenset(_UNITS)
"""Normalised names of units."""

_UNIT_OF = {alias: unit for unit, aliases in _UNITS.items() for alias in aliases.split()}
_MONTH_OF = {form: month for month in _MONTHS for form in (month.lower(), month[:3].lower())}
_MONTH_OF |= {"sept": "September"}
del _MONTH_OF["mar"], _MONTH_OF["may"]  # also ordinary words


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, longest first."""
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


_ISO_DATE = re.compile(r"\b(\d{4})-(0?[1-9]|1[0-2])-(0?[1-9]|[12]\d|3[01])\b")
_MONTH = re.compile(rf"\b({_any_of(_MONTH_OF)})\b\.?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"(?<!\d )\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,]?\d),?")
_WORD_NUMBER = re.compile(
    rf"\b(?:({_any_of(_TENS)})[- ]({_any_of([*_ONES[1:10], *_ORDINALS[1:10]])})|({_any_of(_WORDS)}))\b", re.IGNORECASE
)
_FIGURE = re.compile(
    r"([$€£]\s?)?(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?:st|nd|rd|th)?(?![\w]|\.\d)"
    rf"((?:\s*{_any_of(_SCALES)}\b)*)",
    re.IGNORECASE,
)
_BARE_SCALE = re.compile(r"\b(?:a )?(hundred|thousand|million|billion|trillion)\b", re.IGNORECASE)
_UNIT = re.compile(
    rf"\bper[ -]cent\b|[%€£$°]|\b{_any_of(alias for alias in _UNIT_OF if alias.isalpha())}\b", re.IGNORECASE
)
_POINT = "d"
"""Replaces the decimal point, so that a number stays one word: 3.5 is `3d5`."""


def normalize(text: str) -> str:
    """Return the text with one spelling for each number, date and unit, and everything else unchanged."""
    text = with_plain_digits(text)
    text = _ISO_DATE.sub(lambda m: f"{m[1]} {_MONTHS[int(m[2]) - 1]} {int(m[3])}", text)
    text = _MONTH.sub(lambda m: _MONTH_OF[m[1].lower()] if m[1][0].isupper() else m[0], text)
    text = _MONTH_DAY.sub(r"\2 \1", text)
    text = _WORD_NUMBER.sub(_in_figures, text)
    text = _FIGURE.sub(_plain, text)
    text = _BARE_SCALE.sub(lambda m: str(_SCALES[m[1].lower()]), text)
    return _UNIT.sub(lambda m: f" {_UNIT_OF.get(m[0].lower(), 'percent')} ", text)


def _in_figures(match: re.Match[str]) -> str:
    tens, ones, word = match.groups()
    if word is not None:
        return str(_WORDS[word.lower()])
    return str(_WORDS[tens.lower()] + _WORDS[ones.lower()])


def _plain(match: re.Match[str]) -> str:
    """Return a figure multiplied by its scale, without separators and trailing zeros."""
    currency, whole, fraction, scales = match.groups()
    value = Decimal(whole.replace(",", "") + (fraction or ""))
    for scale in scales.lower().split():
        value *= _SCALES[scale]
    plain = f"{value:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    unit = f" {_UNIT_OF[currency.strip()]}" if currency else ""
    return plain.replace(".", _POINT) + unit
