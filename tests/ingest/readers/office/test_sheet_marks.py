"""Merged cells and hidden rows of a sheet are found in its XML."""

from pathlib import Path

import openpyxl
import pytest

from ingest.readers.office.sheet_marks import sheet_marks, sheet_parts
from ingest.readers.office.zip_xml import Parts, open_parts
from tests.support.documents.sample_documents import read_pages, write_zip


def test_merged_cells_are_heads_over_their_columns_and_what_is_hidden_is_said(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["", "Sales", None], ["City", 2018, 2017], ["Rome", 1, 2], ["Oslo", 3, 4]):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    sheet.row_dimensions[4].hidden = True
    workbook.save(tmp_path / "a.xlsx")
    with open_parts(tmp_path / "a.xlsx") as parts:
        spans, hidden = sheet_marks(parts, sheet_parts(parts)["Sheet"])
    assert (spans, hidden) == ({(0, 1): (1, 2)}, (1, 0))
    (page,) = read_pages(tmp_path / "a.xlsx")
    assert page.text.split("\n")[-1] == "City: Oslo | Sales 2018: 3 | Sales 2017: 4"
    assert page.note == "what is hidden is read too: 1 hidden row"


def test_a_tag_divided_between_two_chunks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    xml = "<s>" + "".join(f'<row r="{at}" hidden="1"><c/></row>' for at in range(50)) + '<mergeCell ref="A1:B2"/></s>'
    monkeypatch.setattr(Parts.chunks, "__defaults__", (7,))
    with open_parts(write_zip(tmp_path / "a.zip", {"s.xml": xml})) as parts:
        assert sheet_marks(parts, "s.xml") == ({(0, 0): (2, 2)}, (50, 0))
        assert sheet_marks(parts, "none.xml") == ({}, (0, 0))


def test_hidden_columns_up_to_the_last_one_only_hide_what_is_not_used(tmp_path: Path) -> None:
    xml = '<s><col min="2" max="3" hidden="1"/><col min="9" max="16384" hidden="1"/><row r="1" hidden="1"/></s>'
    with open_parts(write_zip(tmp_path / "a.zip", {"s.xml": xml})) as parts:
        assert sheet_marks(parts, "s.xml")[1] == (0, 2)
