"""Read presentations (PPTX): a page per slide with its title, tables, charts, diagrams, notes and comments."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ingest.readers.blocks.assembly import unit_pages
from ingest.readers.blocks.block import Block, Content, Note, figure, heading, item, paragraph
from ingest.readers.blocks.maths import is_formula, linear
from ingest.readers.blocks.numbers import span_of, whole_number
from ingest.readers.blocks.table_blocks import MAX_SPAN, TableStyle, rows_of, table_blocks
from ingest.readers.blocks.tables import CellText
from ingest.readers.office.charts import chart_blocks
from ingest.readers.office.properties import office_metadata
from ingest.readers.office.zip_xml import Parts, attribute, child_of, local_name, open_parts, relation_id
from rag.errors import DocumentError
from rag.types import Page

_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_TITLE_PLACEHOLDERS = ("title", "ctrTitle")
_FOOTER_PLACEHOLDERS = ("sldNum", "dt", "ftr", "hdr")
_LIST_PLACEHOLDERS = ("body", "obj")
_TRUE = ("1", "true", "on")


class PptxReader:
    """Read the slides of a presentation."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield a page per slide in the order they are shown, including slides without text."""
        with open_parts(path) as parts:
            names = _slides(parts)
            if not names:
                raise DocumentError("the presentation has no slides")
            slides = ((f"slide {number}", _blocks(parts, name)) for number, name in enumerate(names, start=1))
            yield from unit_pages(slides, office_metadata(parts))


def _slides(parts: Parts) -> list[str]:
    main = parts.main("ppt/presentation.xml")
    related = parts.related(main, "/slide")
    root = parts.xml(main)
    ids = [] if root is None else [relation_id(slide) for slide in root.iter("{*}sldId")]
    found = [related[one] for one in ids if one in related]
    if found:
        return found
    numbered = [(int(match[1]), name) for name in parts.names if (match := _SLIDE.fullmatch(name))]
    return [name for _, name in sorted(numbered)]


def _blocks(parts: Parts, name: str) -> Iterator[Content]:
    root = parts.xml(name)
    if root is None:
        yield Note("the slide is damaged and cannot be read")
        return
    for tree in root.iter("{*}spTree"):
        blocks = list(_shapes(parts, name, tree))
        yield from (block for block in blocks if block.level)
        yield from (block for block in blocks if not block.level)
    for kind, label in (("/diagramData", ""), ("/notesSlide", "Notes: "), ("/comments", "Comment: ")):
        for part in parts.related(name, kind).values():
            yield from _related_text(parts.xml(part), label)


def _related_text(root: Any | None, label: str) -> Iterator[Block]:
    if root is None:
        return
    shapes = [shape for shape in root.iter("{*}sp") if _placeholder(shape) in (*_FOOTER_PLACEHOLDERS, "sldImg")]
    for shape in shapes:
        shape.getparent().remove(shape)
    texts = [_paragraph(one) for one in root.iter("{*}p") if local_name(one) == "p"]
    texts += [element.text or "" for element in root.iter("{*}text")]
    text = "\n".join(text for text in texts if text.strip())
    if text:
        yield paragraph(label + text)


def _shapes(parts: Parts, name: str, tree: Any) -> Iterator[Block]:
    """Yield the blocks of each shape in drawing order; the slide's title is a heading."""
    for shape in tree:
        kind = local_name(shape)
        if kind == "sp":
            yield from _text_blocks(shape)
        elif kind == "pic":
            yield figure("", next((attribute(one, "descr") for one in shape.iter("{*}cNvPr")), ""))
        elif kind == "graphicFrame":
            for table in shape.iter("{*}tbl"):
                yield from _table(table)
            for chart in shape.iter("{*}chart"):
                yield from chart_blocks(parts, name, relation_id(chart))
        elif kind in ("grpSp", "AlternateContent", "Choice"):
            yield from _shapes(parts, name, shape)


def _text_blocks(shape: Any) -> Iterator[Block]:
    place = _placeholder(shape)
    paragraphs = [one for body in shape.iter("{*}txBody") for one in body.iter("{*}p")]
    lines = [(one, text) for one in paragraphs if (text := _paragraph(one)).strip()]
    if not lines or place in _FOOTER_PLACEHOLDERS:
        return
    if place in _TITLE_PLACEHOLDERS:
        yield heading(1, " ".join(text for _, text in lines))
    elif place in _LIST_PLACEHOLDERS and len(lines) > 1:
        for one, text in lines:
            yield item(text, _mark(one), _depth(one))
    else:
        yield paragraph("\n".join(text for _, text in lines))


def _placeholder(shape: Any) -> str:
    found = next(shape.iter("{*}ph"), None)
    return (attribute(found, "type") or "obj") if found is not None else ""


def _depth(element: Any) -> int:
    properties = child_of(element, "pPr")
    return 0 if properties is None else min(whole_number(attribute(properties, "lvl")), 8)


def _mark(element: Any) -> str:
    """Return "-" for a line of a list, "" for one whose mark is switched off."""
    properties = child_of(element, "pPr")
    return "" if properties is not None and next(properties.iter("{*}buNone"), None) is not None else "-"


def _table(table: Any) -> Iterator[Block]:
    """Yield a table; what a merged cell covers has cells of its own in the file."""
    cells: list[CellText] = []
    rows = list(table.iter("{*}tr"))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row.iter("{*}tc")):
            if attribute(cell, "hMerge") in _TRUE or attribute(cell, "vMerge") in _TRUE:
                continue
            text = " ".join(_paragraph(one) for one in cell.iter("{*}p"))
            spans = (span_of(attribute(cell, name), MAX_SPAN) for name in ("rowSpan", "gridSpan"))
            cells.append(CellText(number, column, text, *spans))
    properties = next(table.iter("{*}tblPr"), None)
    has_head = properties is not None and attribute(properties, "firstRow") in _TRUE and len(rows) > 1
    yield from table_blocks(rows_of(cells), TableStyle(1 if has_head and not _is_merged(cells) else None))


def _is_merged(cells: Iterable[CellText]) -> bool:
    """Return True if heads of the first row span columns: then further rows may be heads too."""
    return any(cell.row == 0 and cell.column_span > 1 for cell in cells)


def _paragraph(element: Any) -> str:
    return "".join(_inline(element))


def _inline(element: Any) -> Iterator[str]:
    for child in element:
        kind = local_name(child)
        if kind == "t":
            yield child.text or ""
        elif kind in ("br", "tab"):
            yield "\n" if kind == "br" else "\t"
        elif is_formula(child):
            yield linear(child)
        elif kind != "Fallback":
            yield from _inline(child)
