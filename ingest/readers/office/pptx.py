"""Read presentations (PPTX): a page per slide with its title, tables, charts, diagrams, notes and comments."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.readers.office.zip_xml import Parts, attribute, local_name, open_parts
from ingest.readers.pages import Note, heading, table_text, unit_pages
from rag.errors import DocumentError
from rag.types import Page

_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_TITLE_PLACEHOLDERS = ("title", "ctrTitle")
_FOOTER_PLACEHOLDERS = ("sldNum", "dt", "ftr", "hdr")


class PptxReader:
    """Read the slides of a presentation."""

    name = "presentation"
    suffixes = frozenset({".pptx", ".pptm", ".ppsx"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield a page per slide in the order they are shown, including slides without text."""
        with open_parts(path) as parts:
            names = _slides(parts)
            if not names:
                raise DocumentError("the presentation has no slides")
            yield from unit_pages(
                (f"slide {number}", _blocks(parts, name)) for number, name in enumerate(names, start=1)
            )


def _slides(parts: Parts) -> list[str]:
    main = next(iter(parts.related("", "/officeDocument").values()), "ppt/presentation.xml")
    related = parts.related(main, "/slide")
    root = parts.xml(main)
    ids = [] if root is None else [_relation_id(slide) for slide in root.iter("{*}sldId")]
    found = [related[one] for one in ids if one in related]
    if found:
        return found
    numbered = [(int(match[1]), name) for name in parts.names if (match := _SLIDE.fullmatch(name))]
    return [name for _, name in sorted(numbered)]


def _relation_id(element: Any) -> str:
    """Return the id of a relation, `r:id`, which differs from the slide's own `id`."""
    for key, value in element.attrib.items():
        if key.endswith("}id") and "relationships" in key:
            return str(value)
    return ""


def _blocks(parts: Parts, name: str) -> Iterator[str]:
    root = parts.xml(name)
    if root is None:
        yield Note("the slide is damaged and cannot be read")
        return
    for tree in root.iter("{*}spTree"):
        shapes = list(_shapes(parts, name, tree))
        yield from (text for is_title, text in shapes if is_title)
        yield from (text for is_title, text in shapes if not is_title)
    for kind, label in (("/diagramData", ""), ("/notesSlide", "Notes: "), ("/comments", "Comment: ")):
        for part in parts.related(name, kind).values():
            yield from _related_text(parts.xml(part), label)


def _related_text(root: Any | None, label: str) -> Iterator[str]:
    if root is None:
        return
    shapes = [shape for shape in root.iter("{*}sp") if _placeholder(shape) in (*_FOOTER_PLACEHOLDERS, "sldImg")]
    for shape in shapes:
        shape.getparent().remove(shape)
    texts = [_paragraph(paragraph) for paragraph in root.iter("{*}p") if local_name(paragraph) == "p"]
    texts += [element.text or "" for element in root.iter("{*}text")]
    text = "\n".join(text for text in texts if text.strip())
    if text:
        yield label + text


def _shapes(parts: Parts, name: str, tree: Any) -> Iterator[tuple[bool, str]]:
    """Yield the text of each shape in drawing order, after whether it is the slide's title."""
    for shape in tree:
        kind = local_name(shape)
        if kind == "sp":
            place = _placeholder(shape)
            if place in _FOOTER_PLACEHOLDERS:
                continue
            lines = [_paragraph(paragraph) for body in shape.iter("{*}txBody") for paragraph in body.iter("{*}p")]
            text = "\n".join(line for line in lines if line.strip())
            if text:
                is_title = place in _TITLE_PLACEHOLDERS
                yield is_title, heading(1, text) if is_title else text
        elif kind == "graphicFrame":
            for rows in shape.iter("{*}tbl"):
                yield False, table_text([[_cell(cell) for cell in row.iter("{*}tc")] for row in rows.iter("{*}tr")])
            for chart in shape.iter("{*}chart"):
                yield False, _chart(parts, name, _relation_id(chart))
        elif kind in ("grpSp", "AlternateContent", "Choice"):
            yield from _shapes(parts, name, shape)


def _placeholder(shape: Any) -> str:
    found = next(shape.iter("{*}ph"), None)
    return attribute(found, "type") if found is not None else ""


def _cell(cell: Any) -> str:
    return " ".join(_paragraph(paragraph) for paragraph in cell.iter("{*}p"))


def _paragraph(paragraph: Any) -> str:
    texts = []
    for element in paragraph.iter():
        kind = local_name(element)
        if kind == "t":
            texts.append(element.text or "")
        elif kind in ("br", "tab"):
            texts.append("\n" if kind == "br" else "\t")
    return "".join(texts)


def _chart(parts: Parts, name: str, relation: str) -> str:
    """Return the figures of a chart as a table: a row per category, a column per series."""
    part = parts.related(name, "/chart").get(relation, "")
    root = parts.xml(part)
    if root is None:
        return ""
    title = "".join(text.text or "" for found in root.iter("{*}title") for text in found.iter("{*}t"))
    rows: dict[str, list[str]] = {}
    head = ["Category"]
    for series in root.iter("{*}ser"):
        values = {local_name(child): _values(child) for child in series}
        head.append(next(iter(values.get("tx", {}).values()), ""))
        categories = values.get("cat") or values.get("xVal") or {}
        for place, value in (values.get("val") or values.get("yVal") or {}).items():
            row = rows.setdefault(categories.get(place, place), [])
            row += [""] * (len(head) - 2 - len(row)) + [value]
    shown = table_text([head, *([category, *row] for category, row in rows.items())], has_head=True)
    return f"{title}\n{shown}".strip()


def _values(element: Any) -> dict[str, str]:
    """Return the cached values by their index."""
    return {
        attribute(point, "idx"): "".join(value.text or "" for value in point.iter("{*}v"))
        for point in element.iter("{*}pt")
    } or {"0": "".join(value.text or "" for value in element.iter("{*}v"))}
