"""Columns are what the rows of a region cover together."""

from ingest.readers.pdf.tables.columns import find_columns, place_row
from tests.support.documents.table_pdfs import rows_of


def placed(lines: list[str]) -> list[dict[int, str]]:
    rows = rows_of(lines)
    columns = find_columns(rows)
    return [{cell.column: cell.text for cell in place_row(row, columns).cells} for row in rows]


def test_values_stand_below_each_other_though_cells_are_empty() -> None:
    assert placed(["Sales       10     20     30", "Cost         5            7", "Other              1"]) == [
        {0: "Sales", 1: "10", 2: "20", 3: "30"},
        {0: "Cost", 1: "5", 3: "7"},
        {0: "Other", 2: "1"},
    ]


def test_a_long_label_reaches_below_the_first_values() -> None:
    rows = placed(["Sales           1,000    20", "Cost              900    10", "A label that is long      5"])
    assert rows[2] == {0: "A label that is long", 2: "5"}


def test_rows_without_labels_keep_their_columns() -> None:
    assert placed(["Sales       10     20", "Cost         5      7", "            15     27"])[2] == {1: "15", 2: "27"}
