"""Read a PDF's outline (its bookmarks), and find the lines on its pages that it names.

An outline is part of a file that anybody may have written: it may be a circle, name pages that do not exist, or say
what is not on them. So it is read up to a limit, and an entry counts only if a line of its page has its title.
"""

import ctypes
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

MAX_ENTRIES = 10_000
MAX_ENTRIES_A_PAGE = 200
_MAX_LOOK_UPS = 20_000_000
"""Entries times pages: pdfium may look through all pages for that of an entry."""

_MAX_DEPTH = 12
_MAX_TITLE_BYTES = 2_000
_MAX_LINES = 4
_MIN_PART = 0.5
_MIN_CHARACTERS = 3


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
    buffer = ctypes.create_string_buffer(_MAX_TITLE_BYTES)
    size = int(pdfium.FPDFBookmark_GetTitle(bookmark, buffer, _MAX_TITLE_BYTES))
    text = buffer.raw[: size - 2].decode("utf-16-le", "replace") if 2 < size <= _MAX_TITLE_BYTES else ""
    return " ".join(text.split())


def named_lines(entries: Sequence[OutlineEntry], texts: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Return the lines of a page that an outline names: by the first line, the last and the depth of the entry.

    Titles are compared without spaces, marks and case; a line may have a number or a word more than its title.
    """
    plain = [_plain(text) for text in texts]
    found: dict[int, tuple[int, int]] = {}
    for entry in entries:
        title = _plain(entry.title)
        span = _span(title, plain, found) if len(title) >= _MIN_CHARACTERS else None
        if span:
            found[span[0]] = span[1], entry.depth
    return found


def _span(title: str, plain: Sequence[str], taken: Mapping[int, object]) -> tuple[int, int] | None:
    """Return the first and last of the lines that together have a title; whole lines go before parts."""
    partly = None
    for first, own in enumerate(plain):
        if not own or first in taken or not (title.startswith(own) or title.endswith(own) or title in own):
            continue
        joined = ""
        for last in range(first, min(first + _MAX_LINES, len(plain))):
            joined += plain[last]
            if joined == title:
                return first, last
            if partly is None and _is_most(title, joined):
                partly = first, last
            if len(joined) > len(title):
                break
    return partly


def _is_most(one: str, other: str) -> bool:
    """Return True if one of two plain titles begins or ends the other and is at least half of it."""
    short, long = sorted((one, other), key=len)
    if len(short) < max(_MIN_CHARACTERS, _MIN_PART * len(long)):
        return False
    return long.startswith(short) or long.endswith(short)


def _plain(text: str) -> str:
    """Return a text as titles are compared: letters and digits alone, without case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
