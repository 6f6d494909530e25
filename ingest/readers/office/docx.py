"""Read Word documents (DOCX): text as it would be printed, tables, figures, notes and comments, but no deleted text.

Pages are those that Word marked when it last saved the file; a file without such marks is divided at its headings.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ingest.readers.blocks.assembly import section_pages, unit_pages
from ingest.readers.blocks.block import Block, Content, PageBreak, figure, footnote, heading, item, paragraph
from ingest.readers.blocks.maths import is_formula, linear
from ingest.readers.blocks.numbers import span_of, whole_number
from ingest.readers.blocks.table_blocks import TableStyle, is_layout, printed_table_blocks
from ingest.readers.blocks.tables import CellText
from ingest.readers.office.charts import chart_blocks
from ingest.readers.office.docx_styles import Numbering, Styles, is_on, value_of
from ingest.readers.office.properties import office_metadata
from ingest.readers.office.zip_xml import Parts, attribute, child_of, local_name, open_parts, relation_id
from rag.errors import DocumentError
from rag.types import Page

_MAX_SPAN = 64

ReadCell = Callable[[Any], Sequence[Content | PageBreak]]

_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "pPr", "rPr", "instrText", "delText", "rt", "rubyPr"})
_BREAK = "\f"
"""Marks the end of a page in a paragraph; clean text does not contain it."""

_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})[.)]?\s+[^\W\d_]")
_MAX_BOLD_HEADING = 100
_SIGNS = {"tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}

Item = Content | PageBreak


class DocxReader:
    """Read the pages of a Word document, or its sections."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield its pages in order."""
        with open_parts(path) as parts:
            items = list(_Document(parts).items())
            metadata = office_metadata(parts)
        if any(isinstance(one, PageBreak) for one in items):
            yield from unit_pages(_by_page(items), metadata)
        else:
            yield from section_pages((one for one in items if not isinstance(one, PageBreak)), metadata)


def _by_page(items: Iterable[Item]) -> Iterator[tuple[str, list[Content]]]:
    """Yield the number and the blocks of each page that has any."""
    number = 1
    page: list[Content] = []
    for one in items:
        if not isinstance(one, PageBreak):
            page.append(one)
            continue
        if page:
            yield str(number), page
        number, page = number + one, []
    if page:
        yield str(number), page


