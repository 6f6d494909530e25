"""The period that a document covers, as people name it: "2018", "Q2 2024", "November 2015" (pure)."""

import re

from ingest.facts.dates import ENGLISH_MONTHS, MONTH, MONTHS, YEAR, dates_in, first_date
from ingest.facts.fiscal import fiscal_year
from ingest.facts.opening import Opening, tidy

_QUARTER_NUMBER = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
}
_QUARTERS = (
    re.compile(rf"\bQ([1-4])[\s,/-]*(?:FY\s?)?'?({YEAR})", re.IGNORECASE),
    re.compile(rf"\b([1-4])Q[\s,/-]*(?:FY\s?)?'?({YEAR})", re.IGNORECASE),
    re.compile(rf"({YEAR})[\s_-]?Q([1-4])(?!\d)", re.IGNORECASE),
    re.compile(
        rf"\b(first|second|third|fourth|[1-4](?:st|nd|rd|th))[\s-]+quarter[\s,]+(?:of\s+)?(?:fiscal\s+)?(?:year\s+)?({YEAR})",
        re.IGNORECASE,
    ),
)
_HALVES = (
    re.compile(
        rf"\b(?:H([12])|half[\s-]year|first[\s-]half|half[\s-]yearly)(?:\s+(?:of|report|results|\w+))?[\s,/-]*({YEAR})",
        re.IGNORECASE,
    ),
    re.compile(rf"({YEAR})[\s_-]+(?:half[\s_-]?year|H([12]))", re.IGNORECASE),
)
_CHINESE_QUARTER = re.compile(rf"({YEAR})\s?年(?:度)?第?([一二三四1-4])季度")
_ENDED = re.compile(
    r"(?:year|period|twelve months|12 months|exercice|geschäftsjahr)\s+(?:ended|ending|closed|clos le|zum)\s+",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(rf"(?<!\d\s)(?<!\d)\b({MONTH})\s+({YEAR})", re.IGNORECASE)
_RANGE = re.compile(rf"({YEAR})\s?[-–/]\s?((?:19|20)?\d\d)(?![\d-])")
_FISCAL = re.compile(r"\b(?:fiscal(?:\s+year)?|FY)[\s'-]*((?:19|20)\d\d|\d\d)(?!\d)", re.IGNORECASE)
_YEARS = re.compile(YEAR)
_COVERS = {"report", "annual report", "quarterly report", "earnings release", "spreadsheet", "slides"}
"""Kinds that are about a period: a year in the title of a paper, a book or minutes is none."""

_NEAR = 60
_ALMOST_A_YEAR = 150
_HEAD = 600


def period_of(name: str, title: str, kind: str, opening: Opening) -> str:
    """Return the period of a document of this kind and title; "" if it covers none that is named."""
    if kind not in _COVERS:
        return ""
    head = tidy(opening.first[:_HEAD], _HEAD)
    for text in (title, head):
        if found := named_period(text, opening.text):
            return found
    stem = re.sub(r"[_-]+", " ", name.rsplit(".", 1)[0])
    return named_period(stem, "") or _only_year(title) or _only_year(stem)


def named_period(text: str, around: str) -> str:
    """Return a period that a text names in so many words; `around` shows how fiscal years are named."""
    if found := _quarter(text) or _half(text):
        return found
    if (match := _ENDED.search(text)) and (ended := first_date(text[match.end() : match.end() + _NEAR])):
        return fiscal_year(ended, around)
    if found := _between_dates(text):
        return found
    if match := _FISCAL.search(text):
        return match[1] if len(match[1]) > 2 else f"20{match[1]}"
    if match := _MONTH_YEAR.search(text):
        return f"{ENGLISH_MONTHS[MONTHS[match[1].lower().rstrip('.')] - 1]} {match[2]}"
    if match := _RANGE.search(text):
        last = match[2] if len(match[2]) > 2 else match[1][:2] + match[2]
        return f"{match[1]}–{last}" if match[1] < last else ""
    return ""


def _quarter(text: str) -> str:
    for pattern in _QUARTERS:
        if match := pattern.search(text):
            one, other = (part.lower() for part in match.groups())
            number, year = (other, one) if len(one) > len(other) and one.isdecimal() else (one, other)
            return f"Q{_QUARTER_NUMBER.get(number, number)} {year}"
    if match := _CHINESE_QUARTER.search(text):
        return f"Q{_QUARTER_NUMBER.get(match[2], match[2])} {match[1]}"
    return ""


def _between_dates(text: str) -> str:
    """Return the year, or the years, from the first to the last of the dates that a text names."""
    years = sorted({found.year for _, found in dates_in(text)})
    days = sorted({found for _, found in dates_in(text)})
    if len(days) < 2 or (days[-1] - days[0]).days < _ALMOST_A_YEAR:
        return ""
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def _half(text: str) -> str:
    for pattern in _HALVES:
        if match := pattern.search(text):
            year = next(part for part in match.groups() if part and len(part) > 1)
            number = next((part for part in match.groups() if part and len(part) == 1), "1")
            return f"H{number} {year}"
    return ""


def _only_year(text: str) -> str:
    years = set(_YEARS.findall(text))
    return years.pop() if len(years) == 1 else ""
