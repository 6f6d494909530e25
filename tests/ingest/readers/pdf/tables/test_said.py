"""A said table is made of the page's own characters, heads repeated."""

from ingest.readers.layout.paragraphs import join_runs
from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.said import column_heads, say_table, words_of
from ingest.readers.pdf.tables.stubs import settle
from tests.support.documents.table_pdfs import rows_of

LINES = [
    "                      2018         2017",
    "Net sales        $  32,765    $  31,657",
    "Shares:",
    "Basic               (588.5)      597.5 %",
    "Income:",
    "Basic                  9.1          8.1",
]


def test_each_value_follows_its_head_and_its_signs_stay_with_it() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES))
    said = say_table(settle(grid))
    raw = "\r\n".join(LINES)
    assert join_runs(raw, said.runs).splitlines() == [
        "2018 | 2017",
        "Net sales | 2018: $32,765 | 2017: $31,657",
        "Shares:",
        "Shares: Basic | 2018: (588.5) | 2017: 597.5%",
        "Income:",
        "Income: Basic | 2018: 9.1 | 2017: 8.1",
    ]


def test_cells_are_runs_of_their_own_words() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES))
    said = say_table(settle(grid))
    raw = "\r\n".join(LINES)
    texts = {
        (cell.row, cell.column): join_runs(raw, said.runs[first:last]).strip(" |\n") for cell, first, last in said.cells
    }
    assert texts[1, 1] == "$32,765"
    assert texts[0, 2] == "2017"


def test_heads_of_the_page_before_are_said_too() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES[1:2] * 3))
    text = join_runs("\r\n".join(LINES[1:2] * 3), say_table(settle(grid), ["", "2018", "2017"]).runs)
    assert text.splitlines()[0] == "Net sales | 2018: $32,765 | 2017: $31,657"


def test_all_words_of_a_table_are_known() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES))
    assert column_heads(grid) == ["", "2018", "2017"]
    assert {word.text for word in words_of(grid)} == set(" ".join(LINES).split())
