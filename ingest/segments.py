"""Split text into the segments that chunks are built from, with the strength of the break before each.

A segment is a sentence, or the part of one on a line. A chunk may well end between sections, paragraphs and rows of a
table; it should not end in the middle of a wrapped line.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from rag.text.sentences import SENTENCE_END, ends_sentence
from rag.types import Page, Span, Table


class Break(IntEnum):
    """The break before a segment, from weak to strong."""

    WRAPPED = -1
    SENTENCE = 0
    LINE = 1
    PARAGRAPH = 2
    HEADING = 3


class Segment(NamedTuple):
    """A span of text and the break before it."""

    span: Span
    before: Break


_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
HEADING_LINE = re.compile(r"[ \t]*(#{1,6})[ \t]+(\S(?:.*[^ \t#])?)[ \t#]*")
_RARE_CAPITALS = 0.005


def page_segments(page: Page, *, markdown: bool) -> Iterator[Segment]:
    """Yield the segments of a page. Its structure says what is a heading, and keeps the rows of tables whole."""
    headings = {heading.start for heading in page.structure.headings}
    segments = split_segments(page.text, markdown=markdown and not page.structure)
    rows = _whole_rows(segments, page.text, page.structure.tables) if page.structure.tables else segments
    for segment in rows:
        yield Segment(segment.span, Break.HEADING) if segment.span.start in headings else segment


def _whole_rows(segments: Iterable[Segment], text: str, tables: Sequence[Table]) -> Iterator[Segment]:
    """Join the segments of each row of a table."""
    row: Segment | None = None
    for segment in segments:
        start = segment.span.start
        if row and table_at(tables, start) and "\n" not in text[row.span.end : start]:
            row = Segment(Span(row.span.start, segment.span.end), row.before)
            continue
        if row:
            yield row
        row = segment
    if row:
        yield row


def table_at(tables: Sequence[Table], offset: int) -> Table | None:
    """Return the table that a character is in. Tables are in the order of the text."""
    place = bisect_right(tables, offset, key=lambda table: table.start)
    table = tables[place - 1] if place else None
    return table if table and offset < table.end else None


def split_segments(text: str, *, markdown: bool = True) -> Iterator[Segment]:
    """Yield the segments of a text in order, trimmed; each character that is not white space is in exactly one.

    Only in `markdown` is a line that begins with `#` a heading.
    """
    start = 0
    for gap in [*_BLANK_LINES.finditer(text), None]:
        end = gap.start() if gap else len(text)
        yield from _in_paragraph(text, start, end, markdown=markdown)
        start = gap.end() if gap else end


def _in_paragraph(text: str, start: int, end: int, *, markdown: bool) -> Iterator[Segment]:
    capitals = _has_capitals(text[start:end])
    before = Break.PARAGRAPH
    previous = ""
    for line in text[start:end].split("\n"):
        stop = start + len(line)
        if markdown and HEADING_LINE.fullmatch(line):
            before = Break.HEADING
        elif previous:
            before = Break.WRAPPED if _continues(previous, line) else Break.LINE
        for span in _in_line(text, start, stop, capitals=capitals):
            yield Segment(span, before)
            before = Break.SENTENCE
        previous = line.rstrip() or previous
        start = stop + 1


def _in_line(text: str, start: int, end: int, *, capitals: bool) -> Iterator[Span]:
    begin = start
    for match in SENTENCE_END.finditer(text, start, end):
        if text[match.end() : end].strip() and ends_sentence(text, begin, match, end, capitals=capitals):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _continues(previous: str, line: str) -> bool:
    """Return True if a line seems to continue the one before it, as in text wrapped to a width."""
    first = line.lstrip()[:1]
    return (previous[-1].islower() or previous[-1] in ",(&") and (first.islower() or first.isdigit())


def _has_capitals(text: str) -> bool:
    """Return False for text written without capitals, where a small letter may begin a sentence."""
    letters = [character for character in text if character.isalpha()]
    return sum(letter.isupper() for letter in letters) > _RARE_CAPITALS * len(letters)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    inner = text[start:end].strip()
    if inner:
        begin = start + text[start:end].index(inner)
        yield Span(begin, begin + len(inner))
