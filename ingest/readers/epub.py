"""Read electronic books (EPUB): a page per chapter, labelled with its title in the table of contents."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

from ingest.readers.blocks.assembly import unit_pages
from ingest.readers.blocks.block import Block, heading
from ingest.readers.blocks.pages import metadata_of, stated_values, unit_label
from ingest.readers.html import html_blocks
from ingest.readers.office.zip_xml import Parts, local_name, open_parts
from rag.errors import DocumentError
from rag.types import Page

_NAMES = {"title": ("title",), "author": ("creator",), "organisation": ("publisher",), "date": ("date",)}


class EpubReader:
    """Read the chapters of a book in reading order."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  encrypted books are refused
        """Yield a page per chapter that has text, or several for a long one."""
        with open_parts(path) as parts:
            package = _package(parts)
            chapters = _chapters(parts, package)
            _reject_protected(parts, chapters)
            titles = _titles(parts, package)
            yield from unit_pages(_units(parts, chapters, titles), _metadata(parts, package))


def _units(parts: Parts, chapters: list[str], titles: dict[str, str]) -> Iterator[tuple[str, list[Block]]]:
    for number, name in enumerate(chapters, start=1):
        blocks = list(html_blocks(parts.read(name)))
        if not blocks:
            continue
        title = titles.get(name, "")
        headed = next((block.plain for block in blocks if block.level), "")
        if title and not headed:
            blocks = _with_title(blocks, title)
        yield unit_label("chapter", title or headed) if title or headed else f"chapter {number}", blocks


def _with_title(blocks: list[Block], title: str) -> list[Block]:
    """Make the chapter's first text its heading if it is the title that the table of contents gives, else add it."""
    if _words(blocks[0].plain) == _words(title):
        return [heading(1, blocks[0].plain), *blocks[1:]]
    return [heading(1, title), *blocks]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _metadata(parts: Parts, package: str) -> dict[str, str]:
    root, _ = _items(parts, package)
    stated: defaultdict[str, list[str]] = defaultdict(list)
    for element in root.iter() if root is not None else ():
        if "/dc/" in str(element.tag) and element.text:
            stated[local_name(element)].append(element.text)
    return metadata_of(stated_values(stated, _NAMES))


def _package(parts: Parts) -> str:
    container = parts.xml("META-INF/container.xml")
    named = None if container is None else next(container.iter("{*}rootfile"), None)
    name = "" if named is None else named.get("full-path") or ""
    if name not in parts.names:
        name = next((other for other in sorted(parts.names) if other.endswith(".opf")), "")
    if not name:
        raise DocumentError("the book is damaged: it does not say what its chapters are")
    return name


def _items(parts: Parts, package: str) -> tuple[Any | None, dict[str, Any]]:
    root = parts.xml(package)
    items = {} if root is None else {item.get("id"): item for item in root.iter("{*}item")}
    return root, items


def _place(package: str, reference: str) -> str:
    return normpath(join(dirname(package), unquote(reference.partition("#")[0])))


def _chapters(parts: Parts, package: str) -> list[str]:
    root, items = _items(parts, package)
    order = [] if root is None else [items.get(reference.get("idref")) for reference in root.iter("{*}itemref")]
    found = [_place(package, item.get("href") or "") for item in order if item is not None]
    found = [name for name in dict.fromkeys(found) if name in parts.names]
    return found or sorted(name for name in parts.names if name.endswith((".xhtml", ".html", ".htm")))


def _reject_protected(parts: Parts, chapters: list[str]) -> None:
    """Raise a `DocumentError` if a chapter is encrypted; a font may be."""
    root = parts.xml("META-INF/encryption.xml")
    encrypted = set() if root is None else {unquote(one.get("URI") or "") for one in root.iter("{*}CipherReference")}
    if encrypted & set(chapters):
        raise DocumentError("the book is copy-protected and cannot be read")


def _titles(parts: Parts, package: str) -> dict[str, str]:
    """Return the first title that the table of contents gives each file."""
    titles: dict[str, str] = {}
    _, items = _items(parts, package)
    for item in items.values():
        name = _place(package, item.get("href") or "")
        is_contents = "nav" in (item.get("properties") or "").split() or name.endswith(".ncx")
        root = parts.xml(name) if is_contents else None
        if root is None:
            continue
        for element in root.iter():
            if local_name(element) == "a":
                titles.setdefault(
                    _place(name, element.get("href") or ""), " ".join("".join(element.itertext()).split())
                )
            elif local_name(element) == "navPoint":
                content = next(element.iter("{*}content"), None)
                text = next(element.iter("{*}text"), None)
                if content is not None and text is not None:
                    titles.setdefault(_place(name, content.get("src") or ""), " ".join((text.text or "").split()))
    return titles
