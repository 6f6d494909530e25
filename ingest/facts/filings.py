"""Filings with the US Securities and Exchange Commission: their cover page says what they are (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ingest.facts.dates import dates_in, first_date, fiscal_quarter, fiscal_year
from ingest.facts.opening import Opening, tidy

_FORM = re.compile(r"\bform\s+(10-?K(?:/A)?|10-?Q(?:/A)?|8-?K(?:/A)?|20-?F)(?![\w-])", re.IGNORECASE)
_COMMISSION = re.compile(r"securities\s+and\s+exchange\s+commission", re.IGNORECASE)
_REGISTRANT = re.compile(
    r"\(\s*exact\s+name\s+of\s+(?:the\s+)?(?:registrant|(?:small\s+business\s+)?issuer|company)", re.IGNORECASE
)
_FILE_NUMBER = re.compile(r"commission\s+file\s+(?:number|no\.?)s?\s*:?\s*[\d-]*\s*", re.IGNORECASE)
_ENDED = re.compile(r"for\s+the\s+(?:fiscal\s+|quarterly\s+)?(?:year|period|quarter)\s+ended\s*:?", re.IGNORECASE)
_REPORTED = re.compile(r"date\s+of\s+report[^:]{0,80}:", re.IGNORECASE)
_TITLES = {
    "10-K": "Annual Report on Form 10-K",
    "10-Q": "Quarterly Report on Form 10-Q",
    "8-K": "Current Report on Form 8-K",
    "20-F": "Annual Report on Form 20-F",
}
_COVER = 6_000
_NEAR = 80
_NEARBY = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Facts that the cover page of a filing states."""

    kind: str
    title: str
    registrant: str
    period: str
    dated: str


def read_filing(opening: Opening) -> Filing | None:
    """Return what the cover page of a filing states; None if this is none."""
    cover = opening.text[:_COVER]
    form = _FORM.search(cover) or (_FORM.search(opening.text) if _REGISTRANT.search(cover) else None)
    if form is None or not (_COMMISSION.search(cover[: form.end() + _NEARBY]) or _REGISTRANT.search(cover)):
        return None
    kind = re.sub(r"^(\d+)-?", r"\1-", form[1].upper().removesuffix("/A"))
    amended = ", amended" if form[1].upper().endswith("/A") else ""
    ended = _date_after(_ENDED, cover)
    reported = ended or _date_after(_REPORTED, cover)
    return Filing(
        kind="annual report" if kind == "20-F" else kind,
        title=_TITLES[kind] + amended,
        registrant=_registrant(cover),
        period=_period(kind, ended, opening.text) if ended else str(reported.year) if reported else "",
        dated=reported.isoformat() if reported else "",
    )


def _period(kind: str, ended: date, text: str) -> str:
    return fiscal_quarter(ended, text) if kind == "10-Q" else fiscal_year(ended, text)


def _date_after(label: re.Pattern[str], cover: str) -> date | None:
    match = label.search(cover)
    return first_date(" ".join(cover[match.end() : match.end() + _NEAR].split())) if match else None


def _registrant(cover: str) -> str:
    """Return the company's name: before the words that explain it, or after the file number."""
    if match := _REGISTRANT.search(cover):
        for name in _names_before(cover[: match.start()]):
            return name
    if match := _FILE_NUMBER.search(cover):
        after = (tidy(line) for line in cover[match.end() :].split("\n")[:5])
        return next((line for line in after if _is_name(line)), "")
    return ""


def _names_before(text: str) -> Iterator[str]:
    """Yield the name right before: the last block of lines, or what follows the last rule of underscores in it."""
    block = re.split(r"_{3,}|\n\s*\n", re.sub(r"[_\s]+\Z", "", text)[-400:])[-1]
    joined = tidy(block)
    for match in _FILE_NUMBER.finditer(joined):
        joined = joined[match.end() :]
    lines = [tidy(line) for line in block.split("\n") if line.strip()]
    candidates = [joined, *(reversed(lines))]
    yield from (name for name in candidates if _is_name(name))


def _is_name(text: str) -> bool:
    has_date = any(True for _ in dates_in(text))
    return 2 <= len(text) <= 120 and text[0].isalnum() and any(map(str.isalpha, text)) and not has_date
