"""Find the tables of a sheet: divided by empty rows and columns, under titles, with heads of several levels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from ingest.readers.blocks.block import Block, Content, Note, heading
from ingest.readers.blocks.table_blocks import TableStyle, table_blocks
from ingest.readers.blocks.tables import CellText, count_head_rows, is_number, is_period, is_title

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
_FIRST_ROWS = 100
"""Rows of a table that show whether empty columns divide it."""

_MIN_COLUMNS = 2
_MAX_HEAD_ROWS = 4


class Hidden(NamedTuple):
    """Numbers of hidden rows and columns, which are read too."""

    rows: int = 0
    columns: int = 0


Spans = Mapping[tuple[int, int], tuple[int, int]]
"""How many rows and columns a merged cell spans, by its row and column."""

_NO_SPANS: Spans = {}
_NOTHING_HIDDEN = Hidden()


def text_cells(rows: Iterable[Sequence[str]], spans: Spans = _NO_SPANS) -> Iterator[list[CellText]]:
    """Yield the cells of each row that have text."""
    for number, row in enumerate(rows):
        yield [
            CellText(number, column, text, *spans.get((number, column), (1, 1)))
            for column, cell in enumerate(row[:MAX_COLUMNS])
            if (text := cell.strip())
        ]


def sheet_blocks(title: str, rows: Iterable[list[CellText]], hidden: Hidden = _NOTHING_HIDDEN) -> Iterator[Content]:
    """Yield the tables of a sheet as blocks under its title; `rows` have cells with text only."""
    limited = _LimitedRows(rows)
    for place, block in enumerate(_region_blocks(_regions(limited))):
        if not place:
            yield heading(1, title)
        yield block
    if limited.was_cut:
        yield Note(f"only the first {MAX_ROWS:,} rows of the sheet are read")
    counts = [(hidden.rows, "row"), (hidden.columns, "column")]
    said = " and ".join(f"{count:,} hidden {name}{'s' * (count > 1)}" for count, name in counts if count)
    if said and limited.filled:
        yield Note(f"what is hidden is read too: {said}")


class _LimitedRows:
    """Rows up to the limit, and whether there were more."""

    def __init__(self, rows: Iterable[list[CellText]]) -> None:
        self._rows = rows
        self.was_cut = False
        self.filled = 0

    def __iter__(self) -> Iterator[list[CellText]]:
        for cells in self._rows:
            self.filled += bool(cells)
            if self.filled > MAX_ROWS:
                self.was_cut = True
                return
            yield cells


def _regions(rows: Iterable[list[CellText]]) -> Iterator[Iterator[list[CellText]]]:
    """Yield the rows between empty rows, each region to be read before the next."""
    stream = iter(rows)

    def region(first: list[CellText]) -> Iterator[list[CellText]]:
        covered = 0
        row: list[CellText] | None = first
        while row is not None and (row or covered > 0):
            yield row
            covered = max([covered - 1, *(cell.row_span - 1 for cell in row)])
            row = next(stream, None)

    for row in stream:
        if row:
            yield region(row)


def _region_blocks(regions: Iterable[Iterator[list[CellText]]]) -> Iterator[Block]:
    """Yield the tables of the regions; heads that an empty row divides from their numbers go with these."""
    heads: list[list[CellText]] = []
    for rows in regions:
        first = list(islice(rows, _FIRST_ROWS))
        if heads and _belong_to(heads, first):
            yield from _blocks(first, rows, heads)
            heads = []
            continue
        if heads:
            yield from _blocks(heads, iter(()))
        heads = first if _are_heads(first) else []
        if not heads:
            yield from _blocks(first, rows)
    if heads:
        yield from _blocks(heads, iter(()))


def _are_heads(rows: Sequence[Sequence[CellText]]) -> bool:
    """Return True for a few rows of names, at least two in the last."""
    names = all(not is_number(cell.text) or is_period(cell.text) for row in rows for cell in row)
    return len(rows) <= _MAX_HEAD_ROWS and names and len(rows[-1]) > 1


def _belong_to(heads: Sequence[Sequence[CellText]], rows: Sequence[Sequence[CellText]]) -> bool:
    """Return True if rows have numbers in the columns of heads, and texts at most to the left of these."""
    named = {column for row in heads for cell in row for column in range(cell.column, cell.column + cell.column_span)}
    numbers = {cell.column for row in rows for cell in row if is_number(cell.text) and not is_period(cell.text)}
    return bool(numbers) and numbers <= named and not count_head_rows([list(row) for row in rows])


def _blocks(
    first: list[list[CellText]], rest: Iterator[list[CellText]], heads: Sequence[list[CellText]] = ()
) -> Iterator[Block]:
    starts = _tables_beside([*heads, *first])
    if len(starts) == 1:
        left = _left([*heads, *first])
        style = TableStyle(len(heads) or None, is_certain=True)
        yield from table_blocks(_from_left(chain(heads, first, rest), left), style)
        return
    everything = [*heads, *first, *rest]
    for start, end in zip(starts, [*starts[1:], MAX_COLUMNS], strict=True):
        part = [[cell for cell in row if start <= cell.column < end] for row in everything]
        yield from table_blocks(_from_left(part, start), TableStyle(is_certain=True))


def _left(rows: Sequence[Sequence[CellText]]) -> int:
    return min((cell.column for row in rows for cell in row), default=0)


def _from_left(rows: Iterable[list[CellText]], left: int) -> Iterator[list[CellText]]:
    for row in rows:
        yield [cell._replace(column=max(cell.column - left, 0)) for cell in row]


def _tables_beside(rows: Sequence[Sequence[CellText]]) -> list[int]:
    """Return the first columns of tables that stand beside each other: only if each has several columns and heads."""
    filled = {column for row in rows for cell in row for column in range(cell.column, cell.column + cell.column_span)}
    starts = sorted(column for column in filled if column - 1 not in filled)
    if len(starts) < 2:
        return starts or [0]
    for start, end in zip(starts, [*starts[1:], MAX_COLUMNS], strict=True):
        part = [[cell for cell in row if start <= cell.column < end] for row in rows]
        part = [row for row in part if row]
        width = len({cell.column for row in part for cell in row})
        while len(part) > 1 and is_title(part[0], part):
            part = part[1:]
        placed = [[cell._replace(column=cell.column - start) for cell in row] for row in part]
        if width < _MIN_COLUMNS or not count_head_rows(placed):
            return starts[:1]
    return starts
