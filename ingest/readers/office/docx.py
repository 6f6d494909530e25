"""Read Word documents (DOCX): text as it would be printed, tables, notes and comments, but no deleted text.

Pages are those that Word marked when it last saved the file; a file without such marks is divided at its headings.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.readers.office.zip_xml import Parts, attribute, local_name, open_parts
from ingest.readers.pages import heading, section_pages, table_text, unit_pages
from rag.errors import DocumentError
from rag.types import Page

_HEADING_STYLE = re.compile(r"(?:heading|überschrift|titre|título)\s*(\d)", re.IGNORECASE)
_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "pPr", "rPr", "instrText", "delText"})
_BREAK = "\f"
"""Marks the end of a page; clean text does not contain it."""


class DocxReader:
    """Read the pages of a Word document, or its sections."""

    name = "Word document"
    suffixes = frozenset({".docx", ".docm", ".dotx"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield its pages in order."""
        with open_parts(path) as parts:
            blocks = list(_Document(parts).blocks())
        if any(_BREAK in block for block in blocks):
            yield from unit_pages(_by_page(blocks))
        else:
            yield from section_pages(blocks)


def _by_page(blocks: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the number and the blocks of each page; a block belongs to the page that it begins on."""
    number = 1
    page: list[str] = []
    for block in blocks:
        if block.lstrip(" ").startswith(_BREAK) and page:
            yield str(number), page
            number, page = number + block.count(_BREAK), [block.replace(_BREAK, "")]
            continue
        page.append(block.replace(_BREAK, ""))
        if _BREAK in block:
            yield str(number), page
            number, page = number + block.count(_BREAK), []
    if page:
        yield str(number), page


class _Document:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._name = _main_part(parts)
        self._levels = self._heading_levels()
        self._notes = {
            kind: {attribute(note, "id"): note for note in self._elements(f"{kind}s", kind)}
            for kind in ("footnote", "endnote")
        }
        root = parts.xml(self._name)
        if root is None:
            raise DocumentError("the Word document is damaged: its text cannot be read")
        self._root = root
        self._rendered = next(root.iter("{*}lastRenderedPageBreak"), None) is not None

    def blocks(self) -> Iterator[str]:
        """Yield all text in order; headers, footers and comments once, at the end."""
        for body in self._root.iter("{*}body"):
            yield from self._in(body)
        seen: set[str] = set()
        for kind in ("header", "footer"):
            for part in sorted(self._parts.related(self._name, f"/{kind}").values()):
                root = self._parts.xml(part)
                text = " ".join(" ".join(self._in(root)).split()) if root is not None else ""
                if any(map(str.isalpha, text)) and text not in seen:
                    seen.add(text)
                    yield f"{kind.capitalize()}: {text}"
        for comment in self._elements("comments", "comment"):
            text = " ".join(" ".join(self._in(comment)).split())
            if text:
                yield f"Comment by {attribute(comment, 'author') or 'unknown'}: {text}"

    def _in(self, container: Any) -> Iterator[str]:
        for element in container:
            kind = local_name(element)
            if kind == "p":
                yield from self._paragraph(element)
            elif kind == "tbl":
                yield self._table(element)
            elif kind not in _SKIPPED and kind not in ("sectPr", "sdtPr"):
                yield from self._in(element)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        after: list[str] = []
        text = "".join(self._inline(paragraph, after))
        properties = next((child for child in paragraph if local_name(child) == "pPr"), None)
        level = self._level(properties)
        if level and text.strip(f"{_BREAK} \n"):
            breaks = _BREAK * text.count(_BREAK)
            yield breaks + heading(level, text.replace(_BREAK, " "))
        elif properties is not None and next(properties.iter("{*}numPr"), None) is not None and text.strip():
            yield f"- {text.strip(' ')}" if _BREAK not in text else f"{text}"
        elif text.strip(" \n") or _BREAK in text:
            yield text
        yield from after

    def _inline(self, element: Any, after: list[str]) -> Iterator[str]:
        for child in element:
            kind = local_name(child)
            if kind in _SKIPPED:
                continue
            if kind == "t":
                yield child.text or ""
            elif kind in ("footnoteReference", "endnoteReference"):
                after.extend(self._note(kind.removesuffix("Reference"), attribute(child, "id")))
            elif kind == "txbxContent":
                after.extend(self._in(child))
            elif kind in ("br", "cr", "lastRenderedPageBreak"):
                yield self._break(child, kind)
            else:
                yield _SIGNS.get(kind, "")
                yield from self._inline(child, after)

    def _break(self, element: Any, kind: str) -> str:
        if kind == "lastRenderedPageBreak":
            return _BREAK
        if kind == "br" and attribute(element, "type") == "page":
            return "" if self._rendered else _BREAK
        return "\n"

    def _table(self, element: Any) -> str:
        rows: list[list[str]] = []
        for row in element.iterchildren("{*}tr", "{*}sdt"):
            cells: list[str] = []
            for cell in row.iter("{*}tc"):
                if cell.getparent().iterancestors("{*}tbl").__next__() is not element:
                    continue  # a nested table's: its text is part of the outer cell
                text = " ".join(" ".join(self._in(cell)).replace(_BREAK, " ").split())
                above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else ""
                cells.append(text or (above if _continues(cell) else ""))
                cells += [cells[-1] if not rows else ""] * (_span(cell) - 1)
            rows.append(cells)
        return table_text(rows)

    def _note(self, kind: str, number: str) -> Iterator[str]:
        note = self._notes[kind].pop(number, None)  # only once, even if it refers to itself
        if note is not None:
            text = " ".join(" ".join(self._in(note)).split())
            if text:
                yield f"[{kind} {number}] {text}"

    def _elements(self, part: str, kind: str) -> Iterator[Any]:
        for name in self._parts.related(self._name, f"/{part}").values():
            root = self._parts.xml(name)
            if root is not None:
                yield from root.iter(f"{{*}}{kind}")

    def _heading_levels(self) -> dict[str, int]:
        """Return the levels of styles that are headings by their outline level or name."""
        levels: dict[str, int] = {}
        for style in self._elements("styles", "style"):
            name = next((attribute(child, "val") for child in style if local_name(child) == "name"), "")
            outline = next((attribute(child, "val") for child in style.iter("{*}outlineLvl")), "")
            match = _HEADING_STYLE.match(name)
            if match:
                levels[attribute(style, "styleId")] = int(match[1]) or 1
            elif name.lower() == "title":
                levels[attribute(style, "styleId")] = 1
            elif outline.isdecimal() and int(outline) < 6:
                levels[attribute(style, "styleId")] = int(outline) + 1
        return levels

    def _level(self, properties: Any | None) -> int:
        if properties is None:
            return 0
        for child in properties:
            if local_name(child) == "pStyle":
                return self._levels.get(attribute(child, "val"), 0)
        return 0


_SIGNS = {"tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}


def _main_part(parts: Parts) -> str:
    found = list(parts.related("", "/officeDocument").values())
    return found[0] if found else "word/document.xml"


def _continues(cell: Any) -> bool:
    """Return True if a cell is the lower part of one that spans rows."""
    merge = next(cell.iter("{*}vMerge"), None)
    return merge is not None and attribute(merge, "val") != "restart"


def _span(cell: Any) -> int:
    span = next(cell.iter("{*}gridSpan"), None)
    value = attribute(span, "val") if span is not None else ""
    return min(int(value), 64) if value.isdecimal() else 1
