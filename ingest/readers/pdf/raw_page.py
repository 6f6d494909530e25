"""Read one page of a PDF: its text, its lines in reading order, which of them are its own, its figures and tables.

pdfium puts form values at the end, several in one line, so each is moved to its label. Running heads and feet are lines
at the edge of a page that its neighbours have too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from ingest.readers.blocks.geometry import Box, Characters, Line, are_beside, upright
from ingest.readers.blocks.lines import lines_in_reading_order
from ingest.readers.blocks.pages import clean_text
from ingest.readers.blocks.paragraphs import join_runs, text_runs
from ingest.readers.pdf.figures import find_drawings, find_figures, may_have_caption
from ingest.readers.pdf.grid import Grid
from ingest.readers.pdf.pdfium import MAX_PAGE_CHARACTERS, Pdf, PdfPage, Type
from ingest.readers.pdf.placement import OpenTable, PageLayout, continued, open_table, page_layout, table_lines
from ingest.readers.pdf.scanned import may_be_scanned
from ingest.readers.pdf.table_finder import find_tables
from rag.errors import DocumentError

WINDOW = 9
"""Pages compared at a time: the page itself with four before and four after where the document has them."""

_EDGE = 0.13
_MAX_LINES = 3
_MAX_CHARACTERS = 160
_MIN_ALIKE = 3
_WORD = re.compile(r"\S+")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\W*(\d{1,5})\W*")
_ROMAN = re.compile(r"\W*[ivxlc]{1,8}\W*")


def insert_form_values(characters: Characters, lines: Sequence[Line], fields: Sequence[Box], turn: int) -> list[Line]:
    """Return the lines with each value after its label, which is left of it in its row or else above it.

    `turn` is the number of clockwise quarter turns applied to the boxes of the lines.
    """
    printed, values = _split_values(characters, lines, [upright(field, turn) for field in fields], turn)
    for _, group in groupby(values, key=itemgetter(0)):
        own = [line for _, line in group]
        at = _place_among(own[0], printed)
        printed[at:at] = own
    return printed


def _split_values(
    characters: Characters, lines: Sequence[Line], fields: Sequence[Box], turn: int
) -> tuple[list[Line], list[tuple[int, Line]]]:
    """Return the printed lines, and those of values with their field's index; a line may end in a field."""
    lasts = characters.boxes([line.end - 1 for line in lines])
    printed: list[Line] = []
    values: list[tuple[int, Line]] = []
    for line, last in zip(lines, lasts, strict=True):
        if _field_of(upright(last, turn), fields) is None:
            printed.append(line)
            continue
        for field, part in _parts(characters, line, fields, turn):
            if field is None:
                printed.append(part)
            else:
                values.append((field, part))
    return printed, values


def _parts(characters: Characters, line: Line, fields: Sequence[Box], turn: int) -> Iterator[tuple[int | None, Line]]:
    spans = [match.span() for match in _WORD.finditer(characters.text, line.start, line.end)]
    firsts = [upright(box, turn) for box in characters.boxes([start for start, _ in spans])]
    owned = [(_field_of(box, fields), span) for box, span in zip(firsts, spans, strict=True)]
    for field, group in groupby(owned, key=itemgetter(0)):
        words = [span for _, span in group]
        yield field, _line(characters, words[0][0], words[-1][1], turn)


def _line(characters: Characters, start: int, end: int, turn: int) -> Line:
    first, last = (upright(box, turn) for box in characters.boxes([start, end - 1]))
    left, right = min(first.left, last.left), max(first.right, last.right)
    return Line(start, end, left, min(first.bottom, last.bottom), right, max(first.top, last.top))


def _field_of(box: Box, fields: Sequence[Box]) -> int | None:
    across, up = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    for number, field in enumerate(fields):
        if field.left <= across <= field.right and field.bottom <= up <= field.top:
            return number
    return None


def _place_among(value: Line, lines: Sequence[Line]) -> int:
    """Return the index at which a value belongs among the lines."""
    row = [at for at, line in enumerate(lines) if are_beside(line, value)]
    before = [at for at in row if lines[at].left <= value.left]
    if before:
        return max(before, key=lambda at: lines[at].left) + 1
    if row:
        return min(row, key=lambda at: lines[at].left)
    above = [at for at, line in enumerate(lines) if line.bottom >= value.top and _overlap(line, value)]
    if above:
        return min(above, key=lambda at: lines[at].bottom) + 1
    return len(lines)


