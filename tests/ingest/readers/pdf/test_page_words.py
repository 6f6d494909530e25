"""Rows are cut into segments at wide gaps; signs of a number stay with it."""

import pytest

from ingest.readers.pdf.page_words import is_value
from tests.support.documents.table_pdfs import rows_of


@pytest.mark.parametrize(
    ("line", "segments"),
    [
        ("Net sales        $     32,765   $   31,657", ["Net sales", "$ 32,765", "$ 31,657"]),
        ("Revenue change       (8.8) %     4.2 %", ["Revenue change", "(8.8) %", "4.2 %"]),
        ("Item 1.      Business.................    3", ["Item 1.", "Business", "3"]),
        ("1.     The first point of a list", ["1. The first point of a list"]),
        ("Cash . . . . . . . . . . . . 5", ["Cash", "5"]),
        ("Goodwill   1,200 $ 30 —", ["Goodwill", "1,200", "$ 30", "—"]),
    ],
)
def test_a_row_is_cut_at_gaps_and_leaders(line: str, segments: list[str]) -> None:
    (row,) = rows_of([line])
    assert [segment.text for segment in row.segments] == segments


@pytest.mark.parametrize("text", ["32,765", "(547)", "$ 5.12", "24.2 %", "—", "(10.2)%", "N/A", "1.5x", "12/31/2015"])
def test_amounts_and_marks_of_empty_cells_are_values(text: str) -> None:
    assert is_value(text.split())


@pytest.mark.parametrize("text", ["Net sales", "Note 4", "10-Q/A", "Level 3 assets"])
def test_words_are_no_values(text: str) -> None:
    assert not is_value(text.split())
