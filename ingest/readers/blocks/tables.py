"""Write a table as text in which each value follows its column's head, and say where every cell stands (pure).

Header rows are lines of their own, and so is each row: "Net sales | 2018: 32,765 | 2017: 31,657". A reader, a search
and a language model then understand a row without the rows above it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rag.types import Cell, Table

MAX_CELL = 400
"""A table with a longer cell is one only for the layout of the page."""

_MAX_HEAD = 80
_MAX_HEADS = 6
"""Columns whose heads are said before a cell that stands in all of them."""

_SEPARATOR = " | "


class CellText(NamedTuple):
    """A cell before the table is written: rows and columns count from 0, and spans extend to the right and down."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1


class Piece(NamedTuple):
    """Characters `[start, end)` of the written table that are a copy of the cell at `row` and `column`."""

    start: int
    end: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class RenderedTable:
    """A written table. `cells` has each cell once, `pieces` every copy of a cell's text, repeated heads included.

    Both are in the order of the text and count its characters. A table only for the layout has no cells.
    """

    text: str
    cells: tuple[Cell, ...] = ()
    pieces: tuple[Piece, ...] = ()

    def as_table(self, start: int, *, caption: str = "", unit: str = "", continues: bool = False) -> Table:
        """Return the table's structure in a page whose text has the table at `start`."""
        cells = self.cells
        if start:
            cells = tuple(replace(cell, start=cell.start + start, end=cell.end + start) for cell in cells)
        end = start + len(self.text)
        return Table(start=start, end=end, cells=cells, caption=caption, unit=unit, continues=continues)


def cells_of(rows: Iterable[Sequence[str]]) -> list[CellText]:
    """Return the cells of a table without spans."""
    return [CellText(row, column, text) for row, line in enumerate(rows) for column, text in enumerate(line)]


def render_table(
    cells: Sequence[CellText],
    *,
    head_rows: int | None = None,
    heads_above: Sequence[str] = (),
    unheaded: Collection[int] = (),
    max_cell: int = MAX_CELL,
) -> RenderedTable:
    """Write a table. With `head_rows` None its own cells show whether the first row names the columns.

    Heads of several levels are joined from top to bottom. `heads_above` are those of a table that goes on from the
    page before and does not repeat them. Those of the columns
    `unheaded` are not repeated. Empty cells and rows without text are left out. With a cell longer than `max_cell` it
    is taken for a layout.
    """
    filled = _without_empty_rows([_on_one_line(cell) for cell in cells])
    width = max((cell.column + cell.column_span for cell in filled if cell.text), default=0)
    if width <= 1 or any(len(cell.text) > max_cell for cell in filled):
        return RenderedTable("\n".join(cell.text for cell in filled if cell.text))
    rows = _rows(filled, width)
    if head_rows is None:
        head_rows = int(not heads_above and len(rows) > 1 and looks_like_head([_texts(row) for row in rows]))
    return _Writer(rows, min(head_rows, len(rows)), heads_above, unheaded).write()


