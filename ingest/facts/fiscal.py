"""Fiscal years and quarters, named as people name them: fiscal 2019 may end in February 2019, or in June (pure)."""

import re
from collections import Counter
from datetime import date

_NAMED = re.compile(r"\b(?:fiscal(?:\s+year)?|FY)\s*'?((?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_MONTHS_TO = re.compile(
    r"\b(three|six|nine|thirteen|twenty-six|thirty-nine|3|6|9|13|26|39)[\s-]+(?:months|weeks)\s+ended", re.IGNORECASE
)
_QUARTERS = {"three": 1, "3": 1, "thirteen": 1, "13": 1, "six": 2, "6": 2, "twenty-six": 2, "26": 2}
_FIRST_DAYS = 7
"""A year of 52 or 53 weeks that ends in these days of January is the year before."""


def fiscal_year(ended: date, text: str) -> str:
    """Return the name of the fiscal year that ended at a date: its year, unless the text calls it the year before."""
    year = ended.year
    if ended.month == 1 and ended.day <= _FIRST_DAYS:
        return str(year - 1)
    if ended.month <= 2:  # retailers name it either way
        named = Counter(int(match[1]) for match in _NAMED.finditer(text))
        if named[year - 1] > 2 * named[year]:
            return str(year - 1)
    return str(year)


def fiscal_quarter(ended: date, text: str) -> str:
    """Return the name of the fiscal quarter that ended at a date: by the months that its report covers."""
    found = {_QUARTERS.get(" ".join(match[1].lower().split()), 3) for match in _MONTHS_TO.finditer(text)}
    shown = max(found, default=0)
    if not shown:
        return f"Q{(ended.month - 1) // 3 + 1} {ended.year}"
    months = ended.year * 12 + ended.month - 1 + (4 - shown) * 3
    year_end = date(months // 12, months % 12 + 1, 28)
    return f"Q{shown} {fiscal_year(year_end, text)}"
