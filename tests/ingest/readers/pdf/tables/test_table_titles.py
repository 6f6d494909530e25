"""Captions and units are read from the lines around a table."""

import pytest

from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.table_titles import find_unit
from tests.support.documents.table_pdfs import rows_of

BODY = ["                     2018       2017", "Net sales           32,765     31,657", "Cost  16,682  16,055"]


def caption(lines: list[str]) -> str:
    ((grid, _),) = aligned_tables(rows_of([*lines, *BODY]))
    return grid.caption


def test_title_lines_above_are_the_caption() -> None:
    assert caption(["Widgets Inc.", "Consolidated Income"]) == "Widgets Inc. Consolidated Income"


def test_a_numbered_caption_stands_alone() -> None:
    assert caption(["A title of the page", "Table 3. Net sales."]) == "Table 3. Net sales."


def test_a_sentence_is_none() -> None:
    assert caption(["These are the sales of the year."]) == ""


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("(in millions, except per share)", "in millions, except per share"),
        ("Cash flows were as follows (in thousands):", "in thousands"),
        ("Dollars in millions", "Dollars in millions"),
        ("nothing of the kind", ""),
    ],
)
def test_the_unit_is_what_is_printed(line: str, unit: str) -> None:
    assert find_unit(rows_of([line, *BODY]), 1, 2, 0) == unit
