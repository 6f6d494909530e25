"""The lines of a text file with the structure found in them; pages are cut from these without losing a line."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.types import Cell, Heading, Structure, Table


@dataclass(frozen=True, slots=True)
class LineHeading:
    """A heading in lines `[first, last)`."""

    level: int
    first: int
    last: int
    title: str


@dataclass(frozen=True, slots=True)
class LineCell:
    """A cell in a line, whose offsets count from the line's start."""

    line: int
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTable:
    """A table in lines `[first, last)`."""

    first: int
    last: int
    cells: tuple[LineCell, ...]
    caption: str = ""
    unit: str = ""


@dataclass(slots=True)
class MarkedLines:
    """Lines as they are stored, as many as the file has, and what is in them."""

    lines: list[str]
    headings: list[LineHeading] = field(default_factory=list)
    tables: list[LineTable] = field(default_factory=list)

    def structure(self) -> Structure:
        """Return the structure of all lines joined by line ends."""
        starts = line_starts(self.lines)

        def moved(one: LineCell) -> Cell:
            by = starts[one.line]
            return replace(one.cell, start=one.cell.start + by, end=one.cell.end + by)

        return Structure(
            headings=tuple(
                Heading(one.level, starts[one.first] + _indent(self.lines[one.first]), starts[one.last] - 1, one.title)
                for one in sorted(self.headings, key=lambda one: one.first)
            ),
            tables=tuple(
                Table(
                    start=starts[one.first],
                    end=starts[one.last] - 1,
                    cells=tuple(map(moved, one.cells)),
                    caption=one.caption,
                    unit=one.unit,
                )
                for one in self.tables
            ),
        )


def line_starts(lines: Sequence[str]) -> list[int]:
    """Return where each line begins, and one more place: one past the end of the last."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
