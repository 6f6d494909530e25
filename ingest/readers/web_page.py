"""Read a page of the web: its main text, or all of it where the main text cannot be told; and its links, for a crawl.

Both run in the reading process, as everything that touches documents.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.readers.blocks.assembly import section_pages
from ingest.readers.html import blocks_of, decoded_html, html_root
from ingest.readers.html_metadata import html_metadata
from ingest.readers.main_text import MainText, main_text
from rag.errors import DocumentError
from rag.types import Page

_MAX_LINKS = 5_000
_MAX_LENGTH = 2_000


class WebPageReader:
    """Read an HTML page without the site around it. `charset` is what its server said of it, "" if nothing."""

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


def page_links(path: Path, charset: str = "") -> dict[str, Any]:
    """Return the page's base address ("" if it declares none), and its links as they are written.

    A page that asks robots not to follow its links has none; nor are links marked so.
    """
    root = html_root(decoded_html(path.read_bytes(), charset))
    if root is None or "nofollow" in _robots(root):
        return {"base": "", "links": []}
    base = next((each.get("href") for each in root.iter("base") if each.get("href")), "")
    found = (each.get("href") for each in root.iter("a", "area") if "nofollow" not in _words(each.get("rel")))
    links = dict.fromkeys(link.strip() for link in [*refreshes(root), *found] if link and len(link) <= _MAX_LENGTH)
    return {"base": base[:_MAX_LENGTH], "links": list(islice(links, _MAX_LINKS))}


def _robots(root: Any) -> set[str]:
    """Return what the page's own instructions to robots say."""
    named = (each for each in root.iter("meta") if (each.get("name") or "").lower() in ("robots", "citewell"))
    return {word for each in named for word in _words((each.get("content") or "").replace(",", " "))}


def refreshes(root: Any) -> list[str]:
    """Return where the page sends a browser on to by itself."""
    contents = (
        each.get("content") or "" for each in root.iter("meta") if (each.get("http-equiv") or "").lower() == "refresh"
    )
    targets = (content.partition("=")[2].strip(" '\"") for content in contents if "url" in content.lower())
    return [target for target in targets if target]


def _words(text: str | None) -> list[str]:
    return (text or "").lower().split()
