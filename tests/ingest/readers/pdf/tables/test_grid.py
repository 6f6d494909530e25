"""A grid gives the cells of a row by their columns."""

from ingest.readers.pdf.tables.grid import Grid, GridCell, GridRow
from tests.support.documents.table_pdfs import words_at


def cell(text: str, column: int, span: int = 1) -> GridCell:
    return GridCell(column, words_at(text, 100 * column, 0), span)


def test_a_cell_covers_the_columns_it_spans() -> None:
    row = GridRow([cell("label", 0), cell("both", 1, 2)], 0, 10)
    assert row.label is row.cells[0]
    assert row.cell(1) is row.cell(2) is row.cells[1]
    assert row.cell(3) is None
    assert row.values == row.cells[1:]


def test_the_body_is_below_the_heads() -> None:
    rows = [GridRow([cell(text, 0)], 0, 10) for text in ("head", "one", "two")]
    assert [row.cells[0].text for row in Grid(rows=rows, columns=1, heads=1).body] == ["one", "two"]
