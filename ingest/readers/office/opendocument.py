"""Read OpenDocument texts, spreadsheets and presentations, be they archives or single ("flat") files of XML."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ingest.readers.blocks.assembly import section_pages, unit_pages
from ingest.readers.blocks.block import Block, Content, figure, heading, item, paragraph
from ingest.readers.blocks.maths import linear
from ingest.readers.blocks.numbers import whole_number
from ingest.readers.blocks.pages import unit_label
from ingest.readers.blocks.table_blocks import MAX_SPAN, TableStyle, table_blocks
from ingest.readers.blocks.tables import CellText
from ingest.readers.office.properties import stated_metadata
from ingest.readers.office.sheet_tables import MAX_COLUMNS, MAX_ROWS, Hidden, sheet_blocks
from ingest.readers.office.zip_xml import Parts, attribute, local_name, open_parts, parse_xml
from rag.errors import DocumentError
from rag.types import Page

_SKIPPED = frozenset(
    """tracked-changes forms sequence-decls annotation-end table-column settings ruby-text note desc title
    variable-decls user-field-decls""".split()
)
_INVISIBLE = ("collapse", "filter")
_PICTURES = re.compile(rb"(<(?:[\w.-]+:)?binary-data\b[^<>]*>)[^<]+")
"""Pictures within a flat file: they are no text, and one of 10 MB would end the parsing."""


class OdfReader:
    """Read slides and sheets as a page each, and texts by their headings."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  encryption is not supported
        """Yield its text in order."""
        if _is_flat(path):
            root = parse_xml(_PICTURES.sub(rb"\1", path.read_bytes()))
            yield from _pages(root, None, stated_metadata(None if root is None else root.find("{*}meta")))
            return
        with open_parts(path) as parts:
            if b"encryption-data" in parts.read("META-INF/manifest.xml"):
                raise DocumentError("the OpenDocument file is encrypted; save it without a password and try again")
            yield from _pages(parts.xml("content.xml"), parts, stated_metadata(parts.xml("meta.xml")))


def _is_flat(path: Path) -> bool:
    """Return True for a file that is no archive of parts."""
    with path.open("rb") as stream:
        return stream.read(2) != b"PK"


def _pages(root: Any | None, parts: Parts | None, metadata: dict[str, str]) -> Iterator[Page]:
    """Yield the pages of a document; `parts` are those of its archive, None for a flat file."""
    body = None if root is None else next(root.iter("{*}body"), None)
    if body is None or not len(body):
        raise DocumentError("the OpenDocument file is damaged: it has no content")
    content = body[0]
    read = _Content(parts, _Styles(root))
    kind = local_name(content)
    if kind in ("presentation", "drawing"):
        slides = enumerate(content.iterchildren("{*}page"), start=1)
        yield from unit_pages(((f"slide {number}", read.slide(slide)) for number, slide in slides), metadata)
    elif kind == "spreadsheet":
        sheets = content.iterchildren("{*}table")
        yield from unit_pages(
            ((unit_label("sheet", attribute(sheet, "name")), read.sheet(sheet)) for sheet in sheets), metadata
        )
    else:
        yield from section_pages(read.blocks(content), metadata)


class _Styles:
    """The styles that a text defines for itself, which say what its paragraphs are based on."""

    def __init__(self, root: Any | None) -> None:
        self._parents: dict[str, str] = {}
        for style in root.iter("{*}style") if root is not None else ():
            self._parents[attribute(style, "name")] = attribute(style, "parent-style-name")

    def is_named(self, element: Any, *names: str) -> bool:
        """Return True if an element's style, or the one it is based on, has one of the names."""
        name = attribute(element, "style-name")
        return any(one.replace("_20_", " ") in names for one in (name, self._parents.get(name, "")))


class _List(NamedTuple):
    """Where in a list a text stands; `mark` is "" after the item's first text."""

    mark: str
    depth: int


