"""Read HTML and XML as the text that a browser would show. Nothing is fetched and nothing is run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from ingest.readers.encoding import decode
from ingest.readers.office.zip_xml import local_name, parse_xml
from ingest.readers.pages import heading, section_pages, table_text
from rag.errors import DocumentError
from rag.types import Page

_SKIPPED = frozenset(
    "script style template noscript svg head iframe object embed canvas audio video map datalist".split()
)
_INLINE = frozenset(
    """a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark meter output q
    ruby rp rt s samp small span strike strong sub sup time tt u var wbr br tspan math mi mo mn mrow""".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE
)
_SPACES = re.compile(r"[ \t\r\n\f]+")


class HtmlReader:
    """Read an HTML page as one page, or as sections if it is long."""

    name = "HTML page"
    suffixes = frozenset({".html", ".htm", ".xhtml"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield its text in order."""
        yield from section_pages(html_blocks(path.read_bytes()))


class XmlReader:
    """Read the text of any XML file, a block per element that has text."""

    name = "XML file"
    suffixes = frozenset({".xml"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield its text in order."""
        root = parse_xml(path.read_bytes())
        if root is None:
            raise DocumentError("the XML file is damaged: it cannot be read")
        yield from section_pages(
            html_blocks(path.read_bytes()) if local_name(root).lower() == "html" else _xml_blocks(root)
        )


def html_blocks(data: bytes | str) -> Iterator[str]:
    """Yield the blocks of an HTML page: headings, paragraphs, list items, tables."""
    text = data if isinstance(data, str) else decode(data, _declared(data))
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return
    body = root.find("body")
    walker = _Walker()
    found = list(walker.blocks(body if body is not None else root))
    title = " ".join((root.findtext(".//title") or "").split())
    if title and not any(block.startswith("#") for block in found):
        yield heading(1, title)
    yield from found


class _Walker:
    """Collect inline text until a block element ends it."""

    def __init__(self) -> None:
        self._inline: list[str] = []

    def blocks(self, element: Any, prefix: str = "") -> Iterator[str]:
        self._add(element.text)
        for child in element:
            kind = local_name(child).lower()
            if kind and kind not in _SKIPPED and not _is_hidden(child):
                if kind in _INLINE and not _holds_block(child):
                    self._add_inline(child, kind)
                else:
                    yield from self._flush(prefix)
                    yield from self._block(child, kind, prefix)
            self._add(child.tail)
        yield from self._flush(prefix)

    def _block(self, element: Any, kind: str, prefix: str) -> Iterator[str]:
        if len(kind) == 2 and kind[0] == "h" and kind[1].isdecimal():
            inner = " ".join(_Walker().blocks(element))
            if inner.strip():
                yield heading(int(kind[1]), inner.replace("#", ""))
        elif kind == "pre":
            text = "".join(element.itertext()).strip("\n")
            if text.strip():
                yield text
        elif kind == "table":
            yield from _table(element)
        elif kind == "hr":
            return
        else:
            yield from self.blocks(element, {"li": "- ", "dt": "", "dd": "  "}.get(kind, prefix))

    def _add(self, text: str | None) -> None:
        if text:
            self._inline.append(text)

    def _add_inline(self, element: Any, kind: str) -> None:
        if kind == "br":
            self._inline.append("\v")
        elif kind == "img":
            self._add(f" {element.get('alt') or ''} ")
        elif kind == "input" and (element.get("type") or "text").lower() in (
            "text",
            "submit",
            "button",
            "email",
            "date",
        ):
            self._add(f" {element.get('value') or ''} ")
        self._add(element.text)
        for child in element:
            inner = local_name(child).lower()
            if inner and inner not in _SKIPPED and not _is_hidden(child):
                self._add_inline(child, inner)
            self._add(child.tail)

    def _flush(self, prefix: str) -> Iterator[str]:
        text = _SPACES.sub(" ", "".join(self._inline))
        self._inline.clear()
        lines = [line.strip() for line in text.split("\v")]
        shown = "\n".join(line for line in lines if line)
        if shown:
            yield prefix + shown


def _table(element: Any) -> Iterator[str]:
    rows: list[list[str]] = []
    has_head: bool | None = None
    for row in element.iter("tr"):
        if next(row.iterancestors("table")) is not element:
            continue
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            text = " ".join(" ".join(_Walker().blocks(cell)).split())
            span = cell.get("colspan") or ""
            cells += [text] + [text if not rows else ""] * (min(int(span), 64) - 1 if span.isdecimal() else 0)
        kinds = {local_name(cell) for cell in row.iterchildren("td", "th")}
        if not rows and kinds == {"th"} and len(cells) > 1:
            has_head = True
        rows.append(cells)
    caption = element.find("caption")
    strays = [inner for inner in element.iter("table") if _is_stray(inner, element)]
    text = table_text(rows, has_head=has_head)
    if caption is not None:
        text = f"{' '.join(caption.itertext()).strip()}\n{text}"
    if text.strip():
        yield text
    for stray in strays:
        yield from _table(stray)


def _is_stray(inner: Any, table: Any) -> bool:
    """Return True if a table lies in another one, but in none of its cells."""
    return inner is not table and next(inner.iterancestors("td", "th", "table")) is table


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _holds_block(element: Any) -> bool:
    return any(
        local_name(inner).lower() not in _INLINE | _SKIPPED for inner in element.iterdescendants() if local_name(inner)
    )


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:4096])
    return (match[1] or match[2]).decode("ascii") if match else None


def _xml_blocks(element: Any) -> Iterator[str]:
    """Yield a block per element with text of its own, together with the elements inside that text."""
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        text = _SPACES.sub(" ", "".join(element.itertext())).strip()
        if text:
            yield (
                heading(2, text)
                if local_name(element).lower() in ("title", "article-title") and len(text) < 200
                else text
            )
        return
    for child in element.iterchildren(tag=etree.Element):
        yield from _xml_blocks(child)
