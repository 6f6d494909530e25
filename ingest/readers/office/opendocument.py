"""Read OpenDocument texts, spreadsheets and presentations."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.readers.office.xlsx import MAX_COLUMNS, MAX_ROWS, sheet_blocks
from ingest.readers.office.zip_xml import attribute, local_name, open_parts
from ingest.readers.pages import heading, section_pages, table_text, unit_label, unit_pages
from rag.errors import DocumentError
from rag.types import Page

_SKIPPED = frozenset({"tracked-changes", "forms", "sequence-decls", "annotation-end", "table-column", "settings"})


class OdfReader:
    """Read slides and sheets as a page each, and texts by their headings."""

    name = "OpenDocument file"
    suffixes = frozenset({".odt", ".ods", ".odp", ".ott", ".fodt"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  encryption is not supported
        """Yield its text in order."""
        with open_parts(path) as parts:
            if b"encryption-data" in parts.read("META-INF/manifest.xml"):
                raise DocumentError("the OpenDocument file is encrypted; save it without a password and try again")
            root = parts.xml("content.xml")
        body = None if root is None else next(root.iter("{*}body"), None)
        if body is None or not len(body):
            raise DocumentError("the OpenDocument file is damaged: it has no content")
        content = body[0]
        kind = local_name(content)
        if kind == "presentation" or kind == "drawing":
            slides = content.iterchildren("{*}page")
            yield from unit_pages((f"slide {number}", _slide(slide)) for number, slide in enumerate(slides, start=1))
        elif kind == "spreadsheet":
            sheets = content.iterchildren("{*}table")
            yield from unit_pages(
                (unit_label("sheet", attribute(sheet, "name")), sheet_blocks(attribute(sheet, "name"), _rows(sheet)))
                for sheet in sheets
            )
        else:
            yield from section_pages(_blocks(content))


def _slide(slide: Any) -> Iterator[str]:
    notes = [child for child in slide if local_name(child) == "notes"]
    for shape in slide:
        if local_name(shape) == "notes":
            continue
        blocks = list(_blocks(shape))
        if attribute(shape, "class") == "title":
            yield heading(1, " ".join(blocks))
        else:
            yield from blocks
    for note in notes:
        text = "\n".join(_blocks(note))
        if text.strip():
            yield f"Notes: {text}"


def _blocks(container: Any, item: str = "") -> Iterator[str]:
    for element in container:
        kind = local_name(element)
        if kind in _SKIPPED:
            continue
        if kind == "h":
            level = attribute(element, "outline-level")
            yield heading(int(level) if level.isdecimal() else 1, _text(element))
        elif kind == "p":
            text = _text(element)
            if text.strip():
                yield item + text
            for frame in element.iter("{*}text-box"):
                yield from _blocks(frame)
        elif kind == "table":
            yield table_text(_rows(element))
        elif kind in ("annotation", "note"):
            yield from (f"Comment: {text}" for text in _blocks(element))
        else:
            yield from _blocks(element, "- " if kind in ("list", "list-item") else item)


def _text(element: Any) -> str:
    """Return an element's own text, without the boxes that float in it, which are read separately."""
    parts = [element.text or ""]
    for child in element:
        kind = local_name(child)
        if kind == "s":
            count = attribute(child, "c")
            parts.append(" " * min(int(count) if count.isdecimal() else 1, 1000))
        elif kind in ("tab", "line-break"):
            parts.append("\t" if kind == "tab" else "\n")
        elif kind == "note":
            parts += [f" [{_text(body)}]" for body in child.iter("{*}p")]
        elif kind == "annotation":
            parts.append(f" [Comment: {' '.join(_text(body) for body in child.iter('{*}p'))}]")
        elif kind not in ("frame", "text-box"):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Yield rows as shown. Repeated rows and cells are repeated only if they have text, and within limits."""
    count = 0
    for row in sheet.iter("{*}table-row"):
        if next(row.iterancestors("{*}table")) is not sheet:
            continue
        cells: list[str] = []
        for cell in row:
            if local_name(cell) in ("table-cell", "covered-table-cell"):
                text = " ".join(" ".join(_blocks(cell)).split())
                cells += [text] * min(_repeated(cell, "number-columns-repeated"), MAX_COLUMNS - len(cells))
        times = _repeated(row, "number-rows-repeated") if any(cells) else 1
        for _ in range(min(times, MAX_ROWS - count)):
            count += 1
            yield cells


def _repeated(element: Any, name: str) -> int:
    value = attribute(element, name)
    return int(value) if value.isdecimal() else 1
