"""The grid of a table that was found on a page: cells as words of the page, rows as labels, values or heads."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.readers.pdf.tables.page_words import Word


@dataclass
class GridCell:
    """Words in columns `[column, column + span)` of a row of a grid, in reading order.

    `prefix` are words of another cell that are said before them: the period of all columns, the group of a row.
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
