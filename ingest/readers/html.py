"""Read HTML and XML as the text that a browser would show. Nothing is fetched and nothing is run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from ingest.readers.blocks.assembly import section_pages
from ingest.readers.blocks.block import Block, heading
from ingest.readers.encoding import decode
from ingest.readers.html_blocks import Walker
from ingest.readers.html_metadata import html_metadata
from ingest.readers.office.zip_xml import local_name, parse_xml
from ingest.readers.xml_blocks import xml_blocks, xml_metadata
from rag.errors import DocumentError
from rag.types import Page

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE
)
_EMPTY_ELEMENT = re.compile(
    r"<(title|script|style|textarea|iframe|a|span|div|p|td|th|i|b|em)\b([^<>]*)/>", re.IGNORECASE
)


class HtmlReader:
    """Read an HTML page as one page, or as sections if it is long."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield its text in order."""
        root = html_root(path.read_bytes())
        yield from section_pages(blocks_of(root), html_metadata(root))


class XmlReader:
    """Read the text of any XML file, a block per element that has text."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:
        """Yield its text in order."""
        root = parse_xml(path.read_bytes())
        if root is None:
            raise DocumentError("the XML file is damaged: it cannot be read")
        if local_name(root).lower() == "html":
            yield from HtmlReader().read(path, password)
        else:
            yield from section_pages(xml_blocks(root), xml_metadata(root))


def html_root(data: bytes | str) -> Any | None:
    """Parse an HTML page, however broken; None if there is nothing in it."""
    text = data if isinstance(data, str) else decoded_html(data)
    if re.match(r"\s*<\?xml|[^>]*xhtml", text[:500], re.IGNORECASE):
        text = _EMPTY_ELEMENT.sub(r"<\1\2></\1>", text)  # which a parser of HTML takes for one that is never closed
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        return lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def decoded_html(data: bytes, charset: str = "") -> str:
    """Decode a page; a `charset` that a server named comes before the one that the page declares itself."""
    return decode(data, charset or _declared(data))


def html_blocks(data: bytes | str) -> Iterator[Block]:
    """Yield the blocks of an HTML page: headings, paragraphs, list items, tables, figures."""
    yield from blocks_of(html_root(data))


def blocks_of(root: Any | None) -> Iterator[Block]:
    """Yield the blocks of a parsed page; its title is a heading if it has no other."""
    if root is None:
        return
    body = root.find("body")
    found = list(Walker().blocks(body if body is not None else root))
    title = " ".join((root.findtext(".//title") or "").split())
    if title and not any(block.level for block in found):
        yield heading(1, title)
    yield from found


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:4096])
    return (match[1] or match[2]).decode("ascii") if match else None
