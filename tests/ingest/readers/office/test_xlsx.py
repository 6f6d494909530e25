"""Rows of sheets keep their column heads, up to a number of rows."""

import datetime
from pathlib import Path

import openpyxl
import pytest

from ingest.readers.office import sheet_tables
from tests.support.documents.sample_documents import (
    read_pages,
)


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
