"""Read any XML file: a block per element with text of its own; an article's sections, tables and formulas by name."""

from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml import etree

from ingest.readers.blocks.block import Block, heading, paragraph
from ingest.readers.blocks.maths import is_formula, linear
from ingest.readers.blocks.pages import joined, metadata_of
from ingest.readers.html_tables import html_table
from ingest.readers.office.zip_xml import local_name

_TITLES = ("title", "article-title")
_SECTIONS = ("sec", "section", "chapter", "sect1", "sect2", "sect3", "sect4", "appendix")
_CAPTIONED = ("table-wrap", "fig")
_CAPTION_PARTS = ("label", "caption")
_MAX_TITLE = 200
_MAX_DEPTH = 200


def xml_blocks(element: Any, depth: int = 0) -> Iterator[Block]:
    """Yield the blocks of an element in order."""
    kind = local_name(element)
    if kind == "table" and next(element.iter("tr"), None) is not None:
        yield from html_table(element, lambda cell: list(_block(cell)))
    elif is_formula(element) or _has_own_text(element) or depth > _MAX_DEPTH:
        yield from _block(element)
    elif kind in _CAPTIONED:
        parts = [child for child in element if local_name(child) in _CAPTION_PARTS]
        yield paragraph(" ".join(text for child in parts if (text := text_of(child))), "caption")
        for child in element.iterchildren(tag=etree.Element):
            if child not in parts:
                yield from xml_blocks(child, depth + 1)
    else:
        for child in element.iterchildren(tag=etree.Element):
            yield from xml_blocks(child, depth + 1)


def xml_metadata(root: Any) -> dict[str, str]:
    """Return what an article says of itself, by the names that JATS and DocBook use."""
    names = (text_of(one) for one in root.iter("{*}contrib") for one in one.iter("{*}name"))
    first = {name: next((text_of(one) for one in root.iter(f"{{*}}{name}")), "") for name in _STATED}
    year = next(root.iter("{*}pub-date"), None)
    date = "" if year is None else "-".join(filter(None, (year.findtext(f"{{*}}{part}") for part in _DATE)))
    values = [(key, first[name]) for name, key in _STATED.items()]
    return metadata_of([*values, ("author", joined(names)), ("date", date)])


_STATED = {"article-title": "title", "publisher-name": "organisation"}
_DATE = ("year", "month", "day")


def text_of(element: Any) -> str:
    """Return an element's text on one line, with formulas written as such."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Any, depth: int = 0) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        yield from element.itertext()
        return
    if is_formula(element):
        yield linear(element)
        return
    yield element.text or ""
    for child in element:
        if child.tag is etree.Entity:
            yield unescape(child.text or "")  # "&deg;", which the file's own definition of its format would define
        elif local_name(child):
            yield from _texts(child, depth + 1)
        yield child.tail or ""


def _block(element: Any) -> Iterator[Block]:
    text = text_of(element)
    is_title = local_name(element).lower() in _TITLES and len(text) < _MAX_TITLE
    if is_title:
        inside = sum(local_name(one) in _SECTIONS for one in element.iterancestors())
        yield heading(max(inside + 1, 2), text)
    elif text:
        yield paragraph(text)


def _has_own_text(element: Any) -> bool:
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)
