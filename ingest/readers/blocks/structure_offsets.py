"""Move the structure of a text with it: when it is placed on a page, cut, or loses characters (pure)."""

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TypeVar

from rag.types import Cell, Figure, Heading, Structure, Table

_Place = TypeVar("_Place", Cell, Figure, Heading, Table)


def moved(structure: Structure, before: str, after: str) -> Structure:
    """Return the structure of `before` for `after`, which has the same characters without some of them.

    A heading or figure's caption that is gone goes too; a cell that is gone is empty.
    """
    if not structure or before == after:
        return structure
    kept = _kept(before, after)

    def move(place: _Place) -> _Place:
        return replace(place, start=bisect_left(kept, place.start), end=bisect_left(kept, place.end))

    return Structure(
        headings=tuple(heading for each in structure.headings if (heading := move(each)).start < heading.end),
        tables=tuple(
            replace(move(table), cells=tuple(move(cell) for cell in table.cells)) for table in structure.tables
        ),
        figures=tuple(move(figure) for figure in structure.figures),
    )


def _kept(before: str, after: str) -> list[int]:
    """Return the positions in `before` of the characters of `after`, ascending."""
    kept: list[int] = []
    at = 0
    for character in after:
        found = before.find(character, at)
        if found < 0:  # replaced by another, such as a line end
            found = at
        kept.append(found)
        at = found + 1
    return kept


def shifted(structure: Structure, by: int) -> Structure:
    """Return a structure of which every offset is `by` larger."""
    if not by or not structure:
        return structure
    return Structure(
        headings=tuple(replace(one, start=one.start + by, end=one.end + by) for one in structure.headings),
        tables=tuple(_shifted_table(one, by) for one in structure.tables),
        figures=tuple(replace(one, start=one.start + by, end=one.end + by) for one in structure.figures),
    )


def _shifted_table(table: Table, by: int) -> Table:
    cells = tuple(replace(cell, start=cell.start + by, end=cell.end + by) for cell in table.cells)
    return replace(table, start=table.start + by, end=table.end + by, cells=cells)


def cut(structure: Structure, start: int, end: int) -> Structure:
    """Return what lies within characters `[start, end)`, counted from `start`; a table may be cut between cells."""
    tables = structure.tables[
        bisect_right(structure.tables, start, key=_end) : bisect_left(structure.tables, end, key=_start)
    ]
    cut_tables = (_cut_table(one, start, end) for one in tables)
    inside = Structure(
        headings=_within(structure.headings, start, end),
        tables=tuple(one for one in cut_tables if one.cells),
        figures=_within(structure.figures, start, end),
    )
    return shifted(inside, -start)


def _within(places: tuple[_Place, ...], start: int, end: int) -> tuple[_Place, ...]:
    first, last = bisect_left(places, start, key=_start), bisect_right(places, end, key=_start)
    return tuple(one for one in places[first:last] if one.end <= end)


def _start(place: _Place) -> int:
    return place.start


def _end(place: _Place) -> int:
    return place.end


def _cut_table(table: Table, start: int, end: int) -> Table:
    cells = tuple(cell for cell in table.cells if start <= cell.start and cell.end <= end)
    first = min((cell.row for cell in cells), default=0)
    return replace(
        table,
        start=max(table.start, start),
        end=min(table.end, end),
        cells=tuple(replace(cell, row=cell.row - first) for cell in cells),
        continues=table.continues or table.start < start,
    )
