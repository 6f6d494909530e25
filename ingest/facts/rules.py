"""Put together what a document is: title, organisation, authors, date, period, kind and language."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ingest.facts.dates import first_date, period_of, stamped_date
from ingest.facts.kinds import FORM_TITLES, kind_of
from ingest.facts.opening import FIRST_PAGES, Opening, opening_of, tidy
from ingest.facts.organisations import SENDER, is_organisation, organisation_of
from ingest.facts.titles import title_of
from rag.text.language import detect_language
from rag.types import DocumentFacts, Page

__all__ = ["FIRST_PAGES", "VERSION", "document_facts"]

VERSION = 2
"""Increased when the same document would get other facts: it is read again then."""

_DATE = re.compile(r"^Date:\s*(.+)$", re.MULTILINE)
_MAX_AUTHORS = 200
_DATED = 1_500
_SAMPLE = 400
_SAMPLES = 12
_JUNK_AUTHOR = re.compile(
    r"python-docx|unknown|anonymous|user|admin(istrator)?|owner|author|edgar online.*|root|scanner", re.IGNORECASE
)


def document_facts(name: str, metadata: Mapping[str, str], pages: Sequence[Page]) -> DocumentFacts:
    """Return what the rules find out about a document of this name; "" for what they cannot tell."""
    opening = opening_of(pages)
    title = title_of(name, metadata, opening)
    kind = kind_of(name, title, opening)
    title = FORM_TITLES.get(kind, title)
    return DocumentFacts(
        title=title,
        organisation=organisation_of(metadata, opening, title=title, kind=kind),
        authors=_authors(metadata, opening, kind),
        date=_date(metadata, title, opening, kind),
        period=period_of(name, title, kind, opening),
        kind=kind,
        language=_language(opening.text),
    )


def _language(text: str) -> str:
    """Return the language of most samples of a text: its beginning may be a table, a list of names, or an address."""
    step = max(_SAMPLE, len(text) // _SAMPLES)
    found = Counter(detect_language(text[place : place + _SAMPLE]) for place in range(0, len(text), step))
    del found[""]
    return max(found, key=lambda language: (found[language], language), default="")


def _authors(metadata: Mapping[str, str], opening: Opening, kind: str) -> str:
    if kind == "mail" and (match := SENDER.search(opening.first)):
        return tidy(match[1], _MAX_AUTHORS)
    author = tidy(metadata.get("author", ""), _MAX_AUTHORS)
    return "" if _JUNK_AUTHOR.fullmatch(author) or is_organisation(author) else author


def _date(metadata: Mapping[str, str], title: str, opening: Opening, kind: str) -> str:
    """Return the date in the title or near the top, else the one in the metadata."""
    where = opening.first[:_DATED]
    if kind == "mail" and (match := _DATE.search(where)):
        where = match[1]
    printed = first_date(title) or first_date(where)
    return printed.isoformat() if printed else stamped_date(metadata.get("date", ""))
