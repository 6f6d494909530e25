"""Find the links of an HTML page, for a crawl. Runs in the reading process, as everything that touches documents."""

from itertools import islice
from pathlib import Path
from typing import Any

from ingest.readers.html import decoded_html, html_root

_MAX_LINKS = 5_000
_MAX_LENGTH = 2_000


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
