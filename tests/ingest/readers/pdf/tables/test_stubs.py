"""Units stand above a table, and a period above the labels is said with every head."""

from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.said import column_heads
from ingest.readers.pdf.tables.stubs import is_unit, settle
from tests.support.documents.table_pdfs import rows_of

BODY = ["Net sales                  32,765     31,657", "Cost of sales              16,682     16,055"]


def settled(head: str) -> tuple[list[str], list[str]]:
    ((grid, _),) = aligned_tables(rows_of([head, *BODY]))
    grid = settle(grid)
    return column_heads(grid), [" ".join(word.text for word in line) for line in grid.above]


def test_a_period_begins_every_head() -> None:
    heads, above = settled("As of June 30,               2018       2017")
    assert heads == ["", "As of June 30, 2018", "As of June 30, 2017"]
    assert above == []


def test_a_unit_stands_above() -> None:
    heads, above = settled("(in millions)                2018       2017")
    assert (heads, above) == (["", "2018", "2017"], ["(in millions)"])


def test_a_period_and_a_unit_are_told_apart() -> None:
    heads, above = settled("Years ended (Millions)       2018       2017")
    assert heads == ["", "Years ended 2018", "Years ended 2017"]
    assert above == ["(Millions)"]


def test_a_name_of_the_labels_is_a_head_of_its_own() -> None:
    assert settled("Segment                      2018       2017")[0][0] == "Segment"


def test_units_are_told_from_heads() -> None:
    assert is_unit("(in millions, except per share)")
    assert not is_unit("Year ended (in millions)")
