"""Normalise numbers, dates and units to one spelling.

"5 million", "5,000,000" and "five million" become the same word, and so do "10 %" and "ten per cent", "Jan. 3rd" and
"3 January", "January 3, 2019", "3 January 2019" and "2019-01-03". Two texts with the same figure then share a word, and
two with another one do not: a number keeps its sign, and what "10.000" is depends on the language. Where the mark in
10.000 may be that of thousands or of decimals, the zeros stay, so that it is never read as ten.
"""

import re
from decimal import Decimal

from rag.text.characters import any_of, decimal_mark_of, with_plain_digits

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
MONTHS = "January February March April May June July August September October November December".split()
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
_MONTH_OF = {form: month for month in MONTHS for form in (month.lower(), month[:3].lower())}
_MONTH_OF |= {"sept": "September"}
del _MONTH_OF["mar"], _MONTH_OF["may"]  # also ordinary words

MINUS = "n"
"""Ends a negative number, which stays one word: -3.5 is `3d5n`."""


_ISO_DATE = re.compile(r"\b(\d{4})-(0?[1-9]|1[0-2])-(0?[1-9]|[12]\d|3[01])\b")
_MONTH = re.compile(rf"\b({any_of(_MONTH_OF)})\b\.?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"(?<!\d )\b({'|'.join(MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,]?\d),?")
_WORD_NUMBER = re.compile(
    rf"\b(?:({any_of(_TENS)})[- ]({any_of([*_ONES[1:10], *_ORDINALS[1:10]])})|({any_of(_WORDS)}))\b", re.IGNORECASE
)
_SPACES = " \u00a0\u2009\u202f"
_PRINTED = re.compile(
    rf"(?<![\w.,])(?:[1-9]\d{{0,2}}(?:[{_SPACES}]\d{{3}})+|[1-9]\d{{0,2}}(?:['’]\d{{3}})+|\d+)(?:[.,]\d+)*(?!\d|[.,'’]\d)"
)
"""A number with the separators of its thousands, those of any language."""

_IN_GROUPS = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}")
_WITH_SCALE = re.compile(r"\s?(?:mi[lo]|mrd|ml[dn]|tsd|bil)", re.IGNORECASE)
_LETTERS_OF_SCALES = {"k": "thousand", "m": "million", "b": "billion"}
_SCALE_LETTER = re.compile(
    r"((?:[$€£]|\b(?:USD|EUR|GBP|CHF))\s?[-−–]?\d[\d.,]*)\s?([kmb])\b(?!['’])"
    r"|(?<![\w.,])(\d[\d.,]*)([kmb])(?= (?:dollars|euros?|pounds|USD|EUR|GBP|CHF)\b)",
    re.IGNORECASE,
)
_GLUED = re.compile(
    r"(?<![\w.,])(\d[\d.,]*)(?=(?:kgs?|km|cm|mm|mg|ml|[KkMGT]B|[kMG]?Hz|[kM]Wh?|mAh|[km]?bps|[MG]bps|ms|hrs?|mins?|secs?|ft"
    r"|lbs?|oz|px|dpi|rpm|dB|[mb]n|million|billion|thousand)\b)"
)
_SECONDS = re.compile(
    r"(?:(?<!\d{4})(?<=\d)|(?<=\bone))[- ]second\b"
    r"(?![- ](?:sub)?(?:paragraph|sentence|half|quarter|indent|year|place|floor|edition|part|time)\b|-)",
    re.IGNORECASE,
)
_MAR = re.compile(r"(?<=\d[ -])Mar\b\.?|\bMar\b\.?(?=\s?\d)")
_NEGATIVE = re.compile(r"(?<!\d )\b(?:minus|negative) (?=[$€£]?\d)", re.IGNORECASE)
_FIGURE = re.compile(
    r"((?<![^\s(\[])(?<!\d\s)(?:[-–]|−\s?))?(?:([$€£]\s?)([-−–])?)?(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?"
    rf"(?:st|nd|rd|th)?(?![\w]|\.\d)((?:\s*(?:{any_of(_SCALES)})\b)*)",
    re.IGNORECASE,
)
_BARE_SCALE = re.compile(r"\b(?:a )?(hundred|thousand|million|billion|trillion)\b", re.IGNORECASE)
_UNIT = re.compile(
    rf"\bper[ -]cent\b|[%€£$°]|\b(?:{any_of(alias for alias in _UNIT_OF if alias.isalpha())})\b", re.IGNORECASE
)
_POINT = "d"
"""Replaces the decimal point, so that a number stays one word: 3.5 is `3d5`."""


def normalize(text: str, language: str = "") -> str:
    """Return the text with one spelling for each number, date and unit, and everything else unchanged.

    The language tells what a mark between digits is; without one, it is read as in English.
    """
    decimal = decimal_mark_of(language) or "."
    text = with_plain_digits(text)
    text = _ISO_DATE.sub(lambda m: f"{int(m[3])} {MONTHS[int(m[2]) - 1]} {m[1]}", text)
    text = _PRINTED.sub(lambda m: _without_groups(m, decimal), text)
    text = _SCALE_LETTER.sub(lambda m: f"{m[1] or m[3]} {_LETTERS_OF_SCALES[(m[2] or m[4]).lower()]}", text)
    text = _SECONDS.sub(" seconds", _GLUED.sub(r"\1 ", text))
    text = _MONTH.sub(lambda m: _MONTH_OF[m[1].lower()] if m[1][0].isupper() else m[0], _MAR.sub("March", text))
    text = _MONTH_DAY.sub(r"\2 \1", text)
    text = _WORD_NUMBER.sub(_in_figures, text)
    text = _FIGURE.sub(_plain, _NEGATIVE.sub("-", text))
    text = _BARE_SCALE.sub(lambda m: str(_SCALES[m[1].lower()]), text)
    return _UNIT.sub(lambda m: f" {_UNIT_OF.get(m[0].lower(), 'percent')} ", text)


def _without_groups(match: re.Match[str], decimal: str) -> str:
    """Return a printed number without separators of thousands, and a point before its fraction.

    What is no number, such as a date, an address or a version, stays as it is.
    """
    text = match[0]
    digits = re.sub(rf"[{_SPACES}'’]", "", text)
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return digits
    whole, _, tail = digits.rpartition(marks[-1])
    if len(marks) > 1:
        if _IN_GROUPS.fullmatch(digits):
            return re.sub("[.,]", "", digits)
        is_decimal = marks.count(marks[-1]) == 1 and _IN_GROUPS.fullmatch(whole)
        return f"{re.sub('[.,]', '', whole)}.{tail}" if is_decimal else text
    if digits != text or not _IN_GROUPS.fullmatch(digits):
        is_fraction = marks[0] == "." or decimal == "," or digits != text or len(tail) < 3 or whole == "0"
        return f"{whole}.{tail}" if is_fraction else text
    if marks[0] == decimal and not (decimal == "," and _is_printed_as_in_english(match)):
        return f"{whole}.{tail}"
    return whole + tail


def _is_printed_as_in_english(match: re.Match[str]) -> bool:
    """Return True for an amount directly behind its currency and without a scale, such as "€10,000"."""
    is_amount = match.start() > 0 and match.string[match.start() - 1] in "$€£"
    return is_amount and not _WITH_SCALE.match(match.string, match.end())


def _in_figures(match: re.Match[str]) -> str:
    tens, ones, word = match.groups()
    if word is not None:
        return str(_WORDS[word.lower()])
    return str(_WORDS[tens.lower()] + _WORDS[ones.lower()])


def _plain(match: re.Match[str]) -> str:
    """Return a figure multiplied by its scale, without separators and with its sign.

    It has no zeros at its end either, unless these may be those of a thousand.
    """
    minus, currency, inner_minus, whole, fraction, scales = match.groups()
    value = Decimal(whole.replace(",", "") + (fraction or ""))
    for scale in scales.lower().split():
        value *= _SCALES[scale]
    plain = f"{value:f}"
    is_unsure = not scales and _IN_GROUPS.fullmatch(whole + (fraction or ""))
    if "." in plain and not is_unsure:
        plain = plain.rstrip("0").rstrip(".")
    unit = f" {_UNIT_OF[currency.strip()]}" if currency else ""
    sign = MINUS if (minus or inner_minus) and value else ""
    return plain.replace(".", _POINT) + sign + unit