def looks_like_head(rows: Sequence[Sequence[str]]) -> bool:
    """Return True if the first row names columns: short, distinct words; for two columns only if numbers follow."""
    head = [cell for cell in rows[0] if cell]
    if len(head) < max(2, (len(rows[0]) + 1) // 2) or len(set(head)) < len(head):
        return False
    if any(is_number(cell) or len(cell) > _MAX_HEAD for cell in head):
        return False
    numbers = sum(is_number(row[-1]) for row in rows[1:])
    return len(rows[0]) > 2 or numbers * 2 > len(rows) - 1


def is_number(cell: str) -> bool:
    """Return True if a cell contains a number rather than words."""
    return any(map(str.isdigit, cell)) and not sum(map(str.isalpha, cell)) > len(cell) / 4


_Row = list[CellText | None]
"""The cell that covers each column; None where there is none."""


class _Writer:
    def __init__(
        self, rows: Sequence[_Row], head_rows: int, heads_above: Sequence[str], unheaded: Collection[int]
    ) -> None:
        self._rows = rows
        self._head_rows = head_rows
        self._heads_above = heads_above
        self._unheaded = unheaded
        self._text: list[str] = []
        self._length = 0
        self._heads: dict[int, list[CellText]] = {}
        self._cells: dict[tuple[int, int], Cell] = {}
        self._pieces: list[Piece] = []

    def write(self) -> RenderedTable:
        for number, row in enumerate(self._rows):
            first = True
            for column, cell in enumerate(row):
                if cell is None or not cell.text or (column and row[column - 1] is cell):
                    continue
                self._put(("\n" if number else "") if first else _SEPARATOR)
                first = False
                if number >= self._head_rows and column not in self._unheaded:
                    self._put_heads(column, cell)
                self._put_cell(cell)
        return RenderedTable("".join(self._text), tuple(self._cells.values()), tuple(self._pieces))

    def _put_heads(self, column: int, cell: CellText) -> None:
        """Write the heads of a cell's column; of all its columns if it stands in several."""
        wide = range(column, min(column + cell.column_span, len(self._rows[0])))
        named = [heads for at in wide if (heads := self._heads_of(at))]
        named = [heads for at, heads in enumerate(named) if heads not in named[:at]]
        if not column or len(named) > _MAX_HEADS:
            named = named[:1]
        above = self._heads_above[column] if not named and column < len(self._heads_above) else ""
        if above == cell.text or [[head.text for head in heads] for heads in named] == [[cell.text]]:
            return
        self._put(above)
        for number, heads in enumerate(named):
            self._put(", " if number else "")
            for place, head in enumerate(heads):
                self._put(" " if place else "")
                self._put_cell(head)
        if named or above:
            self._put(": ")

    def _heads_of(self, column: int) -> list[CellText]:
        """Return the heads of a column from top to bottom; they are asked for once for each row."""
        if column not in self._heads:
            above_it = [head for row in self._rows[: self._head_rows] if (head := row[column]) and head.text]
            self._heads[column] = list(dict.fromkeys(above_it))  # one that spans rows is there once for each
        return self._heads[column]

    def _put_cell(self, cell: CellText) -> None:
        start = self._length
        self._put(cell.text)
        self._pieces.append(Piece(start, self._length, cell.row, cell.column))
        if (cell.row, cell.column) not in self._cells:
            self._cells[cell.row, cell.column] = Cell(
                row=cell.row,
                column=cell.column,
                start=start,
                end=self._length,
                row_span=cell.row_span,
                column_span=cell.column_span,
                is_head=cell.row < self._head_rows,
            )

    def _put(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)


def _on_one_line(cell: CellText) -> CellText:
    text = " ".join(cell.text.split())
    return cell if text == cell.text else cell._replace(text=text)


def _without_empty_rows(cells: Sequence[CellText]) -> list[CellText]:
    filled = {cell.row for cell in cells if cell.text}
    if len(filled) == max((cell.row + cell.row_span for cell in cells), default=0):
        return sorted(cells)
    number = {row: place for place, row in enumerate(sorted(filled))}
    kept = (cell for cell in cells if cell.row in number)
    return [
        cell._replace(
            row=number[cell.row],
            row_span=sum(row in number for row in range(cell.row, cell.row + cell.row_span)) or 1,
        )
        for cell in sorted(kept)
    ]


def _rows(cells: Sequence[CellText], width: int) -> list[_Row]:
    """Return the rows, in which a cell that spans several stands in each of them."""
    rows: list[_Row] = [[None] * width for _ in range(max(cell.row + cell.row_span for cell in cells))]
    for cell in cells:
        for row in rows[cell.row : cell.row + cell.row_span]:
            for column in range(cell.column, min(cell.column + cell.column_span, width)):
                row[column] = row[column] or cell
    return rows


def _texts(row: _Row) -> list[str]:
    return [cell.text if cell else "" for cell in row]
