"""Carry the heads of tables that go on over pages and do not repeat them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ingest.readers.pdf.tables.grid import Grid, column_heads

MAX_PAGES_CARRIED = 200
"""Pages over which heads are carried. Whoever reads a single page reads so many before it, if need be."""

_SAME_EDGE = 2.0
_ALIKE = 0.5


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
