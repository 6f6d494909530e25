"""Render a page of a PDF, and find the boxes of characters of its stored text.

The page is read again as it was for the library, so that nothing but the text need be stored. The boxes are exact as
long as the file has not changed.
"""

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from ingest.readers.blocks.geometry import Box, Characters, Fractions, Line, around
from ingest.readers.blocks.pages import clean_text, without_invisible
from ingest.readers.blocks.paragraphs import TextLine, join_runs, line_runs, raw_positions, text_line
from ingest.readers.pdf.grid import Grid
from ingest.readers.pdf.pdfium import MAX_PAGES, Pdf, PdfPage, open_pdf
from ingest.readers.pdf.placement import MAX_PAGES_CARRIED, OpenTable, continued, needs_page_before, open_table
from ingest.readers.pdf.raw_page import RawPage, body_lines, comparison_window, page_body, read_page
from ingest.readers.pdf.scanned import ScanText
from ingest.readers.recognition.recogniser import page_scale, recognise
from rag.errors import DocumentError
from rag.types import Page

_CACHED_PAGES = 16
"""Pages whose recognised text is cached: recognising it again takes seconds."""


def count_pages(path: Path, password: str | None = None) -> int:
    """Return the number of pages of a file.

    Raises:
        LockedError: it is encrypted, and the password does not open it.
        DocumentError: it cannot be opened.
    """
    with open_pdf(path, password) as pdf:
        return len(pdf)


def render(path: Path, page_number: int, scale: float, password: str | None = None) -> bytes:
    """Render a page as a PNG with `scale` pixels per point, fewer if the image would be too large.

    Raises:
        DocumentError: the file cannot be opened, or has no such page.
    """
    with open_pdf(path, password) as pdf, pdf.page(_index(pdf, page_number)) as page:
        out = io.BytesIO()
        page.image(scale).save(out, "PNG", compress_level=4)
        return out.getvalue()


def boxes(
    path: Path, page_number: int, start: int, end: int, password: str | None = None, *, recognised: bool = False
) -> list[Fractions]:
    """Return a rectangle for each line of characters `[start, end)` of the page's stored text.

    `recognised`: the page's text was recognised in its image.

    Raises:
        DocumentError: the file cannot be opened, or has no such page.
    """
    with open_pdf(path, password) as pdf:
        index = _index(pdf, page_number)
        if recognised:
            return _recognised(path, _version(path), index, password).boxes(start, end)
        own, positions = _read_again(pdf, index)
        if own.damaged:
            return []
        wanted = positions[max(0, start) : max(0, end)]
        with pdf.page(index) as page, page.text() as characters:
            return [page.fractions(box) for box in _line_boxes(characters, own.lines, own.raw, wanted)]


def text_lines(
    path: Path, page_number: int, password: str | None = None, *, recognised: bool = False
) -> list[TextLine]:
    """Return the lines of a page's stored text with their boxes; none where they are not known.

    `recognised`: the page's text was recognised in its image.

    Raises:
        DocumentError: the file cannot be opened, or has no such page.
    """
    with open_pdf(path, password) as pdf:
        index = _index(pdf, page_number)
        if recognised:
            return _recognised(path, _version(path), index, password).text_lines()
        own, positions = _read_again(pdf, index)
        if own.damaged:
            return []
        with pdf.page(index) as page, page.text() as characters:
            return list(_text_lines(page, characters, own, positions))


def _read_again(pdf: Pdf, index: int) -> tuple[RawPage, list[int | None]]:
    """Return a page, and for each character of its stored text the position in its raw text."""
    around = comparison_window(index, min(len(pdf), MAX_PAGES))
    pages = [read_page(pdf, other) for other in around]
    place = index - around.start
    own = pages[place]
    places = body_lines(own, [page.edges for page in pages], place)
    layout, _ = page_body(own, places, _table_before(pdf, index, pages, around))
    read = join_runs(own.raw, layout.runs)
    stored = without_invisible([Page(number=1, label="", text=clean_text(read))])[0][0].text
    positions = raw_positions(own.raw, layout.runs)
    return own, [positions[at] for at in align(read, stored)]


def _version(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


def _index(pdf: Pdf, page_number: int) -> int:
    if not 1 <= page_number <= len(pdf):
        raise DocumentError(f"the PDF has {len(pdf)} pages, and no page {page_number}")
    return page_number - 1


def _table_before(pdf: Pdf, index: int, pages: Sequence[RawPage], around: range) -> OpenTable | None:
    """Return the table that reaches the bottom of the page before, reading as many pages back as its heads take."""
    back: list[Sequence[Grid]] = []
    tables: Sequence[Grid] = pages[index - around.start].tables
    while needs_page_before(tables) and index > 0 and len(back) <= MAX_PAGES_CARRIED:
        index -= 1
        tables = pages[index - around.start].tables if index in around else read_page(pdf, index).tables
        back.append(tables)
        if len(tables) != 1:
            break
    opened: OpenTable | None = None
    for tables in reversed(back):
        opened = open_table(continued(tables, opened), opened)
    return opened


@lru_cache(_CACHED_PAGES)
def _recognised(path: Path, _version: tuple[int, int], index: int, password: str | None) -> ScanText:
    with open_pdf(path, password) as pdf, pdf.page(index) as page:
        return ScanText(recognise(page.image(page_scale(*page.size))))


def align(read: str, stored: str) -> list[int]:
    """Return for each character of a cleaned text its position before cleaning, which only removes characters."""
    found: list[int] = []
    at = 0
    for character in stored:
        while read[at] != character and not (character == "\n" and read[at] in "\r\v\x85\u2028\u2029"):
            at += 1
        found.append(at)
        at += 1
    return found


def _text_lines(
    page: PdfPage, characters: Characters, own: RawPage, positions: Sequence[int | None]
) -> Iterator[TextLine]:
    for start, end, found in line_runs(own.raw, positions, _lines_of(own.lines).__getitem__):
        parts = [box for box in characters.boxes(found) if box.right > box.left or box.top > box.bottom]
        if parts:
            first, last = page.fractions(parts[0]), page.fractions(parts[-1])
            yield text_line(start, end, page.fractions(around(parts)), first, last)


def _lines_of(lines: Sequence[Line]) -> dict[int, int]:
    """Return the number of each character's line."""
    return {at: place for place, line in enumerate(lines) for at in range(line.start, line.end)}


def _line_boxes(characters: Characters, lines: Sequence[Line], raw: str, wanted: Sequence[int | None]) -> Iterator[Box]:
    line_of = _lines_of(lines)
    seen = [at for at in wanted if at is not None and not raw[at].isspace()]
    for _, group in groupby(seen, key=line_of.__getitem__):
        parts = [box for box in characters.boxes(list(group)) if box.right > box.left or box.top > box.bottom]
        if parts:
            yield around(parts)
