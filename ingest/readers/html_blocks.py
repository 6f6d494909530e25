"""Walk through the elements of an HTML page and yield its blocks as a browser would show them."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ingest.readers.blocks.block import Block, figure, heading, item, paragraph, preformatted
from ingest.readers.blocks.maths import linear
from ingest.readers.blocks.numbers import whole_number
from ingest.readers.html_tables import html_table
from ingest.readers.office.zip_xml import local_name

_SKIPPED = frozenset(
    "script style template noscript svg head iframe object embed canvas audio video map datalist rt rp rtc".split()
)
"""Elements without text of the page; `rt` is the reading above Japanese characters, which would divide the words."""

_INLINE = frozenset(
    """a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark math meter
    output q rb ruby s samp small span strike strong sub sup time tt u var wbr br tspan""".split()
)
_SHOWN_INPUTS = ("text", "submit", "button", "email", "date")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LISTS = frozenset({"ul", "ol", "menu", "dir", "dl"})
_ICON_PIXELS = 32


class _Mark(NamedTuple):
    """The mark before the next text of a list's item, and its depth; the item's further texts have no mark."""

    text: str
    depth: int


class Walker:
    """Collect inline text until a block element ends it."""

    def __init__(self) -> None:
        self._inline: list[str] = []
        self._pictures: list[str] = []
        self._mark: _Mark | None = None
        self._depth = 0

    def blocks(self, element: Any) -> Iterator[Block]:
        """Yield the blocks in an element."""
        self._add(element.text)
        for child in element:
            kind = _kind(child)
            if kind and kind not in _SKIPPED and not _is_hidden(child):
                if kind == "math" or (kind in _INLINE and not _holds_block(child)):
                    self._add_inline(child, kind)
                else:
                    yield from self._flush()
                    yield from self._block(child, kind)
            self._add(child.tail)
        yield from self._flush()

    def _block(self, element: Any, kind: str) -> Iterator[Block]:
        level = _heading_level(element, kind)
        if level:
            yield heading(level, " ".join(block.plain for block in Walker().blocks(element)))
        elif kind == "pre":
            yield preformatted("".join(_texts(element)))
        elif kind == "table":
            yield from html_table(element, lambda cell: list(Walker().blocks(cell)))
        elif kind in _LISTS:
            yield from self._list(element, kind)
        elif kind == "figure" and next(element.iter("img", "svg", "canvas", "video"), None) is not None:
            yield from self._figure(element)
        elif kind == "figcaption":
            yield paragraph(" ".join(block.plain for block in Walker().blocks(element)), "caption")
        elif kind == "li":  # outside a list
            self._mark = _Mark("-", self._depth)
            yield from self.blocks(element)
        elif kind != "hr":
            yield from self.blocks(element)

    def _list(self, element: Any, kind: str) -> Iterator[Block]:
        """Yield items with their marks; a list within an item is a step deeper."""
        before, self._depth = self._mark, self._depth + (self._mark is not None)
        start = element.get("start") or ""
        number = int(start) if start.lstrip("-").isdecimal() and len(start) < 9 else 1
        self._add(element.text)
        for child in element:
            inner = _kind(child)
            if inner and inner not in _SKIPPED and not _is_hidden(child):
                yield from self._flush()
                self._mark = _Mark(f"{number}." if kind == "ol" else "" if kind == "dl" else "-", self._depth)
                if inner == "dd":
                    self._mark = _Mark("", self._depth + 1)
                elif inner == "dt":
                    self._mark = None
                number += inner == "li"
                yield from self.blocks(child) if inner in ("li", "dt", "dd") else self._block(child, inner)
            self._add(child.tail)
        yield from self._flush()
        self._mark, self._depth = before, self._depth - (before is not None)

    def _figure(self, element: Any) -> Iterator[Block]:
        """Yield a picture with its caption, and whatever else stands beside it."""
        captions = list(element.iter("figcaption"))
        caption = " ".join(block.plain for one in captions for block in Walker().blocks(one))
        pictures = [" ".join((one.get("alt") or "").split()) for one in element.iter("img")]
        for one in captions:
            one.clear(keep_tail=True)
        for one in element.iter("img"):
            one.set("alt", "")
        yield from (block for block in self.blocks(element) if block.text)
        yield figure(caption, " ".join(filter(None, pictures)))

    def _add(self, text: str | None) -> None:
        if text:
            self._inline.append(text)

    def _add_inline(self, element: Any, kind: str) -> None:
        if kind == "math":
            self._add(f" {linear(element)} ")
            return
        if kind == "br":
            self._inline.append("\v")
        elif kind == "img":
            self._add_picture(element)
        elif kind == "input" and (element.get("type") or "text").lower() in _SHOWN_INPUTS:
            self._add(f" {element.get('value') or ''} ")
        self._add(element.text)
        for child in element:
            inner = _kind(child)
            if inner and inner not in _SKIPPED and not _is_hidden(child):
                self._add_inline(child, inner)
            self._add(child.tail)

    def _add_picture(self, element: Any) -> None:
        text = " ".join((element.get("alt") or "").split())
        if text:
            self._inline.append(f" {text} ")
            self._pictures += [] if _is_icon(element) else [text]

    def _flush(self) -> Iterator[Block]:
        """Yield the text collected; pictures without text around them are figures."""
        text = _SPACES.sub(" ", "".join(self._inline))
        pictures = self._pictures
        self._inline, self._pictures = [], []
        lines = [line.strip() for line in text.split("\v")]
        shown = "\n".join(line for line in lines if line)
        if not shown:
            return
        if shown.split() == " ".join(pictures).split():
            yield from map(figure, pictures)
        elif self._mark is None:
            yield paragraph(shown)
        else:
            yield item(shown, *self._mark)
            self._mark = _Mark("", self._mark.depth + (self._mark.text != ""))


def _kind(element: Any) -> str:
    return local_name(element).lower().rpartition(":")[2]


def _heading_level(element: Any, kind: str) -> int:
    """Return the level of a heading by its element or its role, 0 if it is none."""
    if len(kind) == 2 and kind[0] == "h" and kind[1] in "123456":
        return int(kind[1])
    if (element.get("role") or "").lower() == "heading":
        return min(max(whole_number(element.get("aria-level") or "", 2), 1), 6)
    return 0


def _texts(element: Any) -> Iterator[str]:
    """Yield texts in order, with the line breaks among them."""
    yield element.text or ""
    for child in element:
        if _kind(child) == "br":
            yield "\n"
        elif _kind(child) and _kind(child) not in _SKIPPED:
            yield from _texts(child)
        yield child.tail or ""


def _is_hidden(element: Any) -> bool:
    is_copy = "katex-html" in (element.get("class") or "")  # a formula's second form, beside its MathML
    return element.get("hidden") is not None or is_copy or bool(_HIDDEN.search(element.get("style") or ""))


def _is_icon(element: Any) -> bool:
    sizes = [element.get("width") or "", element.get("height") or ""]
    return any(whole_number(size, _ICON_PIXELS + 1) <= _ICON_PIXELS for size in sizes)


def _holds_block(element: Any) -> bool:
    for inner in element:
        kind = _kind(inner)
        if kind and kind != "math" and kind not in _SKIPPED and (kind not in _INLINE or _holds_block(inner)):
            return True
    return (element.get("role") or "").lower() == "heading"