class _Document:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._name = parts.main("word/document.xml")
        self._styles = Styles(self._related("styles"))
        self._numbering = Numbering(self._related("numbering"))
        self._notes = {
            kind: {attribute(note, "id"): note for note in self._elements(f"{kind}s", kind)}
            for kind in ("footnote", "endnote")
        }
        root = parts.xml(self._name)
        if root is None:
            raise DocumentError("the Word document is damaged: its text cannot be read")
        self._root = root
        self._rendered = next(root.iter("{*}lastRenderedPageBreak"), None) is not None
        self._has_headings = any(self._styles.level(properties) for properties in root.iter("{*}pPr"))

    def items(self) -> Iterator[Item]:
        """Yield all text in order; headers, footers and comments once, at the end."""
        for body in self._root.iter("{*}body"):
            yield from self._in(body)
        seen: set[str] = set()
        for kind in ("header", "footer"):
            for part in sorted(self._parts.related(self._name, f"/{kind}").values()):
                root = self._parts.xml(part)
                text = _plain(self._in(root)) if root is not None else ""
                if any(map(str.isalpha, text)) and text not in seen:
                    seen.add(text)
                    yield paragraph(f"{kind.capitalize()}: {text}")
        for comment in self._elements("comments", "comment"):
            text = _plain(self._in(comment))
            if text:
                yield paragraph(f"Comment by {attribute(comment, 'author') or 'unknown'}: {text}")

    def _in(self, container: Any) -> Iterator[Item]:
        for element in container:
            kind = local_name(element)
            if kind == "p":
                yield from self._paragraph(element)
            elif kind == "tbl":
                yield from table_blocks_of(element, lambda cell: list(self._in(cell)))
            elif kind not in _SKIPPED and kind not in ("sectPr", "sdtPr"):
                yield from self._in(element)

    def _paragraph(self, element: Any) -> Iterator[Item]:
        after: list[Item] = []
        text = "".join(self._inline(element, after))
        leading = len(text) - len(text.lstrip(f" {_BREAK}"))
        before, inside = text[:leading].count(_BREAK), text[leading:].count(_BREAK)
        if before:
            yield PageBreak(before)
        text = text.replace(_BREAK, "")
        if text.strip():
            yield self._block(element, text)
        yield from after
        if inside:
            yield PageBreak(inside)

    def _block(self, element: Any, text: str) -> Block:
        properties = child_of(element, "pPr")
        place = self._styles.place(properties)
        mark = self._numbering.mark(place) if place else ""
        level = self._styles.level(properties)
        numbered = f"{mark} {text}" if mark not in ("", "-") and not text.strip().startswith(mark) else text
        if not level and not self._has_headings:
            level = self._bold_level(element, numbered.strip())
        if level:
            return heading(level, numbered)
        if self._styles.is_caption(properties):
            return paragraph(numbered, "caption")
        return item(text, mark, place.level) if place and mark else paragraph(text)

    def _bold_level(self, element: Any, text: str) -> int:
        """Return the level of a short numbered line in bold, in a document whose headings have no styles."""
        match = _NUMBERED.match(text)
        if match is None or len(text) > _MAX_BOLD_HEADING or text.endswith((".", ",", ";", ":")):
            return 0
        if self._styles.is_bold(child_of(element, "pPr")):
            return match[1].count(".") + 1
        runs = [run for run in element.iter("{*}r") if any((t.text or "").strip() for t in run.iter("{*}t"))]
        return match[1].count(".") + 1 if runs and all(is_on(child_of(run, "rPr"), "b") for run in runs) else 0

    def _inline(self, element: Any, after: list[Item]) -> Iterator[str]:
        for child in element:
            kind = local_name(child)
            if kind in _SKIPPED:
                continue
            if kind == "t":
                yield child.text or ""
            elif is_formula(child):
                yield linear(child)
            elif kind in ("footnoteReference", "endnoteReference"):
                after.extend(self._note(kind.removesuffix("Reference"), attribute(child, "id")))
            elif kind == "txbxContent":
                after.extend(self._in(child))
            elif kind in ("br", "cr", "lastRenderedPageBreak"):
                yield self._break(child, kind)
            else:
                if kind in ("drawing", "pict"):
                    after.extend(self._picture(child))
                yield _SIGNS.get(kind, "")
                yield from self._inline(child, after)

    def _picture(self, element: Any) -> Iterator[Block]:
        """Yield the figures of a chart, or a picture with its alternative text, if any; a caption may follow it."""
        for chart in element.iter("{*}chart"):
            yield from chart_blocks(self._parts, self._name, relation_id(chart))
        if next(element.iter("{*}blip", "{*}imagedata", "{*}chart", "{*}relIds"), None) is not None:
            described = [attribute(one, "descr") for one in element.iter("{*}docPr")]
            described += [attribute(one, "alt") for one in element.iter("{*}shape")]
            yield figure("", next(filter(None, described), ""))

    def _break(self, element: Any, kind: str) -> str:
        if kind == "lastRenderedPageBreak":
            return _BREAK
        if kind == "br" and attribute(element, "type") == "page":
            return "" if self._rendered else _BREAK
        return "\n"

    def _note(self, kind: str, number: str) -> Iterator[Block]:
        note = self._notes[kind].pop(number, None)  # only once, even if it refers to itself
        if note is not None:
            yield footnote(kind, number, _plain(self._in(note)))

    def _related(self, kind: str) -> Any | None:
        return next(map(self._parts.xml, self._parts.related(self._name, f"/{kind}").values()), None)

    def _elements(self, part: str, kind: str) -> Iterator[Any]:
        for name in self._parts.related(self._name, f"/{part}").values():
            root = self._parts.xml(name)
            if root is not None:
                yield from root.iter(f"{{*}}{kind}")


