"""Dates in text and in metadata, as ISO dates (pure)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime

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
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
ENGLISH_MONTHS = tuple(names.split()[0].capitalize() for names in _MONTH_NAMES)
MONTH = r"(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_DAY = r"(?<!\d)(?:[12]?\d|3[01])(?:st|nd|rd|th|er|\.|º)?"

_FORMS = (
    re.compile(rf"(?P<month>{MONTH})\s+(?P<day>{_DAY})\s*,?\s+(?P<year>{YEAR})", re.IGNORECASE),
    re.compile(
        rf"(?P<day>{_DAY})\s+(?:de\s+|of\s+)?(?P<month>{MONTH})\s*(?:de\s+|,\s*)?(?P<year>{YEAR})", re.IGNORECASE
    ),
    re.compile(rf"(?P<year>{YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(rf"(?P<day>(?<!\d)\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>{YEAR})"),
    re.compile(rf"(?P<year>{YEAR})\s?年\s?(?P<month>\d\d?)\s?月\s?(?P<day>\d\d?)\s?日"),
)
_SLASHES = re.compile(rf"(?<!\d)(\d\d?)/(\d\d?)/({YEAR})")
_STAMP = re.compile(r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)")
_EARLIEST = 1900
_TEMPLATE_STAMPS = {"2013-12-23"}
"""Date of the template that python-docx and python-pptx begin every file with."""


def dates_in(text: str) -> Iterator[tuple[int, date]]:
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
    return min(dates_in(text), default=(0, None), key=lambda found: found[0])[1]


def stamped_date(stamp: str) -> str:
    """Return the ISO date of a stamp in metadata ("D:20190207", "2019-02-07T10:00:00Z"); "" if it has none."""
    match = _STAMP.match(stamp.strip())
    if match and (found := _date(match[1], int(match[2]), match[3])):
        return "" if found.isoformat() in _TEMPLATE_STAMPS else found.isoformat()
    found = first_date(stamp[:100])
    return found.isoformat() if found else ""


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else MONTHS.get(text.lower().rstrip("."), 0)


def _date(year: str, month: int, day: str) -> date | None:
    """Return a date that a document can have: it exists, and is neither ancient nor years ahead."""
    with suppress(ValueError):
        found = date(int(year), month, int(re.sub(r"\D", "", day)))
        if _EARLIEST <= found.year <= datetime.now(UTC).year + 1:
            return found
    return None
