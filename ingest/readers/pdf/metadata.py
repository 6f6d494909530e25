"""Read what a PDF says about itself: its information dictionary or its XMP, and its outline (bookmarks).

Anybody may have written the file: an outline may be a circle or name pages that do not exist, so it is read up to a
limit.
"""

import ctypes
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

MAX_ENTRIES = 10_000
MAX_ENTRIES_A_PAGE = 200
_MAX_LOOK_UPS = 20_000_000
"""Entries times pages: pdfium may look through all pages for that of an entry."""

_MAX_DEPTH = 12
_MAX_TITLE_BYTES = 2_000
_KEYS = {
    "title": "Title",
    "author": "Author",
    "date": "CreationDate",
}
_MAX_BYTES = 4_000
_DATE = re.compile(r"(?:D:)?(\d{4})(?:(\d\d)(\d\d)?)?")

_MAX_PACKET = 200_000
_MAX_PACKETS = 20
_ITEM = r"<{name}>\s*<rdf:(?:Alt|Seq|Bag)>\s*<rdf:li[^>]*>([^<]{{1,2000}})</rdf:li>"
_XMP = {
    key: re.compile(_ITEM.format(name=name))
    for key, name in {
        "title": "dc:title",
        "author": "dc:creator",
    }.items()
}


class OutlineEntry(NamedTuple):
    """A title of the outline and its depth, from 1."""

    depth: int
    title: str


Outline = Mapping[int, Sequence[OutlineEntry]]
"""The entries of an outline by page index."""


def read_outline(document: Any) -> dict[int, list[OutlineEntry]]:
    """Return the outline of an open document: its first entries, each once."""
    entries: defaultdict[int, list[OutlineEntry]] = defaultdict(list)
    pages = max(1, int(pdfium.FPDF_GetPageCount(document)))
    for depth, bookmark in _bookmarks(document, min(MAX_ENTRIES, _MAX_LOOK_UPS // pages)):
        destination = pdfium.FPDFBookmark_GetDest(document, bookmark)
        if not destination:
            action = pdfium.FPDFBookmark_GetAction(bookmark)
            destination = pdfium.FPDFAction_GetDest(document, action) if action else None
        page = int(pdfium.FPDFDest_GetDestPageIndex(document, destination)) if destination else -1
        title = _title(bookmark)
        if page >= 0 and title and len(entries[page]) < MAX_ENTRIES_A_PAGE:
            entries[page].append(OutlineEntry(depth, title))
    return {page: found for page, found in entries.items() if found}


def _bookmarks(document: Any, limit: int) -> Iterator[tuple[int, Any]]:
    seen: set[int] = set()
    stack = [(1, pdfium.FPDFBookmark_GetFirstChild(document, None))]
    while stack and len(seen) < limit:
        depth, bookmark = stack.pop()
        address = ctypes.cast(bookmark, ctypes.c_void_p).value if bookmark else None
        if not address or address in seen:
            continue
        seen.add(address)
        yield depth, bookmark
        stack.append((depth, pdfium.FPDFBookmark_GetNextSibling(document, bookmark)))
        if depth < _MAX_DEPTH:
            stack.append((depth + 1, pdfium.FPDFBookmark_GetFirstChild(document, bookmark)))


def _title(bookmark: Any) -> str:
    return " ".join(text_from(pdfium.FPDFBookmark_GetTitle, bookmark, most=_MAX_TITLE_BYTES).split())


def read_metadata(document: Any) -> dict[str, str]:
    """Return what an open document says about itself, as it says it; the date as "2019-02-07"."""
    found = {key: _text(document, name) for key, name in _KEYS.items()}
    found["date"] = _iso_date(found["date"])
    return {key: value for key, value in found.items() if value}


def read_xmp(path: Path) -> dict[str, str]:
    """Return what the XMP of a file says that describes a PDF; that of a picture in it is passed over."""
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            at = len(content)
            for _ in range(_MAX_PACKETS):
                at = content.rfind(b"<x:xmpmeta", 0, at)
                if at < 0:
                    break
                end = content.find(b"</x:xmpmeta>", at, at + _MAX_PACKET)
                packet = content[at:end].decode("utf-8", "replace") if end > 0 else ""
                if "pdf:Producer" in packet or "ns.adobe.com/pdf/" in packet:
                    return _in_packet(packet)
    except (OSError, ValueError):  # an empty file cannot be mapped
        pass
    return {}


def _in_packet(packet: str) -> dict[str, str]:
    found = {key: match[1] for key, pattern in _XMP.items() if (match := pattern.search(packet))}
    return {key: text for key, value in found.items() if (text := " ".join(unescape(value).split()))}


def _text(document: Any, name: str) -> str:
    text = text_from(pdfium.FPDF_GetMetaText, document, name.encode(), most=_MAX_BYTES)
    return " ".join(text.replace("\x00", "").split())


def text_from(function: Any, *arguments: Any, most: int) -> str:
    """Return the text that a function of pdfium writes into a buffer, "" if it has more than `most` bytes."""
    buffer = ctypes.create_string_buffer(most)
    size = int(function(*arguments, buffer, most))
    return buffer.raw[: size - 2].decode("utf-16-le", "replace") if 2 < size <= most else ""


def _iso_date(text: str) -> str:
    match = _DATE.match(text)
    if not match:
        return text
    return "-".join(part for part in match.groups() if part)
