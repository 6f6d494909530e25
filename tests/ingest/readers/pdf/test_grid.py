"""A grid gives its cells by columns, and is written in the page's own characters, heads repeated."""

from ingest.readers.blocks.paragraphs import join_runs
from ingest.readers.pdf.aligned import aligned_tables
from ingest.readers.pdf.grid import write_table
from ingest.readers.pdf.heads import complete_names
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
