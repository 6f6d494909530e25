"""Read what an HTML page says of itself: its title, `meta` elements, and schema.org's JSON-LD."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ingest.readers.blocks.pages import joined, metadata_of, stated_values

_NAMES = {
    "title": ("citation_title", "dc.title", "dcterms.title", "og:title", "twitter:title"),
    "author": ("citation_author", "author", "dc.creator", "dcterms.creator", "article:author", "parsely-author"),
    "organisation": ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "application-name"),
    "date": (
        "article:published_time",
        "citation_publication_date",
        "citation_date",
        "dcterms.issued",
        "dc.date.issued",
        "dc.date",
        "dcterms.created",
        "date",
        "pubdate",
        "publishdate",
        "article:modified_time",
        "dcterms.modified",
        "last-modified",
    ),
}
_MAX_JSON = 200_000
_MAX_NODES = 200
_ARTICLES = ("Article", "NewsArticle", "BlogPosting", "TechArticle", "ScholarlyArticle", "Report", "WebPage", "Book")


def html_metadata(root: Any | None) -> dict[str, str]:
    """Return what a parsed page says of itself."""
    return {} if root is None else metadata_of(_values(root))


def _values(root: Any) -> Iterator[tuple[str, str | None]]:
    stated: defaultdict[str, list[str]] = defaultdict(list)
    for meta in root.iter("meta"):
        name = (
            meta.get("name") or meta.get("property") or meta.get("http-equiv") or meta.get("itemprop") or ""
        ).lower()
        stated[name].append(meta.get("content") or "")
    yield from stated_values(stated, _NAMES)
    for article in _articles(root):
        yield "title", _text(article.get("headline") or article.get("name"))
        yield "date", _text(article.get("datePublished") or article.get("dateModified"))
        yield "author", _text(article.get("author"))
        yield "organisation", _text(article.get("publisher"))
    yield "title", root.findtext(".//title")
    for time in root.iter("time"):
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished":
            yield "date", time.get("datetime")


def _articles(root: Any) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        text = script.text or ""
        if (script.get("type") or "").lower() == "application/ld+json" and len(text) < _MAX_JSON:
            try:
                yield from _nodes(json.loads(text))
            except (ValueError, RecursionError):
                continue


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the articles and pages that JSON-LD describes at its top or in its graph."""
    graph = data.get("@graph", [data]) if isinstance(data, dict) else data
    for node in graph[:_MAX_NODES] if isinstance(graph, list) else []:
        kinds = node.get("@type") if isinstance(node, dict) else None
        if any(kind in _ARTICLES for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield node


def _text(value: Any) -> str:
    """Return a text, the name of a thing, or those of several."""
    if isinstance(value, list):
        return joined(_text(one) for one in value[:_MAX_NODES] if not isinstance(one, list))
    if isinstance(value, dict):
        return _text(value.get("name")) if not isinstance(value.get("name"), dict) else ""
    return value if isinstance(value, str) else ""
