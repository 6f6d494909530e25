"""Headings and tables found in lines have offsets in their text."""

from ingest.readers.markup.marked_lines import LineCell, LineHeading, LineTable, MarkedLines, line_starts
from rag.types import Cell


def test_lines_begin_after_the_ends_of_those_before() -> None:
    assert line_starts(["ab", "", "c"]) == [0, 3, 4, 6]


def test_headings_and_cells_are_found_in_the_joined_lines() -> None:
    lines = ["  # One", "", "a | b", "", "A: x | B: y"]
    cells = (LineCell(2, Cell(row=0, column=0, start=0, end=1)), LineCell(4, Cell(row=1, column=1, start=10, end=11)))
    table = LineTable(first=2, last=5, cells=cells, caption="Table 1")
    structure = MarkedLines(lines, [LineHeading(1, 0, 1, "One")], [table]).structure()
    text = "\n".join(lines)
    assert [text[one.start : one.end] for one in structure.headings] == ["# One"]
    (found,) = structure.tables
    assert text[found.start : found.end] == "a | b\n\nA: x | B: y"
    assert [text[cell.start : cell.end] for cell in found.cells] == ["a", "y"]
