"""A recognised page is stored as any page is: its tables said row by row, its headings known, its words framed."""

from ingest.readers.pdf.scanned import ScanText
from ingest.readers.recognition.recognised_page import Frame, Recognised
from tests.ingest.readers.recognition.test_recognised_page import piece

HEAD = ("Item", "Pieces", "Price")
ROWS = (("Garden work", "28", "120.00"), ("Cuttings", "1", "307.35"), ("Hedges", "3", "48.50"))


def table(top: float = 0) -> list[tuple[str, float, float]]:
    return [
        (cell, 160.0 * at, top + 14 * line) for line, row in enumerate((HEAD, *ROWS)) for at, cell in enumerate(row)
    ]


def scan(*cells: tuple[str, float, float]) -> ScanText:
    return ScanText(Recognised(tuple(piece(*cell) for cell in cells), Frame(600, 800)))


def test_a_table_says_each_value_after_its_head() -> None:
    page = scan(*table())
    assert page.text.split("\n") == [
        "Item | Pieces | Price",
        *(f"Item: {item} | Pieces: {pieces} | Price: {price}" for item, pieces, price in ROWS),
    ]
    (found,) = page.structure.tables
    cells = {(cell.row, cell.column): page.text[cell.start : cell.end] for cell in found.cells}
    assert cells[2, 2] == "307.35"
    assert (found.start, found.end, found.caption) == (0, len(page.text), "")


def test_a_value_and_its_repeated_head_are_framed_where_they_are_printed() -> None:
    page = scan(*table())
    at = page.text.index("Price: 48.50")
    head, value = page.boxes(at, at + len("Price: 48.50"))
    assert head[1] < 12 / 800
    assert abs(head[0] - 320 / 600) < 0.001
    assert abs(value[1] - 42 / 800) < 0.001


def test_prose_is_no_table_and_rows_of_a_table_no_headings() -> None:
    lines = [(f"This is line {at} of a page of prose without columns.", 0.0, 14.0 * at) for at in range(8)]
    assert not scan(*lines).structure.tables
    assert not scan(*lines, *table(140)).structure.headings
