"""A grid gives its cells by columns, and is written in the page's own characters, heads repeated."""

from ingest.readers.blocks.paragraphs import join_runs
from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.grid import GridCell, GridRow, column_heads, words_of, write_table
from ingest.readers.pdf.tables.heads import complete_names
from tests.support.documents.table_pdfs import rows_of, words_at

LINES = [
    "                      2018         2017",
    "Net sales        $  32,765    $  31,657",
    "Shares:",
    "Basic               (588.5)      597.5 %",
    "Income:",
    "Basic                  9.1          8.1",
]


def cell(text: str, column: int, span: int = 1) -> GridCell:
    return GridCell(column, words_at(text, 100 * column, 0), span)


def test_a_cell_covers_the_columns_it_spans() -> None:
    row = GridRow([cell("label", 0), cell("both", 1, 2)], 0, 10)
    assert row.label is row.cells[0]
    assert row.cell(1) is row.cell(2) is row.cells[1]
    assert row.cell(3) is None
    assert row.values == row.cells[1:]


def test_each_value_follows_its_head_and_its_signs_stay_with_it() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES))
    written = write_table(complete_names(grid))
    raw = "\r\n".join(LINES)
    assert join_runs(raw, written.runs).splitlines() == [
        "2018 | 2017",
        "Net sales | 2018: $32,765 | 2017: $31,657",
        "Shares:",
        "Shares: Basic | 2018: (588.5) | 2017: 597.5%",
        "Income:",
        "Income: Basic | 2018: 9.1 | 2017: 8.1",
    ]


def test_cells_are_runs_of_their_own_words() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES))
    written = write_table(complete_names(grid))
    raw = "\r\n".join(LINES)
    texts = {
        (cell.row, cell.column): join_runs(raw, written.runs[first:last]).strip(" |\n")
        for cell, first, last in written.cells
    }
    assert texts[1, 1] == "$32,765"
    assert texts[0, 2] == "2017"


def test_heads_of_the_page_before_are_said_too() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES[1:2] * 3))
    text = join_runs("\r\n".join(LINES[1:2] * 3), write_table(complete_names(grid), ["", "2018", "2017"]).runs)
    assert text.splitlines()[0] == "Net sales | 2018: $32,765 | 2017: $31,657"


def test_all_words_of_a_table_are_known() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES))
    assert column_heads(grid) == ["", "2018", "2017"]
    assert {word.text for word in words_of(grid)} == set(" ".join(LINES).split())
