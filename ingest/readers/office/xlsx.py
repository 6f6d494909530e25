"""Read workbooks (XLSX, XLS): a page per sheet, empty rows divide tables, every row repeats its column heads."""

import datetime
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import xlrd
from openpyxl.utils.exceptions import InvalidFileException

from ingest.readers.office.zip_xml import open_parts
from ingest.readers.pages import (
    Note,
    Row,
    heading,
    is_number,
    looks_like_head,
    plain_row,
    table_text,
    unit_label,
    unit_pages,
)
from rag.errors import DocumentError
from rag.types import Page

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
_TABLE_ROWS = 200
"""Rows of a table that become one block of text."""


class XlsxReader:
    """Read the sheets of an Excel workbook with their last computed values."""

    name = "workbook"
    suffixes = frozenset({".xlsx", ".xlsm", ".xltx"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield a page per sheet, or several for a long one."""
        with open_parts(path) as parts:
            for name in parts.names:
                parts.check(name)
        with path.open("rb") as stream:  # openpyxl leaves a file of its own open when it fails
            try:
                workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
                raise DocumentError("the workbook is damaged: its sheets cannot be found") from error
            yield from unit_pages(
                (unit_label("sheet", sheet.title), sheet_blocks(sheet.title, _rows(sheet)))
                for sheet in workbook.worksheets
            )


class XlsReader:
    """Read the sheets of a workbook in Excel's old format."""

    name = "old workbook"
    suffixes = frozenset({".xls"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield a page per sheet, or several for a long one."""
        try:
            workbook = xlrd.open_workbook(path, on_demand=True, logfile=io.StringIO())
        except xlrd.XLRDError as error:
            raise DocumentError(f"the old workbook cannot be read: {str(error)[:100]}") from error
        with workbook:
            yield from unit_pages(
                (unit_label("sheet", sheet.name), sheet_blocks(sheet.name, _old_rows(workbook, sheet)))
                for sheet in map(workbook.sheet_by_index, range(workbook.nsheets))
            )


def sheet_blocks(title: str, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the tables of a sheet as blocks under its title."""
    first = True
    limited = _LimitedRows(rows)
    for one in _tables(limited):
        if first:
            yield heading(1, title)
            first = False
        head = one[0]
        if len(one) <= _TABLE_ROWS or not looks_like_head([row[: max(map(len, one))] for row in one]):
            for start in range(0, len(one), _TABLE_ROWS):
                yield table_text(one[start : start + _TABLE_ROWS], has_head=None if len(one) <= _TABLE_ROWS else False)
            continue
        yield plain_row(head)
        for start in range(1, len(one), _TABLE_ROWS):
            yield table_text([head, *one[start : start + _TABLE_ROWS]], has_head=True).partition("\n")[2]
    if limited.was_cut:
        yield Note(f"only the first {MAX_ROWS:,} rows of the sheet are read")


class _LimitedRows:
    """Rows up to the limit, and whether there were more."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.was_cut = False

    def __iter__(self) -> Iterator[list[str]]:
        filled = 0
        for row in self._rows:
            cells = [cell.strip() for cell in row[:MAX_COLUMNS]]
            filled += any(cells)
            if filled > MAX_ROWS:
                self.was_cut = True
                return
            yield cells


def _tables(rows: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """Yield the tables between empty rows. A title above a table, alone in its row, is a table of its own."""
    current: list[list[str]] = []
    for cells in rows:
        if any(cells):
            current.append(cells)
        elif current:
            yield from _without_title(current)
            current = []
    if current:
        yield from _without_title(current)


def _without_title(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    while (
        len(rows) > 1 and sum(map(bool, rows[0])) == 1 and sum(map(bool, rows[1])) > 1 and not is_number(max(rows[0]))
    ):
        yield rows[:1]
        rows = rows[1:]
    left = min(next((place for place, cell in enumerate(row) if cell), MAX_COLUMNS) for row in rows)
    yield [row[left:] for row in rows]


def _rows(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # the file may state a wrong size
    for row in sheet.iter_rows():
        yield [_shown(cell.value, cell.number_format) for cell in row[:MAX_COLUMNS]]


def _old_rows(workbook: Any, sheet: Any) -> Iterator[list[str]]:
    for number in range(sheet.nrows):
        yield [_old_value(cell, workbook.datemode) for cell in sheet.row(number)]


def _old_value(cell: Any, datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return _shown(xlrd.xldate_as_datetime(cell.value, datemode), "")
        except (xlrd.xldate.XLDateError, OverflowError, ValueError):
            return _shown(cell.value, "")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return _shown(bool(cell.value), "")
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    return _shown(cell.value, "")


def _shown(value: Any, number_format: str | None) -> str:
    """Return a value about as Excel shows it: dates, whole numbers and percentages are formatted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    if isinstance(value, int | float):
        if "%" in (number_format or ""):
            return f"{value * 100:.10g}%"
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    return str(value)