def _overlap(one: Line, other: Line) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)


class Row(NamedTuple):
    """Lines at one height near an edge: their places among the page's lines, and a key.

    The key of a running line is the same on every page that has it; "" marks a row that cannot be one.
    """

    key: str
    is_number: bool
    lines: tuple[int, ...]


class Edges(NamedTuple):
    """Candidates for running heads and feet of a page, outermost first."""

    top: tuple[Row, ...]
    bottom: tuple[Row, ...]

    def has(self, side: int, key: str) -> bool:
        """Return True if a row of a side (0 for the top) has this key."""
        return any(row.key == key for row in self[side])


def comparison_window(index: int, pages: int) -> range:
    """Return the pages that a page is compared with, itself included."""
    first = max(0, min(index - WINDOW // 2, pages - WINDOW))
    return range(first, min(pages, first + WINDOW))


def page_edges(raw: str, lines: Sequence[Line], shown: Box, index: int) -> Edges:
    """Return the rows near the edges of page `index`, whose visible part is `shown`."""
    depth = _EDGE * (shown.top - shown.bottom)
    upper = [place for place, line in enumerate(lines) if line.bottom > shown.top - depth]
    lower = [place for place, line in enumerate(lines) if line.top < shown.bottom + depth]
    upper.sort(key=lambda place: -lines[place].top)
    lower.sort(key=lambda place: lines[place].bottom)
    return Edges(_rows(raw, lines, upper, index), _rows(raw, lines, lower, index))


def running_lines(edges: Sequence[Edges], own: int) -> set[int]:
    """Return the places of running heads and feet among the lines of page `own` of a window of pages.

    Where a line of text appears for the first time it stays, so that nothing is lost: it may be the head of a table.
    """
    return {place for side in (0, 1) for row in _running_rows(edges, own, side) for place in row.lines}


def running_head_lines(edges: Sequence[Edges], own: int) -> list[int]:
    """Return the places of running heads alone, without page numbers, outermost first."""
    return [place for row in _running_rows(edges, own, 0) if not row.is_number for place in row.lines]


def repeated_lines(edges: Sequence[Edges], own: int) -> dict[int, bool]:
    """Return the places of lines near the edges of page `own` that other pages of the window have too.

    Unlike `running_lines` it has those that appear for the first time. One other page is enough for a line that begins
    or ends in a number, which may be the page's. A place is mapped to True if the line is on three other pages or more.
    """
    found: dict[int, bool] = {}
    for side in (0, 1):
        for row in edges[own][side]:
            alike = (
                sum(place != own and other.has(side, row.key) for place, other in enumerate(edges)) if row.key else 0
            )
            if alike >= min(_MIN_ALIKE, max(2, len(edges) - 1)) or (
                alike and (row.key.startswith("#") or row.key.endswith("#"))
            ):
                found.update(dict.fromkeys(row.lines, alike >= _MIN_ALIKE))
    return found


def _running_rows(edges: Sequence[Edges], own: int, side: int) -> Iterator[Row]:
    needed = min(_MIN_ALIKE, len(edges) - 1)
    if needed < 2:
        return
    for row in edges[own][side]:
        alike = [place for place, other in enumerate(edges) if place != own and other.has(side, row.key)]
        if not row.key or len(alike) < needed or not (row.is_number or alike[0] < own):
            return
        yield row


def _rows(raw: str, lines: Sequence[Line], places: Sequence[int], index: int) -> tuple[Row, ...]:
    rows: list[list[int]] = []
    for place in places:
        middle = (lines[place].top + lines[place].bottom) / 2
        if rows and lines[rows[-1][0]].bottom <= middle <= lines[rows[-1][0]].top:
            rows[-1].append(place)
        elif len(rows) == _MAX_LINES:
            break
        else:
            rows.append([place])
    for row in rows:
        row.sort(key=lambda place: lines[place].left)
    texts = [" ".join(raw[lines[place].start : lines[place].end] for place in row) for row in rows]
    return tuple(Row(*_key(text, index), tuple(row)) for text, row in zip(texts, rows, strict=True))


def _key(text: str, index: int) -> tuple[str, bool]:
    number = _NUMBER.fullmatch(text)
    if number:
        return f"page {int(number[1]) - index}", True
    if _ROMAN.fullmatch(text):
        return "roman", True
    if len(text) > _MAX_CHARACTERS or not any(character.isalpha() for character in text):
        return "", False
    return _DIGITS.sub("#", text), False


class PageFigure(NamedTuple):
    """A figure: its box on the page as shown, in fractions, and the places of its caption's first and last line.

    `place` is its box on the page as it is read.
    """

    place: Box
    shown: tuple[float, float, float, float]
    caption: tuple[int, int] | None


class RawPage(NamedTuple):
    """A page's text from pdfium, its lines in reading order and their types, and candidates for running heads and feet.

    `shown` is the visible part of the page, turned as the boxes of the lines are.
    """

    raw: str
    lines: tuple[Line, ...]
    edges: Edges
    types: tuple[Type, ...] = ()
    shown: Box = Box(0, 0, 0, 0)
    figures: tuple[PageFigure, ...] = ()
    tables: tuple[Grid, ...] = ()
    note: str = ""
    damaged: bool = False
    may_be_scanned: bool = False


def read_page(pdf: Pdf, index: int) -> RawPage:
    """Read one page. Hold `PDFIUM` while calling this."""
    try:
        with pdf.page(index) as page, page.text() as characters:
            lines, turn = lines_in_reading_order(characters)
            if page.fields:
                lines = insert_form_values(characters, lines, page.fields, turn)
            shown = upright(page.shown, turn)
            edges = page_edges(characters.text, lines, shown, index)
            note = f"only its first {MAX_PAGE_CHARACTERS:,} characters are read" if characters.cut else ""
            types = tuple(characters.types(lines))
            figures = _figures(page, characters.text, lines, shown, turn)
            scanned = may_be_scanned(page, characters.text)
            tables = tuple(find_tables(page, characters, lines, turn))
            return RawPage(
                characters.text, tuple(lines), edges, types, shown, figures, tables, note, may_be_scanned=scanned
            )
    except DocumentError as error:  # only this page is damaged
        return RawPage("", (), Edges((), ()), note=str(error), damaged=True)


def _figures(page: PdfPage, text: str, lines: Sequence[Line], shown: Box, turn: int) -> tuple[PageFigure, ...]:
    drawings = find_drawings(page.handle, shown, turn, has_caption=may_have_caption(text))
    if not drawings:
        return ()
    texts = [text[line.start : line.end] for line in lines]
    return tuple(
        PageFigure(box, page.fractions(upright(box, (4 - turn) % 4)), caption)
        for box, caption in find_figures(drawings, texts, lines, shown)
    )


def body_lines(page: RawPage, around: Sequence[Edges], own: int) -> list[int]:
    """Return the places of a page's lines without running heads and feet, unless it has nothing else.

    What is repeated within a table stays: the heads of one that goes on over pages.
    """
    dropped = running_lines(around, own)
    if dropped and page.tables:
        dropped -= table_lines(page.lines, page.tables)
    return [place for place in range(len(page.lines)) if place not in dropped] or list(range(len(page.lines)))


def page_body(page: RawPage, places: Sequence[int], before: OpenTable | None) -> tuple[PageLayout, OpenTable | None]:
    """Return how a page's text is put together of its lines at `places`, and the table that reaches its bottom.

    `before` is the one that reaches the bottom of the page before.
    """
    tables = continued(_without_running_heads(page, places), before)
    return page_layout(page.raw, page.lines, places, tables), open_table(tables, before)


def _without_running_heads(page: RawPage, places: Sequence[int]) -> list[Grid]:
    """Return the tables of a page; a running head is not the caption of one."""
    if not page.tables or len(places) == len(page.lines):
        return list(page.tables)
    dropped = set(range(len(page.lines))).difference(places)
    heads = {page.raw[page.lines[place].start : page.lines[place].end].strip() for place in dropped}
    return [replace(table, caption="") if table.caption in heads else table for table in page.tables]


def running_head(page: RawPage, around: Sequence[Edges], own: int) -> str:
    """Return the running head that was left out of a page's text."""
    if len(running_lines(around, own)) == len(page.lines):
        return ""  # the page has nothing else, so it stayed
    lines = [page.lines[place] for place in running_head_lines(around, own)]
    return clean_text(join_runs(page.raw, list(text_runs(page.raw, lines))))
