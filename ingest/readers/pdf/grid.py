"""A table that was found on a page: cells of words, rows and heads; and its text, each value after its head."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from ingest.readers.blocks.paragraphs import TextRun
from ingest.readers.blocks.tables import CellText, render_table
from ingest.readers.pdf.page_words import Word, is_currency, is_value
from rag.types import Cell

_OPENING = re.compile(r"[(\[]*(?:[A-Z]{0,3}[$€£¥₩₹])?[(\[]*")
_CLOSING = re.compile(r"[)\]%]+")

Part = tuple[Word, str]
"""A word, and what separates it from the next."""


@dataclass
class GridCell:
    """Words in columns `[column, column + span)` of a row of a grid, in reading order.

    `prefix` are words of another cell that are written before them: the period of all columns, the group of a row.
    """

    column: int
    words: list[Word]
    span: int = 1
    rows: int = 1
    prefix: list[Word] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, separated by blanks."""
        return " ".join(word.text for word in self.words)

    @property
    def is_value(self) -> bool:
        """True if it is a number, an amount, a percentage or the mark of an empty cell."""
        return is_value([word.text for word in self.words])

    @property
    def left(self) -> float:
        """Left edge of its words."""
        return min(word.left for word in self.words)

    @property
    def right(self) -> float:
        """Right edge of its words."""
        return max(word.right for word in self.words)


@dataclass
class GridRow:
    """Cells of a row from left to right, those that are empty left out."""

    cells: list[GridCell]
    bottom: float
    top: float

    def cell(self, column: int) -> GridCell | None:
        """Return the cell that covers a column, None if it is empty."""
        return next((cell for cell in self.cells if cell.column <= column < cell.column + cell.span), None)

    @property
    def label(self) -> GridCell | None:
        """The cell of the first column."""
        return self.cell(0)

    @property
    def values(self) -> list[GridCell]:
        """The cells beside the first column."""
        return [cell for cell in self.cells if cell.column > 0]


@dataclass(kw_only=True)
class Grid:
    """A table of a page: `heads` rows of column heads, then rows of the body.

    `above` are lines that stand among the heads and name no column: units, and titles inside the frame.
    `edges` are the columns' extents. `at_top` and `at_bottom`: nothing but running heads or feet stands beyond it.
    `heads_are_guessed`: no numbers below tell that its heads are heads.
    """

    rows: list[GridRow]
    columns: int
    heads: int = 0
    ruled: bool = False
    caption: str = ""
    unit: str = ""
    at_top: bool = False
    at_bottom: bool = False
    heads_are_guessed: bool = False
    above: list[list[Word]] = field(default_factory=list)
    edges: Sequence[tuple[float, float]] = field(default=())

    @property
    def body(self) -> list[GridRow]:
        """Rows below the heads."""
        return self.rows[self.heads :]


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table as runs of the raw text. `cells` are its cells, each with its runs `[first, last)`."""

    runs: list[TextRun]
    cells: list[tuple[Cell, int, int]]


def write_table(grid: Grid, heads_above: Sequence[str] = ()) -> WrittenTable:
    """Return a table as a line a row, each value after its column's head.

    A period above the labels ("As of June 30,") begins the head of every column, and a unit there heads none. A label
    that another row has too follows that of its group.
    """
    parts = _cell_parts(grid)
    texts = [
        CellText(row, cell.column, _text(parts[row, cell.column]), cell.rows, cell.span)
        for row, line in enumerate(grid.rows)
        for cell in line.cells
    ]
    rendered = render_table(texts, head_rows=grid.heads, heads_above=heads_above)
    runs: list[TextRun] = []
    for line in grid.above:
        runs += _runs(_parts(line))
        runs[-1] = runs[-1]._replace(separator="\n")
    at: dict[int, int] = {}
    end = 0
    for piece in rendered.pieces:
        own = parts[piece.row, piece.column]
        if piece.start > end:
            _put_text(runs, rendered.text[end : piece.start], own[0][0].start)
        at[piece.start] = len(runs)
        runs += _runs(own)
        end = piece.end
        at[end] = len(runs)
    return WrittenTable(runs, [(cell, at[cell.start], at[cell.end]) for cell in rendered.cells])


def column_heads(grid: Grid) -> list[str]:
    """Return the heads of each column, joined from top to bottom."""
    parts = _cell_parts(grid)
    found = []
    for column in range(grid.columns):
        cells = [(at, cell) for at, row in enumerate(grid.rows[: grid.heads]) if (cell := row.cell(column)) is not None]
        found.append(" ".join(_text(parts[at, cell.column]) for at, cell in cells))
    return found


def words_of(grid: Grid) -> Iterable[Word]:
    """Yield the words of a table, those of the lines above it first."""
    for line in grid.above:
        yield from line
    for row in grid.rows:
        for cell in row.cells:
            yield from cell.words
            yield from cell.prefix


def _cell_parts(grid: Grid) -> dict[tuple[int, int], list[Part]]:
    """Return the words that each cell is written with, and what follows each of them, by its row and column."""
    return {
        (row, cell.column): _words_of_cell(cell, is_head=row < grid.heads)
        for row, line in enumerate(grid.rows)
        for cell in line.cells
    }


def _words_of_cell(cell: GridCell, *, is_head: bool) -> list[Part]:
    parts = _parts(cell.prefix)
    if parts:
        last, _ = parts[-1]
        parts[-1] = last, " " if is_head or last.text.endswith(":") else ": "
    return parts + _parts(cell.words)


def _runs(parts: Iterable[Part]) -> list[TextRun]:
    return [TextRun(word.start, word.end, separator) for word, separator in parts]


def _put_text(runs: list[TextRun], text: str, place: int) -> None:
    if runs:
        runs[-1] = runs[-1]._replace(separator=text)
    elif text:
        runs.append(TextRun(place, place, text))


def _parts(words: Sequence[Word]) -> list[Part]:
    return [
        (word, "" if following is None or _is_tight(word.text, following.text) else " ")
        for word, following in zip_longest(words, words[1:])
    ]


def _text(parts: Iterable[Part]) -> str:
    return "".join(word.text + separator for word, separator in parts)


def _is_tight(text: str, following: str) -> bool:
    """Return True if nothing stands between words: signs of a number in columns of their own."""
    if _CLOSING.fullmatch(following):
        return text[-1].isdigit() or text[-1] in ")–—-"
    opens = _OPENING.fullmatch(text) or (is_currency(text) and len(text) == 1)
    return bool(opens) and following[0] in "(0123456789.–—-$"