class _Content:
    def __init__(self, parts: Parts | None, styles: _Styles) -> None:
        self._parts = parts
        self._styles = styles

    def slide(self, slide: Any) -> Iterator[Content]:
        """Yield the blocks of a slide, its notes at the end."""
        for shape in slide:
            if local_name(shape) == "notes":
                continue
            blocks = list(self.blocks(shape)) if local_name(shape) != "frame" else list(self._frame(shape))
            if attribute(shape, "class") == "title":
                yield heading(1, " ".join(block.plain for block in blocks))
            else:
                yield from blocks
        for note in (child for child in slide if local_name(child) == "notes"):
            text = "\n".join(block.text for block in self.blocks(note))
            if text.strip():
                yield paragraph(f"Notes: {text}")

    def sheet(self, sheet: Any) -> Iterator[Content]:
        """Yield the blocks of a sheet."""
        rows = [row for row in sheet.iter("{*}table-row") if attribute(row, "visibility") in _INVISIBLE]
        hidden = sum(
            min(_count(row, "number-rows-repeated"), MAX_ROWS) for row in rows if "".join(row.itertext()).strip()
        )
        cells = ([cell for cell in row if cell.text] for row in self._rows(sheet))
        return sheet_blocks(attribute(sheet, "name"), cells, Hidden(hidden))

    def blocks(self, container: Any, place: _List | None = None) -> Iterator[Block]:
        """Yield the blocks in an element in order."""
        for element in container:
            kind = local_name(element)
            if kind in _SKIPPED:
                continue
            if kind == "h":
                yield heading(whole_number(attribute(element, "outline-level"), 1), _text(element))
                yield from self._floating(element)
            elif kind == "p":
                yield from self._paragraph(element, place)
                place = place and _List("", place.depth)
            elif kind == "table":
                yield from self._table(element)
            elif kind == "annotation":
                yield from (paragraph(f"Comment: {block.text}") for block in self.blocks(element))
            elif kind == "frame":
                yield from self._frame(element)
            elif kind == "list":
                yield from self._list(element, place)
            else:
                yield from self.blocks(element, place)

    def _list(self, element: Any, place: _List | None) -> Iterator[Block]:
        depth = place.depth + 1 if place else 0
        for one in element:
            if local_name(one) in ("list-item", "list-header"):
                yield from self.blocks(one, _List("-" if local_name(one) == "list-item" else "", depth))

    def _paragraph(self, element: Any, place: _List | None) -> Iterator[Block]:
        text = _text(element)
        if self._styles.is_named(element, "Title"):
            yield heading(1, text)
        elif self._styles.is_named(element, "Caption", "Table", "Illustration", "Figure", "Drawing"):
            yield paragraph(text, "caption")
        elif place is not None:
            yield item(text, place.mark, place.depth + (not place.mark))
        elif text.strip():
            yield paragraph(text)
        yield from self._floating(element)

    def _floating(self, element: Any) -> Iterator[Block]:
        """Yield what floats in a paragraph: boxes of text, pictures, formulas' frames."""
        for child in element:
            if local_name(child) == "frame":
                yield from self._frame(child)
            elif local_name(child) not in _SKIPPED:
                yield from self._floating(child)

    def _frame(self, frame: Any) -> Iterator[Block]:
        kinds = {local_name(child) for child in frame}
        described = next((" ".join(one.itertext()) for one in frame if local_name(one) in ("desc", "title")), "")
        if "text-box" in kinds or "table" in kinds:
            yield from self.blocks(frame)
        elif "object" in kinds:
            yield from self._object(next(one for one in frame if local_name(one) == "object"), described)
        elif "image" in kinds:
            yield figure("", described)

    def _object(self, element: Any, described: str) -> Iterator[Block]:
        """Yield an embedded formula as text, any other object as a figure."""
        name = attribute(element, "href").removeprefix("./")
        root = self._parts.xml(f"{name}/content.xml") if name and self._parts else element  # a flat file has it within
        maths = None if root is None else next(root.iter("{*}math"), None)
        yield paragraph(linear(maths)) if maths is not None else figure("", described)

    def _table(self, element: Any) -> Iterator[Block]:
        heads = sum(
            1
            for row in element.iter("{*}table-row")
            if any(local_name(one) == "table-header-rows" for one in _above(row, element))
        )
        yield from table_blocks(self._rows(element), TableStyle(heads or None, is_certain=heads > 0))

    def _rows(self, table: Any) -> Iterator[list[CellText]]:
        """Yield rows as shown. Repeated rows and cells are repeated only if they have text, and within limits."""
        number = 0
        for row in table.iter("{*}table-row"):
            if next(row.iterancestors("{*}table")) is not table:
                continue
            cells = list(self._cells(row, number))
            times = _count(row, "number-rows-repeated") if any(cell.text for cell in cells) else 1
            for _ in range(min(times, MAX_ROWS - number)):
                yield [cell._replace(row=number) for cell in cells]
                number += 1

    def _cells(self, row: Any, number: int) -> Iterator[CellText]:
        column = 0
        for cell in row:
            kind = local_name(cell)
            if kind not in ("table-cell", "covered-table-cell"):
                continue
            times = min(_count(cell, "number-columns-repeated"), MAX_COLUMNS - column)
            if kind == "table-cell" and len(cell):
                text = " ".join(block.plain for block in self.blocks(cell))
                spans = (min(_count(cell, f"number-{name}-spanned"), MAX_SPAN) for name in ("rows", "columns"))
                height, width = spans
                for place in range(column, column + times):
                    yield CellText(number, place, text, height, width)
            column += times


def _above(row: Any, table: Any) -> Iterator[Any]:
    for element in row.iterancestors():
        if element is table:
            return
        yield element


def _text(element: Any) -> str:
    """Return an element's own text, without the boxes that float in it, which are read separately."""
    parts = [element.text or ""]
    for child in element:
        kind = local_name(child)
        if kind == "s":
            parts.append(" " * min(_count(child, "c"), 1000))
        elif kind in ("tab", "line-break"):
            parts.append("\t" if kind == "tab" else "\n")
        elif kind == "note":
            parts += [f" [{_text(body)}]" for body in child.iter("{*}p")]
        elif kind == "annotation":
            parts.append(f" [Comment: {' '.join(_text(body) for body in child.iter('{*}p'))}]")
        elif kind not in ("frame", "text-box", "ruby-text"):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _count(element: Any, name: str) -> int:
    return whole_number(attribute(element, name), 1)
