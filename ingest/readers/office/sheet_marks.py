"""Find merged cells and hidden rows in the XML of a sheet, which openpyxl does not say of a sheet that it streams."""

import re
from collections.abc import Iterator

from ingest.readers.office.sheet_tables import MAX_COLUMNS, Hidden, Spans
from ingest.readers.office.zip_xml import Parts, attribute, relation_id

_MAX_MERGED = 50_000
_MAX_TAG = 10_000
_LAST_COLUMN = 16_384
_MARK = re.compile(
    rb"<(?:\w+:)?(?:mergeCell\s[^<>]*?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\""
    rb"|(row)\s[^<>]*?hidden=\"(?:1|true)\"[^<>]*?(?<!/)>|(col)\s[^<>]*?hidden=\"(?:1|true)\"[^<>]*>)"
)
_LIMITS = re.compile(rb"(min|max)=\"(\d{1,6})\"")


def sheet_parts(parts: Parts) -> dict[str, str]:
    """Return the part of each sheet by its title."""
    main = next(iter(parts.related("", "/officeDocument").values()), "xl/workbook.xml")
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
            left, top, right, bottom = _column(match[1]), int(match[2]) - 1, _column(match[3]), int(match[4]) - 1
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


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
