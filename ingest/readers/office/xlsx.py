"""Read workbooks (XLSX, XLS): a page per sheet, empty rows divide tables, every row repeats its column heads.

Merged cells and hidden rows are found in the XML of a sheet, as openpyxl does not say of a sheet that it streams.
"""

import datetime
import io
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import xlrd
from openpyxl.utils import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

from ingest.readers.blocks.assembly import unit_pages
from ingest.readers.blocks.block import Content
from ingest.readers.blocks.pages import unit_label
from ingest.readers.office.properties import office_metadata
from ingest.readers.office.sheet_tables import MAX_COLUMNS, Hidden, Spans, sheet_blocks, text_cells
from ingest.readers.office.zip_xml import Parts, attribute, open_parts, relation_id
from rag.errors import DocumentError
from rag.types import Page

_MAX_MERGED = 50_000
_MAX_TAG = 10_000
_LAST_COLUMN = 16_384
_MARK = re.compile(
    rb"<(?:\w+:)?(?:mergeCell\s[^<>]*?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\""
    rb"|(row)\s[^<>]*?hidden=\"(?:1|true)\"[^<>]*?(?<!/)>|(col)\s[^<>]*?hidden=\"(?:1|true)\"[^<>]*>)"
)
_LIMITS = re.compile(rb"(min|max)=\"(\d{1,6})\"")


class XlsxReader:
    """Read the sheets of an Excel workbook with their last computed values."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield a page per sheet, or several for a long one."""
        with (
            open_parts(path) as parts,
            path.open("rb") as stream,
        ):  # openpyxl leaves a file of its own open when it fails
            for name in parts.names:
                parts.check(name)
            try:
                workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
                raise DocumentError("the workbook is damaged: its sheets cannot be found") from error
            names = sheet_parts(parts)
            sheets = (
                (unit_label("sheet", sheet.title), _sheet(parts, sheet, names.get(sheet.title, "")))
                for sheet in workbook.worksheets
            )
            yield from unit_pages(sheets, office_metadata(parts))


class XlsReader:
    """Read the sheets of a workbook in Excel's old format."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield a page per sheet, or several for a long one."""
        with _old_workbook(path) as workbook:
            yield from unit_pages(
                (unit_label("sheet", sheet.name), _old_sheet(workbook, sheet))
                for sheet in map(workbook.sheet_by_index, range(workbook.nsheets))
            )


def _sheet(parts: Parts, sheet: Any, name: str) -> Iterator[Content]:
    spans, hidden = sheet_marks(parts, name)
    return sheet_blocks(sheet.title, text_cells(_rows(sheet), spans), hidden)


def _old_workbook(path: Path) -> Any:
    """Open an old workbook, with its merged cells where these can be read."""
    try:
        try:
            return xlrd.open_workbook(path, on_demand=True, formatting_info=True, logfile=io.StringIO())
        except (xlrd.XLRDError, AssertionError, IndexError, KeyError, ValueError, TypeError, struct.error):
            return xlrd.open_workbook(path, on_demand=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        raise DocumentError(f"the old workbook cannot be read: {str(error)[:100]}") from error


def _old_sheet(workbook: Any, sheet: Any) -> Iterator[Content]:
    spans = {(top, left): (bottom - top, right - left) for top, bottom, left, right in sheet.merged_cells}
    hidden = sum(bool(row.hidden) for number, row in sheet.rowinfo_map.items() if number < sheet.nrows)
    return sheet_blocks(sheet.name, text_cells(_old_rows(workbook, sheet), spans), Hidden(hidden))


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


def sheet_parts(parts: Parts) -> dict[str, str]:
    """Return the part of each sheet by its title."""
    main = parts.main("xl/workbook.xml")
    related = parts.related(main, "/worksheet")
    root = parts.xml(main)
    sheets = () if root is None else root.iter("{*}sheet")
    return {attribute(sheet, "name"): related[relation_id(sheet)] for sheet in sheets if relation_id(sheet) in related}


def sheet_marks(parts: Parts, name: str) -> tuple[Spans, Hidden]:
    """Return the spans of a sheet's merged cells, and how many rows and columns with content it hides."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    rows = columns = 0
    for match in _marks(parts, name):
        if match[5]:
            rows += 1
        elif match[6]:
            columns += _hidden_columns(match[0])
        elif len(spans) < _MAX_MERGED:
            left, right = (column_index_from_string(match[at].decode()) - 1 for at in (1, 3))
            top, bottom = int(match[2]) - 1, int(match[4]) - 1
            if left <= right and top <= bottom:
                spans[top, left] = (bottom - top + 1, right - left + 1)
    return spans, Hidden(rows, columns)


def _marks(parts: Parts, name: str) -> Iterator[re.Match[bytes]]:
    """Yield the marks of a part that is read piece by piece; a tag may be divided between two."""
    rest = b""
    for chunk in parts.chunks(name):
        data = rest + chunk
        end = data.rfind(b"<")
        end = end if end > len(data) - _MAX_TAG else len(data)
        yield from _MARK.finditer(data, 0, end)
        rest = data[end:]
    yield from _MARK.finditer(rest)


def _hidden_columns(tag: bytes) -> int:
    """Return how many columns a tag hides; those up to the sheet's last only hide what is not used."""
    limits = {key: int(value) for key, value in _LIMITS.findall(tag)}
    first, last = limits.get(b"min", 1), limits.get(b"max", 1)
    return max(last - first + 1, 0) if last < min(_LAST_COLUMN, MAX_COLUMNS) else 0
