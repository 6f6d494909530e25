"""Where a page or a quote is, for people; quotes of chunks."""

import re

from rag.text.characters import shortened
from rag.types import UNIT_LABELS, Chunk, Citation, Span

PATH = " › "
"""Between the titles of a heading."""

_LINES = re.compile(r"lines (\d+)–\d+")
_NUMBERED = re.compile(r"(?:§\s*(?=\d)|(?=\d+\.))(\d{1,3}(?:\.\d{1,3}){0,4})\.?\s+\S")
"""A lone number needs "§" or a full stop: "10 years of growth" is a title."""
_NAMED = re.compile(
    r"((?:table|figure|fig\.|chart|note|item|article|section|chapter|appendix|annex|part)\s+(?:\d+|(?-i:[IVXLC]+(?![a-z])))[\w.]*?)(?=[.:\s–—-]|$)",
    re.IGNORECASE,
)
_MAX_TITLE = 48


def page_location(page: int, label: str) -> str:
    """Return where to look in a document: "p. 3 (page 11 of the file)", "slide 3"; "" if it has no pages."""
    if not label or label.startswith(UNIT_LABELS):
        return label
    return f"p. {label}" if label == str(page) else f"p. {label} (page {page} of the file)"


def place_of(chunk: Chunk, start: int = 0) -> str:
    """Return section and place of the character `start` of a chunk: "§ 7.2, line 512", "Table 3, p. 56"."""
    line = chunk.line + chunk.text.count("\n", 0, start) if chunk.line else 0
    where = f"line {line:,}" if line else page_location(chunk.page, chunk.page_label)
    section = section_name(chunk.heading)
    return ", ".join(part for part in (section, where) if part and part != f"section “{section}”")


def quote_of(chunk: Chunk, span: Span, number: int, score: float) -> Citation:
    """Return a span of a chunk's text as a quote from the passage of this number, at its offsets of the page."""
    return Citation(
        number=number,
        document=chunk.document,
        page=chunk.page,
        label=chunk.page_label,
        start=chunk.start + span.start,
        end=chunk.start + span.end,
        quote=chunk.text[span.start : span.end],
        score=round(score, 3),
        place=place_of(chunk, span.start),
    )


def cited_place(citation: Citation) -> str:
    """Return where a quote is; an answer kept by an older version only knows the page."""
    return citation.place or page_location(citation.page, citation.label)


def cited_location(citation: Citation) -> str:
    """Return the document of a quote, and where in it the quote is."""
    return location(citation.document, cited_place(citation))


def chunk_location(chunk: Chunk) -> str:
    """Return the document of a chunk, and where in it the chunk is."""
    return location(chunk.document, place_of(chunk))


def location(document: str, place: str) -> str:
    """Return a document and a place in it, either of which may be ""."""
    return ", ".join(part for part in (document, place) if part)


def section_name(heading: str) -> str:
    """Return how people refer to the innermost of the headings: by its number, else by its title.

    A page's own first lines, which stand in for headings that a printed page lacks, are no name of a section.
    """
    title = heading.rpartition(PATH)[2].strip()
    if " · " in title:
        return ""
    if numbered := _NUMBERED.match(title):
        return f"§ {numbered[1]}"
    if named := _NAMED.match(title):
        return named[1]
    return shortened(title, _MAX_TITLE)


def first_line(label: str) -> int:
    """Return the number of a page's first line in its file, 0 if the page is not labelled by lines."""
    lines = _LINES.match(label)
    return int(lines[1]) if lines else 0
