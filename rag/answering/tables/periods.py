"""Periods that columns of tables and questions name: years, and quarters, halves or months of them."""

import re
from typing import NamedTuple

_YEAR = re.compile(
    r"(?<![\d.,$€£])(?:FY\s?'?|CY\s?'?)?((?:19|20)\d\d)(?:\s*[/–-]\s*(\d\d))?(?!\d|,\d|\s?%|\.\d)", re.IGNORECASE
)
_SHORT_YEAR = re.compile(r"\bFY\s?['’]?(\d\d)(?!\d)", re.IGNORECASE)
_QUARTER = re.compile(
    r"\bQ([1-4])\b|\b([1-4])Q\b|\b(first|second|third|fourth)[\s-]quarter\b|\b([1-4])\.\s?quartal\b"
    r"|\b(erste|zweite|dritte|vierte)[snrm]?\s+quartal\b|\b(premier|deuxième|troisième|quatrième)\s+trimestre\b"
    r"|\b(primer|segundo|tercer|cuarto)\s+trimestre\b",
    re.IGNORECASE,
)
_ORDINALS = {
    word: str(number)
    for words in (
        "first second third fourth",
        "erste zweite dritte vierte",
        "premier deuxième troisième quatrième",
        "primer segundo tercer cuarto",
    )
    for number, word in enumerate(words.split(), start=1)
}
_HALF = re.compile(r"\bH([12])\b|\b(first|second) half\b|\b([12])\.\s?halbjahr\b", re.IGNORECASE)
_MONTHS = re.compile(
    r"\b(three|six|nine|3|6|9|13|26|39|thirteen|twenty-six|thirty-nine)[\s-](?:months?|weeks?)\b", re.IGNORECASE
)
_MONTHS_OF = {"three": 3, "3": 3, "13": 3, "thirteen": 3, "six": 6, "6": 6, "26": 6, "twenty-six": 6}
_DAY = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:,|\b)"
    r"|\b\d{1,2}\.?\s+(?:de\s+)?(?:jan|feb|fév|mär|mar|apr|avr|abr|ma[iyj]|jui?n|jui?l|aug|août|ago|sep|o[ckt]t|nov|de[czi]|déc|ene)[a-zûé]*",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:FY\s?)?((?:19|20)\d\d)\s*(?:-|–|—|\bto\b|\bthrough\b|\bbis\b|\bà\b|\ba\b|\bhasta\b)\s*(?:(?:fiscal|FY|year)\s*)*"
    r"((?:19|20)\d\d)",
    re.IGNORECASE,
)
_MAX_RANGE = 12


class Period(NamedTuple):
    """A year, or a part of one: "Q2", "H1" or "9M" for months up to a date; years sort in time."""

    year: int
    part: str = ""

    def __str__(self) -> str:
        return f"{self.part} {self.year}".strip()


def periods_in(text: str) -> list[Period]:
    """Return the periods that a text names, each once and in its order; of a part without a year, none."""
    years = sorted([*_YEAR.finditer(text), *_SHORT_YEAR.finditer(text)], key=lambda match: match.start())
    found: list[Period] = []
    at = 0
    for match in years:
        year = int(match[1]) if len(match[1]) == 4 else 2000 + int(match[1])
        after = text[match.end() :] if match is years[-1] else ""
        found.append(Period(year, part_in(text[at : match.start()]) or part_in(after)))
        at = match.end()
    return list(dict.fromkeys(found))


def period_of_head(text: str) -> Period | None:
    """Return the one period that a head of a column names; None if it names none, or several."""
    found = periods_in(text)
    return found[0] if len(found) == 1 else None


def range_in(text: str) -> tuple[Period, ...]:
    """Return all years of the range that a text names ("FY2017 - FY2019"), () if none."""
    match = _RANGE.search(text)
    if not match:
        return ()
    first, last = sorted((int(match[1]), int(match[2])))
    return tuple(Period(year) for year in range(first, last + 1)) if last - first < _MAX_RANGE else ()


def part_in(text: str) -> str:
    """Return the part of a year that a text names: "Q2", "H1", "9M"; "" if none."""
    if quarter := _QUARTER.search(text):
        word = next(group for group in quarter.groups() if group).lower()
        return f"Q{_ORDINALS.get(word, word)}"
    if half := _HALF.search(text):
        word = next(group for group in half.groups() if group).lower()
        return f"H{_ORDINALS.get(word, word)}"
    if months := _MONTHS.search(text):
        return f"{_MONTHS_OF.get(months[1].lower(), 9)}M"
    return ""


def without_periods(text: str) -> str:
    """Return a text without the words that name its periods."""
    for pattern in (_DAY, _RANGE, _YEAR, _SHORT_YEAR, _QUARTER, _HALF, _MONTHS):
        text = pattern.sub(" ", text)
    return text
