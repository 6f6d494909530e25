"""The structure of a page: its headings, tables and figures, pointing into the page's stored text."""

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right and bottom as fractions of the page."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6 in characters `[start, end)`; `title` is its text on one line, without marks."""

    level: int
    start: int
    end: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table: characters `[start, end)` are its own text. Rows and columns count from 0."""

    row: int
    column: int
    start: int
    end: int
    row_span: int = 1
    column_span: int = 1
    is_head: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in characters `[start, end)`, in which each value follows its column's head.

    `unit` is the unit and scale of its values as printed ("in millions, except per share"); `continues` is True if it
    goes on from the page before.
    """

    start: int
    end: int
    cells: tuple[Cell, ...]
    caption: str = ""
    unit: str = ""
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture or diagram; characters `[start, end)` are its caption's. `box` is None where nothing is printed."""

    start: int
    end: int
    caption: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """Headings, tables and figures of a page, in reading order."""

    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.headings or self.tables or self.figures)


NO_STRUCTURE = Structure()
