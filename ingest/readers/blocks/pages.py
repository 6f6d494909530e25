"""Clean the text of pages, and label them. The cleaned text is what is stored and what offsets count in."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ingest.readers.blocks.structure_offsets import moved
from rag.text.sanitize import strip_invisible
from rag.types import Page

CLEANING_VERSION = 1
"""Increased when the same text would be cleaned differently."""

PART_CHARACTERS = 20_000
"""Length of a part. A page is loaded whole to quote from it, so it must be small."""

NO_TEXT = "no text"
MAX_CHARACTERS = 50_000_000
_MAX_LABEL = 60

_LINE_ENDS = re.compile(r"\r\n?|[\v\u0085\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


def unit_label(kind: str, title: str) -> str:
    """Return a label by which the user finds a unit: its kind and its title."""
    title = " ".join(clean_text(title).split())
    short = title if len(title) <= _MAX_LABEL else title[: _MAX_LABEL - 1].rstrip() + "…"
    return f"{kind} “{short}”" if short else kind


def clean_text(text: str) -> str:
    """Normalise line ends; remove control characters, lone surrogates, trailing blanks and blank edges.

    Each of these breaks SQLite, JSON or tantivy.
    """
    text = _LINE_ENDS.sub("\n", text).removeprefix("\ufeff")
    text = _CONTROLS.sub("", text)
    return "\n".join([line.rstrip(" \t\xa0") for line in text.split("\n")]).strip()


def clean_cell(text: str) -> str:
    """Return a text on one line, clean; most are already."""
    return " ".join((text if text.isprintable() else clean_text(text)).split())


def without_invisible(pages: Iterable[Page]) -> tuple[tuple[Page, ...], int]:
    """Return the pages without invisible characters, and the number removed.

    A human reader does not see them, but the search and the model would. The user is told their number: soft hyphens
    are harmless, a paragraph in tag characters is not.
    """
    cleaned: list[Page] = []
    total = 0
    for page in pages:
        text, removed = strip_invisible(page.text)
        if removed:
            text = clean_text(text)
            structure = moved(page.structure, page.text, text)
            page = replace(page, text=text, structure=structure, state=page.state if text else "empty")
        if page.head:
            page = replace(page, head=strip_invisible(page.head)[0])  # repeats the document's text: not counted
        cleaned.append(page)
        total += removed
    return tuple(cleaned), total
