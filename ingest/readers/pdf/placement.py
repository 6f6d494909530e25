"""Put tables, written as text, in the place of their lines on a page; carry heads over pages."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ingest.readers.blocks.geometry import Line
from ingest.readers.blocks.paragraphs import TextRun, text_runs, usual_pitch
from ingest.readers.pdf.grid import Grid, WrittenTable, column_heads, words_of, write_table
from ingest.readers.pdf.page_words import WORD
from rag.types import Table

MAX_PAGES_CARRIED = 200
"""Pages over which heads are carried. Whoever reads a single page reads so many before it, if need be."""

_SAME_EDGE = 2.0
_ALIKE = 0.5
_LEADER = re.compile(r"[.·…‥_]+")
_BREAK = "\n\n"


class OpenTable(NamedTuple):
    """A table that reaches the bottom of a page. `pages` counts those since the one with its heads."""

    heads: Sequence[str]
    edges: Sequence[tuple[float, float]]
    caption: str = ""
    unit: str = ""
    pages: int = 0


class PageTables(NamedTuple):
    """The tables of a page. The first may go on from the page before, under `heads_above`."""

    tables: Sequence[Grid] = ()
    continues: bool = False
    heads_above: Sequence[str] = ()


def needs_page_before(tables: Sequence[Grid]) -> bool:
    """Return True if the first table of a page may go on from the page before."""
    return bool(tables) and tables[0].at_top


def continued(tables: Sequence[Grid], before: OpenTable | None) -> PageTables:
    """Return the tables of a page, given the table that is open at the bottom of the page before."""
    if before is None or not needs_page_before(tables) or not _same_columns(tables[0], before):
        return PageTables(tables)
    first = replace(tables[0], caption=before.caption, unit=tables[0].unit or before.unit)
    if first.heads and _same_heads(first, before):
        return PageTables([first, *tables[1:]], True)
    if first.heads and first.ruled and first.heads_are_guessed and _same_edges(first, before):
        first = replace(first, heads=0)
    return PageTables(tables) if first.heads else PageTables([first, *tables[1:]], True, before.heads)


def open_table(page: PageTables, before: OpenTable | None) -> OpenTable | None:
    """Return the table that reaches the bottom of a page; None if there is none or its heads are unknown."""
    if not page.tables or not page.tables[-1].at_bottom:
        return None
    last = page.tables[-1]
    if last.heads:
        return OpenTable(column_heads(last), last.edges, last.caption, last.unit)
    if len(page.tables) == 1 and page.continues and before is not None and before.pages < MAX_PAGES_CARRIED:
        return before._replace(pages=before.pages + 1)
    return None


def _same_heads(first: Grid, before: OpenTable) -> bool:
    return [head.casefold() for head in column_heads(first)] == [head.casefold() for head in before.heads]


def _same_columns(first: Grid, before: OpenTable) -> bool:
    if len(first.edges) != len(before.edges):
        return False
    return all(
        min(right, other_right) - max(left, other_left) >= _ALIKE * min(right - left, other_right - other_left)
        for (left, right), (other_left, other_right) in zip(first.edges, before.edges, strict=True)
    )


def _same_edges(first: Grid, before: OpenTable) -> bool:
    return all(
        abs(left - other_left) <= _SAME_EDGE and abs(right - other_right) <= _SAME_EDGE
        for (left, right), (other_left, other_right) in zip(first.edges, before.edges, strict=True)
    )


class PlacedTable(NamedTuple):
    """A written table, and the place of its first run among the runs of the page."""

    first: int
    written: WrittenTable
    grid: Grid
    continues: bool

    def as_table(self, spans: Sequence[tuple[int, int]]) -> Table:
        """Return the table's structure, given the characters that each run of the page is."""
        cells = tuple(
            replace(cell, start=spans[self.first + first][0], end=spans[self.first + last - 1][1])
            for cell, first, last in self.written.cells
        )
        return Table(
            start=spans[self.first][0],
            end=spans[self.first + len(self.written.runs) - 1][1],
            cells=cells,
            caption=self.grid.caption,
            unit=self.grid.unit,
            continues=self.continues,
        )