def _plain(items: Iterable[Item]) -> str:
    return " ".join(one.plain for one in items if isinstance(one, Block))


class _Row(NamedTuple):
    cells: list[tuple[Any, Sequence[Content | PageBreak]]]
    is_head: bool
    skipped: int
    """Columns left out before the first cell."""

    @property
    def blocks(self) -> list[list[Block]]:
        """The blocks of each cell."""
        return [[one for one in content if isinstance(one, Block)] for _, content in self.cells]


def table_blocks_of(element: Any, read: ReadCell) -> Iterator[Block | PageBreak]:
    """Yield the blocks of a table, or those of its cells if it only lays out the page. `read` reads a cell."""
    rows = [_row(row, element, read) for row in element.iter("{*}tr") if _table_of(row) is element]
    heads = sum(1 for row in rows if row.is_head)
    if not heads and is_layout([row.blocks for row in rows]):
        for row in rows:
            for _, blocks in row.cells:
                yield from (block for block in blocks if isinstance(block, Block | PageBreak))
        return
    caption = value_of(child_of(element, "tblPr"), "tblCaption")
    style = TableStyle(heads if 0 < heads < len(rows) else None, caption, is_certain=heads > 0)
    yield from printed_table_blocks(_cells(rows), style)


def _table_of(element: Any) -> Any:
    return next(element.iterancestors("{*}tbl"), None)


def _row(element: Any, table: Any, read: ReadCell) -> _Row:
    cells = [cell for cell in element.iter("{*}tc") if _table_of(cell) is table]
    properties = child_of(element, "trPr")
    skipped = min(whole_number(value_of(properties, "gridBefore")), _MAX_SPAN)
    return _Row([(cell, read(cell)) for cell in cells], is_on(properties, "tblHeader"), skipped)


def _cells(rows: Sequence[_Row]) -> Iterator[list[CellText] | PageBreak]:
    """Yield rows of cells; the end of a page is before the row that begins with it, or after one that it divides."""
    heights = _heights(rows)
    for number, row in enumerate(rows):
        cells: list[CellText] = []
        column = row.skipped
        before = after = 0
        for cell, blocks in row.cells:
            width = _span(cell)
            if not _continues(cell):
                text = " ".join(block.plain for block in blocks if isinstance(block, Block))
                cells.append(CellText(number, column, text, heights.get((number, column), 1), width))
            breaks = [one for one in blocks if isinstance(one, PageBreak)]
            leading = bool(breaks) and isinstance(blocks[0], PageBreak)
            before = max(before, int(breaks[0]) if leading else 0)
            after = max(after, sum(breaks) - (int(breaks[0]) if leading else 0))
            column += width
        if before:
            yield PageBreak(before)
        yield cells
        if after:
            yield PageBreak(after)


def _heights(rows: Sequence[_Row]) -> dict[tuple[int, int], int]:
    """Return how many rows each cell spans that others continue."""
    heights: dict[tuple[int, int], int] = {}
    begun: dict[int, int] = {}
    for number, row in enumerate(rows):
        column = row.skipped
        for cell, _ in row.cells:
            if _continues(cell) and column in begun:
                heights[begun[column], column] = number - begun[column] + 1
            else:
                begun[column] = number
            column += _span(cell)
    return heights


def _continues(cell: Any) -> bool:
    """Return True if a cell is the lower part of one that spans rows."""
    merge = child_of(child_of(cell, "tcPr"), "vMerge")
    return merge is not None and attribute(merge, "val") != "restart"


def _span(cell: Any) -> int:
    return span_of(value_of(child_of(cell, "tcPr"), "gridSpan"), _MAX_SPAN)
