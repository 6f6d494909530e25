"""Put a recognised page into the form that is stored: paragraphs, tables with each value after its head, headings.

Images use this as scanned pages of PDFs do; the tables are found as in any page of a PDF.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from ingest.readers.blocks.geometry import Line
from ingest.readers.blocks.paragraphs import join_runs, run_spans
from ingest.readers.blocks.text_lines import TextLine
from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.continuation import PageTables
from ingest.readers.pdf.tables.grid import Grid
from ingest.readers.pdf.tables.labels import complete_names
from ingest.readers.pdf.tables.page_words import page_words, visual_rows
from ingest.readers.pdf.tables.placement import PageLayout, page_layout, table_lines
from ingest.readers.recognition.large_lines import find_headings
from ingest.readers.recognition.recognised_page import Fractions, Recognised
from rag.types import Structure

_MAX_WORDS = 10_000


class ScanText:
    """The text of a recognised page as it is stored, its structure, and where its characters are in the image."""

    def __init__(self, found: Recognised) -> None:
        self._found = found

    @cached_property
    def text(self) -> str:
        """The text of the page, which needs no cleaning."""
        return join_runs(self._found.text, self._layout.runs)

    @cached_property
    def structure(self) -> Structure:
        """Its headings and tables."""
        spans = run_spans(self._found.text, self._layout.runs)
        in_tables = table_lines(self._found.lines, self._tables)
        heights = [0.0 if place in in_tables else height for place, height in enumerate(self._found.letter_heights())]
        return Structure(
            headings=find_headings(self.text, heights, self._layout.line_spans(spans)),
            tables=self._layout.structure_tables(spans),
        )

    def boxes(self, start: int, end: int) -> list[Fractions]:
        """Return a rectangle on the image for each line of characters `[start, end)` of the text."""
        return self._found.shown_boxes(start, end, self._layout.runs)

    def text_lines(self) -> list[TextLine]:
        """Return its lines with their boxes on the image."""
        return self._found.text_lines(self._layout.runs)

    @cached_property
    def _layout(self) -> PageLayout:
        lines = self._found.lines
        return page_layout(self._found.text, lines, range(len(lines)), PageTables(self._tables))

    @cached_property
    def _tables(self) -> list[Grid]:
        if len(self._found.text.split()) > _MAX_WORDS:
            return []
        tables: list[Grid] = []
        for block in _blocks(self._found.lines):
            words = page_words(self._found, block, 0)
            for grid, _ in aligned_tables(visual_rows(words)):
                grid.caption = grid.caption if grid.caption.lower().startswith(_CAPTIONS) else ""
                tables.append(complete_names(grid))
        return tables


_CAPTIONS = ("table", "exhibit", "schedule")
"""How a caption begins: on a scan the line above a table may as well be a part of its heads."""


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield runs of lines that go down the page: a line above the one before begins another column."""
    block: list[Line] = []
    for line in lines:
        if block and line.top > block[-1].top:
            yield block
            block = []
        block.append(line)
    if block:
        yield block
