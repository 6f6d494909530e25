"""Dates in text and metadata, and the period that a document covers, as people name it: "2018", "Q2 2024"."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime

from ingest.facts.opening import Opening, tidy

_MONTH_NAMES = (
    "january jan januar janvier enero gennaio janeiro",
    "february feb februar février fevrier febrero febbraio fevereiro",
    "march mar märz maerz mars marzo março",
    "april apr avril abril aprile",
    "may mai mayo maggio maio",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet julio luglio julho",
    "august aug août aout agosto",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember décembre decembre diciembre dicembre dezembro",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_ENGLISH_MONTHS = tuple(names.split()[0].capitalize() for names in _MONTH_NAMES)
_MONTH = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_DAY = r"(?<!\d)(?:[12]?\d|3[01])(?:st|nd|rd|th|er|\.|º)?"
_FORMS = (
    re.compile(rf"(?P<month>{_MONTH})\s+(?P<day>{_DAY})\s*,?\s+(?P<year>{_YEAR})", re.IGNORECASE),
    re.compile(
        rf"(?P<day>{_DAY})\s+(?:de\s+|of\s+)?(?P<month>{_MONTH})\s*(?:de\s+|,\s*)?(?P<year>{_YEAR})", re.IGNORECASE
    ),
    re.compile(rf"(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(rf"(?P<day>(?<!\d)\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>{_YEAR})"),
    re.compile(rf"(?P<year>{_YEAR})\s?年\s?(?P<month>\d\d?)\s?月\s?(?P<day>\d\d?)\s?日"),
)
_SLASHES = re.compile(rf"(?<!\d)(\d\d?)/(\d\d?)/({_YEAR})")
_STAMP = re.compile(r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)")
_EARLIEST = 1900
_TEMPLATE_STAMPS = {"2013-12-23"}
"""Date of the template that python-docx and python-pptx begin every file with."""

_SHOWN = re.compile(
    r"\b(?:(three|3|thirteen|13)|(six|6|twenty-six|26)|(nine|9|thirty-nine|39))[\s-]+(?:months|weeks)\s+ended",
    re.IGNORECASE,
)
"""How many quarters of its fiscal year a report covers: as many as the number of the group."""

_FIRST_DAYS = 7
"""A year of 52 or 53 weeks that ends in these days of January is the year before."""

_ORDINALS = ("first 1st 一", "second 2nd 二", "third 3rd 三", "fourth 4th 四")
_QUARTER_NUMBER = {word: str(number) for number, words in enumerate(_ORDINALS, start=1) for word in words.split()}
_QUARTERS = (
    re.compile(rf"\bQ([1-4])[\s,/-]*(?:FY\s?)?'?({_YEAR})", re.IGNORECASE),
    re.compile(rf"\b([1-4])Q[\s,/-]*(?:FY\s?)?'?({_YEAR})", re.IGNORECASE),
    re.compile(rf"({_YEAR})[\s_-]?Q([1-4])(?!\d)", re.IGNORECASE),
    re.compile(
        rf"\b(first|second|third|fourth|[1-4](?:st|nd|rd|th))[\s-]+quarter[\s,]+(?:of\s+)?(?:fiscal\s+)?(?:year\s+)?({_YEAR})",
        re.IGNORECASE,
    ),
)
_HALVES = (
    re.compile(
        rf"\b(?:H([12])|half[\s-]year|first[\s-]half|half[\s-]yearly)(?:\s+(?:of|report|results|\w+))?[\s,/-]*({_YEAR})",
        re.IGNORECASE,
    ),
    re.compile(rf"({_YEAR})[\s_-]+(?:half[\s_-]?year|H([12]))", re.IGNORECASE),
)
_CHINESE_QUARTER = re.compile(rf"({_YEAR})\s?年(?:度)?第?([一二三四1-4])季度")
_ENDED = re.compile(
    r"(quarter(?:ly\s+period)?|year|period|twelve months|12 months|exercice|geschäftsjahr)\s+"
    r"(?:ended|ending|closed|clos le|zum)\s*:?\s+",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(rf"(?<!\d\s)(?<!\d)\b({_MONTH})\s+({_YEAR})", re.IGNORECASE)
_RANGE = re.compile(rf"({_YEAR})\s?[-–/]\s?((?:19|20)?\d\d)(?![\d-])")
_FISCAL = re.compile(r"\b(?:fiscal(?:\s+year)?|FY)[\s'-]*((?:19|20)\d\d|\d\d)(?!\d)", re.IGNORECASE)
_YEARS = re.compile(_YEAR)
_FILED = {"10-K", "10-Q", "8-K"}
_COVERS = {"report", "annual report", "quarterly report", "earnings release", "spreadsheet", "slides", *_FILED}
"""Kinds that are about a period: a year in the title of a paper, a book or minutes is none."""

_COVER = 6_000
_NEAR = 80
_ALMOST_A_YEAR = 150
_HEAD = 600


def _dates_in(text: str) -> Iterator[tuple[int, date]]:
    """Yield the dates of a text with their places, in the order of their forms."""
    for form in _FORMS:
        for match in form.finditer(text):
            if found := _date(match["year"], _month(match["month"]), match["day"]):
                yield match.start(), found
    for match in _SLASHES.finditer(text):
        one, other = int(match[1]), int(match[2])
        month, day = (other, one) if one > 12 else (one, other)
        if found := _date(match[3], month, str(day)):
            yield match.start(), found


def first_date(text: str) -> date | None:
    """Return the date that stands first in a text."""
    return min(_dates_in(text), default=(0, None), key=lambda found: found[0])[1]


def stamped_date(stamp: str) -> str:
    """Return the ISO date of a stamp in metadata ("D:20190207", "2019-02-07T10:00:00Z"); "" if it has none."""
    match = _STAMP.match(stamp.strip())
    if match and (found := _date(match[1], int(match[2]), match[3])):
        return "" if found.isoformat() in _TEMPLATE_STAMPS else found.isoformat()
    found = first_date(stamp[:100])
    return found.isoformat() if found else ""


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else _MONTHS.get(text.lower().rstrip("."), 0)


def _date(year: str, month: int, day: str) -> date | None:
    """Return a date that a document can have: it exists, and is neither ancient nor years ahead."""
    with suppress(ValueError):
        found = date(int(year), month, int(re.sub(r"\D", "", day)))
        if _EARLIEST <= found.year <= datetime.now(UTC).year + 1:
            return found
    return None


def period_of(name: str, title: str, kind: str, opening: Opening) -> str:
    """Return the period of a document of this kind and title; "" if it covers none that is named."""
    if kind not in _COVERS:
        return ""
    if kind in _FILED and (found := _period_ended(tidy(opening.first, _COVER), opening.text)):
        return found
    for text in (title, tidy(opening.first[:_HEAD], _HEAD)):
        if found := named_period(text, opening.text):
            return found
    stem = re.sub(r"[_-]+", " ", name.rsplit(".", 1)[0])
    return named_period(stem, "") or _only_year(title) or _only_year(stem)


def named_period(text: str, around: str) -> str:
    """Return a period that a text names in so many words; `around` shows how fiscal years are named."""
    if found := _quarter(text) or _half(text) or _period_ended(text, around) or _between_dates(text):
        return found
    if match := _FISCAL.search(text):
        return match[1] if len(match[1]) > 2 else f"20{match[1]}"
    if match := _MONTH_YEAR.search(text):
        return f"{_ENGLISH_MONTHS[_MONTHS[match[1].lower().rstrip('.')] - 1]} {match[2]}"
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


def _period_ended(text: str, around: str) -> str:
    """Return the fiscal year or quarter of which a text says when it ended."""
    match = _ENDED.search(text)
    ended = first_date(text[match.end() : match.end() + _NEAR]) if match else None
    if match is None or ended is None:
        return ""
    return (_fiscal_quarter if match[1].lower().startswith("quarter") else _fiscal_year)(ended, around)


def _fiscal_year(ended: date, text: str) -> str:
    """Return the name of the fiscal year that ended at a date: its year, unless the text calls it the year before."""
    year = ended.year
    named = Counter(match[1] for match in _FISCAL.finditer(text))
    is_of_weeks = ended.month == 1 and ended.day <= _FIRST_DAYS
    is_named_before = ended.month <= 2 and named[str(year - 1)] > 2 * named[str(year)]  # retailers name it either way
    return str(year - 1 if is_of_weeks or is_named_before else year)


def _fiscal_quarter(ended: date, text: str) -> str:
    """Return the name of the fiscal quarter that ended at a date: by the months that its report covers."""
    shown = max((match.lastindex or 0 for match in _SHOWN.finditer(text)), default=0)
    if not shown:
        return f"Q{(ended.month - 1) // 3 + 1} {ended.year}"
    months = ended.year * 12 + ended.month - 1 + (4 - shown) * 3
    year_end = date(months // 12, months % 12 + 1, 28)
    return f"Q{shown} {_fiscal_year(year_end, text)}"


def _between_dates(text: str) -> str:
    """Return the year, or the years, from the first to the last of the dates that a text names."""
    years = sorted({found.year for _, found in _dates_in(text)})
    days = sorted({found for _, found in _dates_in(text)})
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
