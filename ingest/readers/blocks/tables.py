"""Write a table as text in which each value follows its column's head, and say where every cell stands.

Header rows are lines of their own, and so is each row: "Net sales | 2018: 32,765 | 2017: 31,657". A reader, a search
and a language model then understand a row without the rows above it. Which rows are heads is found out where the file
does not say.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rag.types import Cell, Table

MAX_CELL = 400
"""A table with a longer cell is one only for the layout of the page."""

_MAX_HEAD = 80
_MAX_HEADS = 6
"""Columns whose heads are written before a cell that stands in all of them."""

_SEPARATOR = " | "
_MAX_HEAD_ROWS = 4
_MAX_TITLE = 200
_PERIOD = re.compile(
    r"(?:fy|cy|q[1-4]|h[12]|[1-4]q|year|jahr|año|année)?[\s./'’-]*(?:19|20)\d\d(?:\s*[/–-]\s*\d{2,4})?[aefp*]?"
    r"|(?:fy|q[1-4]|[1-4]q|h[12])[\s'’]*\d{0,2}"
    r"|(?:\d{1,2}\.?\s+)?[a-zäéûç]{3,9}\.?\s+(?:\d{1,2},\s*)?(?:19|20)\d\d"
    r"|(?:19|20)\d\d-\d\d(?:-\d\d)?",
    re.IGNORECASE,
)


class CellText(NamedTuple):
    """A cell before the table is written: rows and columns count from 0, and spans extend to the right and down."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1


Row = Sequence[CellText]
"""The cells of a row, empty ones too."""


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

    def as_table(self, *, caption: str = "", unit: str = "", continues: bool = False) -> Table:
        """Return the table's structure in its own text."""
        return Table(start=0, end=len(self.text), cells=self.cells, caption=caption, unit=unit, continues=continues)


def render_table(
    cells: Sequence[CellText],
    *,
    head_rows: int,
    heads_above: Sequence[str] = (),
    unheaded: Collection[int] = (),
    max_cell: int = MAX_CELL,
) -> RenderedTable:
    """Write a table whose first `head_rows` rows name its columns.

    Heads of several levels are joined from top to bottom. `heads_above` are those of a table that goes on from the
    page before and does not repeat them; those of the columns `unheaded` are not repeated. Empty cells and rows without
    text are left out. With a cell longer than `max_cell` it is taken for a layout.
    """
    filled = _without_empty_rows([_on_one_line(cell) for cell in cells])
    width = max((cell.column + cell.column_span for cell in filled if cell.text), default=0)
    if width <= 1 or any(len(cell.text) > max_cell for cell in filled):
        return RenderedTable("\n".join(cell.text for cell in filled if cell.text))
    rows = _rows(filled, width)
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


def count_head_rows(rows: Sequence[Row]) -> int:
    """Return how many of the first rows name the columns: several if a head spans columns with heads of their own."""
    grid = grid_of(rows)
    if len(grid) < 2 or len(grid[0]) < 2:
        return 0
    levels = 0
    limit = min(_MAX_HEAD_ROWS, len(rows)) - 1
    while levels < limit and _spans_some(rows[levels], len(grid[0])) and _names_columns(grid[levels]):
        levels += 1
    if levels:
        return levels + 1 if _is_lower_level(grid, levels) else levels
    return int(names_periods(grid) or looks_like_head(grid))


def is_title(row: Row, rows: Sequence[Row]) -> bool:
    """Return True for a row of a single text, no number, that begins where the table does."""
    filled = [cell for cell in row if cell.text]
    if len(filled) != 1:
        return False
    (title,) = filled
    width = max(cell.column + cell.column_span for other in rows[:_MAX_TITLE] for cell in other if cell.text)
    left = min(cell.column for other in rows[:_MAX_TITLE] for cell in other if cell.text)
    is_apart = title.row_span == 1 and title.column == left and not is_number(title.text) and width - left > 1
    return is_apart and len(title.text) <= _MAX_TITLE


def grid_of(rows: Sequence[Row]) -> list[list[str]]:
    """Return the text of every place, where a cell that spans several stands in each of them."""
    width = max((cell.column + cell.column_span for row in rows for cell in row if cell.text), default=0)
    grid = [[""] * width for _ in rows]
    for number, row in enumerate(rows):
        for cell in row:
            for place in grid[number : number + cell.row_span]:
                for column in range(cell.column, min(cell.column + cell.column_span, width)):
                    place[column] = place[column] or cell.text
    return grid


def is_period(text: str) -> bool:
    """Return True for a year, quarter or date: a number that names a column."""
    return bool(_PERIOD.fullmatch(text.strip()))


def _spans_some(row: Row, width: int) -> bool:
    """Return True if a head spans several columns of the table, but not all of them."""
    return any(cell.text and 1 < cell.column_span < width for cell in row)


def _is_lower_level(grid: Sequence[Sequence[str]], at: int) -> bool:
    """Return True if the row below spanning heads is one of heads too: it names no row, or numbers follow it."""
    if at + 1 >= len(grid) or not _names_columns(grid[at]):
        return False
    numbers = sum(is_number(cell) for row in grid[at + 1 :] for cell in row[1:] if cell)
    texts = sum(bool(cell) for row in grid[at + 1 :] for cell in row[1:])
    return grid[at][0] in ("", grid[at - 1][0]) or numbers * 2 > texts


def _names_columns(row: Sequence[str]) -> bool:
    return any(row) and all(len(cell) <= _MAX_HEAD and (not is_number(cell) or is_period(cell)) for cell in row if cell)


def names_periods(grid: Sequence[Sequence[str]]) -> bool:
    """Return True if the first row has years or dates over columns of other numbers."""
    head, body = grid[0], grid[1:]
    places = [place for place, cell in enumerate(head) if place and cell]
    names = [head[place] for place in places]
    if not any(map(is_period, names)) or len(set(names)) < len(names) or not _names_columns(head):
        return False
    if len(body) < 2 and len(names) < 2:
        return False
    below = [row[place] for row in body for place in places if row[place]]
    return bool(below) and sum(is_number(cell) and not is_period(cell) for cell in below) >= 0.6 * len(below)
