"""Read rows of tables back out of a quote, to show them as a table again.

Stored text has a row on a line, each value after its column's head: "Net sales | 2018: 32,765 | 2017: 31,657".
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

_SEPARATOR = " | "
_HEAD_END = ": "
_MAX_HEAD = 120
_MAX_ROWS = 200


class TableRows(NamedTuple):
    """The text before the rows of a table, the heads of its columns, its rows, and the text after them."""

    before: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    after: str


class _Column(NamedTuple):
    """A column: its head, or how many columns without a head are to the left of it."""

    head: str
    headless: int


_Row = dict[_Column, str]


def table_rows(quote: str) -> TableRows | None:
    """Return the rows of the table in a quote, None if it has none. Columns without a head come first."""
    lines = quote.split("\n")
    inside = [place for place, line in enumerate(lines) if _SEPARATOR in line]
    if not inside or inside[-1] - inside[0] >= len(inside) or len(inside) > _MAX_ROWS:
        return None
    rows = [_row(lines[place]) for place in inside]
    heads = {column.head for row in rows for column in row if column.head}
    rows = [row for row in rows if not _repeats(row, heads)]
    columns = _merged([list(row) for row in rows])
    return TableRows(
        before="\n".join(lines[: inside[0]]).strip(),
        heads=tuple(column.head for column in columns) if heads else (),
        rows=tuple(tuple(row.get(column, "") for column in columns) for row in rows),
        after="\n".join(lines[inside[-1] + 1 :]).strip(),
    )


class CellValue(NamedTuple):
    """Where the value of a cell stands in a quote, `[start, end)`, and the head of its column, "" if it has none."""

    start: int
    end: int
    head: str


def cell_values(quote: str) -> Iterator[list[CellValue]]:
    """Yield, for each row of a table in a quote, where in it the values of its cells stand: without their heads."""
    at = 0
    for line in quote.split("\n"):
        cells = line.split(_SEPARATOR)
        values = []
        for cell in cells:
            head, value = _head_and_value(cell)
            start = at + len(cell) - len(value.lstrip())
            values.append(CellValue(start, start + len(value.strip()), head))
            at += len(cell) + len(_SEPARATOR)
        at += 1 - len(_SEPARATOR)
        if len(cells) > 1:
            yield values


def _head_and_value(cell: str) -> tuple[str, str]:
    """Return the head of a cell's column, "" if it has none, and its value."""
    head, end, value = cell.partition(_HEAD_END)
    return (head.strip(), value) if end and len(head) <= _MAX_HEAD else ("", cell)


def _row(line: str) -> _Row:
    row: _Row = {}
    headless = 0
    for cell in line.split(_SEPARATOR):
        head, value = _head_and_value(cell)
        column = _Column(head, 0) if head else _Column("", headless)
        if column.head and column not in row:
            row[column] = value.strip()
        else:
            row[_Column("", headless)] = cell.strip()
            headless += 1
    return row


def _repeats(row: _Row, heads: set[str]) -> bool:
    """Return True for a header row: its cells are in the heads that the other rows have."""
    return bool(heads) and all(not column.head and any(cell in head for head in heads) for column, cell in row.items())


def _merged(rows: Sequence[Sequence[_Column]]) -> list[_Column]:
    """Return the columns of all rows in order: a row lacks those in which it is empty."""
    merged: list[_Column] = []
    for row in sorted(rows, key=len, reverse=True):
        place = 0
        for column in row:
            if column in merged:
                place = merged.index(column) + 1
            else:
                merged.insert(place, column)
                place += 1
    return merged
