"""Read a page of the web: its main text, or all of it where the main text cannot be told."""

from collections.abc import Iterator
from pathlib import Path

from ingest.readers.blocks.assembly import section_pages
from ingest.readers.html import HtmlReader, blocks_of, decoded_html, html_root
from ingest.readers.markup.html_metadata import html_metadata
from ingest.readers.markup.main_text import MainText, main_text
from ingest.readers.web_page_links import refreshes
from rag.errors import DocumentError
from rag.types import Page


class WebPageReader:
    """Read an HTML page without the site around it. `charset` is what its server said of it, "" if nothing."""

    name = "web page"
    suffixes = frozenset({".html", ".htm", ".xhtml"})
    version = 100 * HtmlReader.version + 1

    def __init__(self, charset: str = "") -> None:
        self._charset = charset

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield its text in order.

        Raises:
            DocumentError: it asks for a login, or has no text before its scripts have run.
        """
        root = html_root(decoded_html(path.read_bytes(), self._charset))
        if root is None:
            raise DocumentError("the page is empty: check its address in a browser")
        found = main_text(root)
        _require_text(found, refreshes(root))
        yield from section_pages(blocks_of(found.root), html_metadata(root))


def _require_text(found: MainText, targets: list[str]) -> None:
    if found.is_login:
        raise DocumentError("the site asks for a login: save the page in your browser, and add the file")
    if not found.characters and targets:
        raise DocumentError(f"the page only leads browsers on to {targets[0][:200]}: add that address")
    if not found.characters:
        reason = "its text is made by scripts, and these are not run" if found.has_scripts else "the page has no text"
        raise DocumentError(f"{reason}: save the page in your browser as a PDF, and add that")
