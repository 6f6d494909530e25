"""Read one page of a PDF: its text as pdfium has it, its lines in reading order, and which of them are its own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ingest.readers.blocks.geometry import Box, Line, upright
from ingest.readers.blocks.lines import lines_in_reading_order
from ingest.readers.blocks.pages import clean_text
from ingest.readers.blocks.paragraphs import join_runs, text_runs
from ingest.readers.pdf.drawings import find_drawings
from ingest.readers.pdf.figures import find_figures, may_have_caption
from ingest.readers.pdf.fonts import Type
from ingest.readers.pdf.form_values import insert_form_values
from ingest.readers.pdf.pdfium import MAX_PAGE_CHARACTERS, Pdf, PdfPage
from ingest.readers.pdf.running_heads import Edges, page_edges, running_head_lines, running_lines
from ingest.readers.pdf.scanned import may_be_scanned
from ingest.readers.pdf.tables.continuation import OpenTable, continued, open_table
from ingest.readers.pdf.tables.grid import Grid
from ingest.readers.pdf.tables.placement import PageLayout, page_layout, table_lines
from ingest.readers.pdf.tables.table_finder import find_tables
from rag.errors import DocumentError


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
