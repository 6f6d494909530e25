"""Kinds and years of documents: what a filter or a question may name."""

import re
from collections.abc import Mapping
from datetime import date

from rag.errors import QuestionError
from rag.text.characters import bare
from rag.types import DocumentFacts

KINDS: dict[str, tuple[str, ...]] = {
    "report": ("annual report", "quarterly report", "current report", "earnings release", "10-K", "10-Q", "8-K"),
    "annual report": ("10-K",),
    "quarterly report": ("10-Q",),
    "current report": ("8-K",),
    "earnings release": (),
    "10-K": (),
    "10-Q": (),
    "8-K": (),
    "contract": (),
    "paper": (),
    "manual": (),
    "mail": (),
    "letter": (),
    "slides": (),
    "spreadsheet": (),
    "book": (),
    "form": (),
    "law": (),
    "minutes": (),
    "article": (),
    "other": (),
}
"""Each kind, and the narrower ones that it includes."""

EDITABLE = ("title", "organisation", "authors", "date", "period", "kind", "language")
"""Facts that a person may enter; the address is where a document was fetched from."""

MAX_FACT = 300

_ALIASES = {
    "slide deck": "slides",
    "presentation": "slides",
    "deck": "slides",
    "email": "mail",
    "e-mail": "mail",
    "message": "mail",
    "web page": "article",
    "webpage": "article",
    "workbook": "spreadsheet",
    "table": "spreadsheet",
    "agreement": "contract",
    "handbook": "manual",
    "guide": "manual",
    "press release": "earnings release",
}
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_RANGE = re.compile(r"\s*((?:1[5-9]|20)\d\d)\s*[-–]\s*((?:1[5-9]|20)\d\d)\s*")
_LONGEST_RANGE = 100


def kind_named(text: str) -> str:
    """Return the kind that people call so ("10k", "Slide deck", "reports"); "" if it is none."""
    word = " ".join(text.lower().split())
    known = {bare(kind): kind for kind in KINDS} | {bare(alias): kind for alias, kind in _ALIASES.items()}
    return known.get(bare(word)) or known.get(bare(word.removesuffix("s"))) or ""


def is_of_kind(kind: str, wanted: str) -> bool:
    """Return True if a document's kind is the wanted one or a narrower one."""
    named = kind_named(wanted)
    return bool(kind) and (kind.lower() == wanted.lower() or kind == named or kind in KINDS.get(named, ()))


def years_of(facts: DocumentFacts) -> frozenset[int]:
    """Return the years that a document covers, by its period; without a period, the year of its date."""
    if match := _RANGE.fullmatch(facts.period):
        first, last = int(match[1]), int(match[2])
        if first <= last <= first + _LONGEST_RANGE:
            return frozenset(range(first, last + 1))
    return frozenset(int(year) for year in _YEAR.findall(facts.period or facts.date[:4]))


def facts_line(facts: DocumentFacts) -> str:
    """Return what a document is in one line: organisation, title, period or date, kind, language.

    What the title says is not said again.
    """
    title = facts.title.lower()
    kind = "" if facts.kind == "other" else facts.kind
    unsaid = [part for part in (facts.period or facts.date, kind) if part.lower() not in title]
    organisation = "" if facts.organisation.lower() in title else facts.organisation
    return " · ".join(part for part in (organisation, facts.title, *unsaid, facts.language) if part)


def checked_facts(changes: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return facts as a person entered them, on one line and in the usual form; None stays None.

    Raises:
        QuestionError: there is no such fact, or a value cannot be one.
    """
    if unknown := changes.keys() - EDITABLE:
        raise QuestionError(f"A document has no '{min(unknown)}'. There are {', '.join(EDITABLE)}.")
    return {fact: value if value is None else _checked(fact, value) for fact, value in changes.items()}


def _checked(fact: str, value: str) -> str:
    value = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    if len(value) > MAX_FACT:
        raise QuestionError(f"The {fact} has {len(value):,} characters, and {MAX_FACT} are the most. Shorten it.")
    if fact == "date" and value and not _is_date(value):
        raise QuestionError(f"'{value}' is no date. Write it as 2019-02-28, or leave it empty.")
    if fact == "language" and value and not re.fullmatch("[a-zA-Z]{2,3}", value):
        raise QuestionError(f"'{value}' is no code of a language. Write 'en' or 'de', or leave it empty.")
    if fact == "kind":
        return kind_named(value) or value.lower()
    return value.lower() if fact == "language" else value


def _is_date(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def years_in(text: str) -> frozenset[int]:
    """Return the years of "2018", of "FY2018" or of the range "2015-2018"."""
    return years_of(DocumentFacts(period=text))
