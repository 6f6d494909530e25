"""Rows of sheets keep their column heads, up to a number of rows; what is merged or hidden is found."""

import datetime
from pathlib import Path

import openpyxl
import pytest

from ingest.readers.office import sheet_tables, zip_xml
from ingest.readers.office.xlsx import sheet_marks, sheet_parts
from ingest.readers.office.zip_xml import open_parts
from tests.support.documents.sample_documents import read_pages, write_zip


def test_rows_of_a_sheet_keep_their_column_heads(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Q1"
    for row in (["Sales by city"], ["City", "Year", "Sales"], ["Rome", 2024, 1.5], ["Oslo", 2025, None]):
        sheet.append(row)
    workbook.create_sheet("Empty")
    workbook.save(tmp_path / "a.xlsx")
    first, second = read_pages(tmp_path / "a.xlsx")
    assert (first.label, second.label, second.state) == ("sheet “Q1”", "sheet “Empty”", "empty")
    assert first.text.split("\n") == [
        "# Q1",
        "",
        "Sales by city",
        "",
        "City | Year | Sales",
        "City: Rome | Year: 2024 | Sales: 1.5",
        "City: Oslo | Year: 2025",
    ]


def test_every_part_of_a_long_sheet_keeps_its_heads(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Name", "Town", "Amount"])
    for at in range(1500):
        workbook.active.append([f"Person {at}", f"Town {at}", at])
    workbook.save(tmp_path / "a.xlsx")
    pages = read_pages(tmp_path / "a.xlsx")
    assert len(pages) > 2
    assert pages[1].label == "sheet “Sheet”, part 2"
    rows = [line for page in pages for line in page.text.split("\n") if "Person" in line]
    assert rows == [f"Name: Person {at} | Town: Town {at} | Amount: {at}" for at in range(1500)]
    assert [table.continues for page in pages for table in page.structure.tables] == [False] + [True] * (len(pages) - 1)
    cells = [page.text[cell.start : cell.end] for page in pages for cell in page.structure.tables[0].cells]
    assert cells[3:] == [text for at in range(1500) for text in (f"Person {at}", f"Town {at}", str(at))]


def test_a_sheet_of_too_many_rows_is_cut_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_tables, "MAX_ROWS", 5)
    workbook = openpyxl.Workbook()
    for at in range(9):
        workbook.active.append([f"row {at}"])
    workbook.save(tmp_path / "a.xlsx")
    (page,) = read_pages(tmp_path / "a.xlsx")
    assert "row 4" in page.text
    assert "row 5" not in page.text
    assert page.note == "only the first 5 rows of the sheet are read"


def test_values_look_as_in_excel(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    when = datetime.datetime(2024, 5, 6)  # noqa: DTZ001  cells have no zone
    workbook.active.append([when, when.replace(hour=7, minute=8), True, 0.25, 3.0, 1e-3, "text"])
    workbook.active["D1"].number_format = "0%"
    workbook.save(tmp_path / "a.xlsx")
    (page,) = read_pages(tmp_path / "a.xlsx")
    assert page.text.split("\n")[-1] == "2024-05-06 | 2024-05-06 07:08 | TRUE | 25% | 3 | 0.001 | text"


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
    monkeypatch.setattr(zip_xml, "_CHUNK", 7)
    with open_parts(write_zip(tmp_path / "a.zip", {"s.xml": xml})) as parts:
        assert sheet_marks(parts, "s.xml") == ({(0, 0): (2, 2)}, (50, 0))
        assert sheet_marks(parts, "none.xml") == ({}, (0, 0))


def test_hidden_columns_up_to_the_last_one_only_hide_what_is_not_used(tmp_path: Path) -> None:
    xml = '<s><col min="2" max="3" hidden="1"/><col min="9" max="16384" hidden="1"/><row r="1" hidden="1"/></s>'
    with open_parts(write_zip(tmp_path / "a.zip", {"s.xml": xml})) as parts:
        assert sheet_marks(parts, "s.xml")[1] == (0, 2)