class PageLayout(NamedTuple):
    """The runs of a page's text: of its lines at `places`, and of the tables in place of theirs.

    `line_runs` has for each of the lines its first and last run; for one in a table those of the table.
    """

    runs: list[TextRun]
    places: Sequence[int]
    line_runs: Sequence[tuple[int, int]]
    tables: Sequence[PlacedTable] = ()

    def line_spans(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the characters of each line, given those of each run."""
        return [(spans[first][0], spans[last][1]) for first, last in self.line_runs]

    def structure_tables(self, spans: Sequence[tuple[int, int]]) -> tuple[Table, ...]:
        """Return the tables of the page, given the characters of each run."""
        tables = (placed.as_table(spans) for placed in self.tables)
        return tuple(table for table in tables if table.start < table.end)  # cleaning may leave nothing of one


def page_layout(raw: str, lines: Sequence[Line], places: Sequence[int], page: PageTables) -> PageLayout:
    """Return the runs of a page with each table where its first line stood."""
    body = [lines[place] for place in places]
    if not page.tables:
        return PageLayout(list(text_runs(raw, body)), places, [(at, at) for at in range(len(body))])
    runs: list[TextRun] = []
    placed: list[PlacedTable] = []
    line_runs = [(0, 0)] * len(body)
    pitch = usual_pitch(body)
    for item in _items(raw, body, page.tables):
        if runs:
            runs[-1] = runs[-1]._replace(separator=_BREAK)
        first = len(runs)
        if isinstance(item, _Lines):
            runs += text_runs(raw, item.lines, pitch)
            for at, owner in enumerate(item.owners, start=first):
                line_runs[owner] = (at, at)
        else:
            goes_on = page.continues and item.grid is page.tables[0]
            written = write_table(item.grid, page.heads_above if goes_on else ())
            placed.append(PlacedTable(first, written, item.grid, goes_on))
            runs += written.runs
            for owner in item.owners:
                line_runs[owner] = (first, len(runs) - 1)
    return PageLayout(runs, places, line_runs, placed)


def table_lines(lines: Sequence[Line], tables: Sequence[Grid]) -> set[int]:
    """Return the places of lines that have a word in a table."""
    if not tables:
        return set()
    starts = sorted(word.start for table in tables for word in words_of(table))
    return {place for place, line in enumerate(lines) if _has_start(starts, line)}


def _has_start(starts: Sequence[int], line: Line) -> bool:
    """Return True if one of the ascending positions is within a line."""
    at = bisect_left(starts, line.start)
    return at < len(starts) and starts[at] < line.end


class _Lines(NamedTuple):
    """Lines outside tables; `owners` are the places of the lines that they are, or are parts of."""

    lines: list[Line]
    owners: list[int]


class _TableItem(NamedTuple):
    grid: Grid
    owners: list[int]


def _items(raw: str, lines: Sequence[Line], tables: Sequence[Grid]) -> Iterator[_Lines | _TableItem]:
    """Yield the lines between tables, and the tables; a line that a table takes in part stays with its other words."""
    table_of = {word.start: number for number, table in enumerate(tables) for word in words_of(table)}
    ends = {word.start: word.end for table in tables for word in words_of(table)}
    starts = sorted(table_of)
    found: list[list[int]] = [[] for _ in tables]
    owned: list[tuple[int, ...]] = []
    for place, line in enumerate(lines):
        first = bisect_left(starts, line.start)
        numbers = dict.fromkeys(table_of[start] for start in starts[first : bisect_left(starts, line.end)])
        owned.append(tuple(numbers))
        for number in numbers:
            found[number].append(place)
    between = _Lines([], [])
    for place, line in enumerate(lines):
        new = [number for number in owned[place] if found[number][0] == place]
        if new and between.lines:
            yield between
            between = _Lines([], [])
        for number in new:
            yield _TableItem(tables[number], found[number])
        for rest in _left_over(raw, line, ends) if owned[place] else [line]:
            between.lines.append(rest)
            between.owners.append(place)
    if between.lines:
        yield between


def _left_over(raw: str, line: Line, ends: dict[int, int]) -> Iterator[Line]:
    """Yield the parts of a line that no table has, without leaders; `ends` are those of words in tables by start."""
    first: re.Match[str] | None = None
    last: re.Match[str] | None = None
    taken = line.start
    for word in WORD.finditer(raw, line.start, line.end):
        taken = ends.get(word.start(), taken)
        if word.start() < taken or _LEADER.fullmatch(word[0]):
            if first and last:
                yield line._replace(start=first.start(), end=last.end(), divided=False)
            first = last = None
        else:
            first = first or word
            last = word
    if first and last:
        yield line._replace(start=first.start(), end=last.end())
