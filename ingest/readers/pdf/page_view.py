"""Render a page of a PDF, and find the boxes of characters of its stored text.

The page is read again as it was for the library, so that nothing but the text need be stored. The boxes are exact as
long as the file has not changed.
"""

import ctypes
import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import pypdfium2.raw as pdfium

from ingest.readers import ocr
from ingest.readers.layout.geometry import Box, Characters, Line
from ingest.readers.layout.paragraphs import TextRun, join_runs, raw_positions
from ingest.readers.pages import clean_text, without_invisible
from ingest.readers.pdf.pdfium import MAX_PAGES, PDFIUM, Pdf, PdfPage
from ingest.readers.pdf.reader import RawPage, page_runs, read_page
from ingest.readers.pdf.running_heads import comparison_window
from rag.errors import DocumentError
from rag.types import Page

Fractions = tuple[float, float, float, float]
"""Left, top, right and bottom of a rectangle, as fractions of the page's width and height as shown."""

_DEVICE_SIZE = 1_000_000
_CACHED_PAGES = 16
"""Pages whose recognised text is cached: recognising it again takes seconds."""


def count_pages(path: Path, password: str | None = None) -> int:
    """Return the number of pages of a file.

    Raises:
        LockedError: it is encrypted, and the password does not open it.
        DocumentError: it cannot be opened.
    """
    with PDFIUM:
        pdf = Pdf(path, password)
        try:
            return len(pdf)
        finally:
            pdf.close()


def render(path: Path, page_number: int, scale: float, password: str | None = None) -> bytes:
    """Render a page as a PNG with `scale` pixels per point, fewer if the image would be too large.

    Raises:
        DocumentError: the file cannot be opened, or has no such page.
    """
    with PDFIUM:
        pdf = Pdf(path, password)
        try:
            with pdf.page(_index(pdf, page_number)) as page:
                out = io.BytesIO()
                page.image(scale).save(out, "PNG", compress_level=4)
                return out.getvalue()
        finally:
            pdf.close()


def boxes(path: Path, page_number: int, start: int, end: int, password: str | None = None) -> list[Fractions]:
    """Return a rectangle for each line of characters `[start, end)` of the page's stored text.

    Raises:
        DocumentError: the file cannot be opened, or has no such page.
    """
    with PDFIUM:
        pdf = Pdf(path, password)
        try:
            index = _index(pdf, page_number)
            around = comparison_window(index, min(len(pdf), MAX_PAGES))
            pages = [read_page(pdf, other) for other in around]
            own = pages[index - around.start]
            if not own.raw.strip() and ocr.is_available():
                stat = path.stat()
                recognised = _recognised(path, (stat.st_mtime_ns, stat.st_size), index, password)
                return _recognised_boxes(recognised, start, end)
            wanted = _page_positions(own, pages, index - around.start)[max(0, start) : max(0, end)]
            if own.damaged:
                return []
            with pdf.page(index) as page, page.text() as characters:
                return [_fractions(page, box) for box in _line_boxes(characters, own.lines, own.raw, wanted)]
        finally:
            pdf.close()


def _index(pdf: Pdf, page_number: int) -> int:
    if not 1 <= page_number <= len(pdf):
        raise DocumentError(f"the PDF has {len(pdf)} pages, and no page {page_number}")
    return page_number - 1


def _page_positions(page: RawPage, around: Sequence[RawPage], own: int) -> list[int | None]:
    """Return for each character of the stored text its position in the raw text."""
    return _stored_positions(page.raw, page_runs(page, [other.edges for other in around], own))


def _stored_positions(raw: str, runs: Sequence[TextRun]) -> list[int | None]:
    read = join_runs(raw, runs)
    stored = without_invisible([Page(number=1, label="", text=clean_text(read))])[0][0].text
    positions = raw_positions(raw, runs)
    return [positions[at] for at in align(read, stored)]


@lru_cache(_CACHED_PAGES)
def _recognised(path: Path, _version: tuple[int, int], index: int, password: str | None) -> ocr.Recognised:
    pdf = Pdf(path, password)
    try:
        with pdf.page(index) as page:
            return ocr.recognise(page.image(ocr.SCALE))
    finally:
        pdf.close()


def _recognised_boxes(found: ocr.Recognised, start: int, end: int) -> list[Fractions]:
    wanted = _stored_positions(found.text, found.runs())[max(0, start) : max(0, end)]
    return [found.fractions(box) for box in _line_boxes(found, found.lines(), found.text, wanted)]


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


def _line_boxes(characters: Characters, lines: Sequence[Line], raw: str, wanted: Sequence[int | None]) -> Iterator[Box]:
    line_of = {at: place for place, line in enumerate(lines) for at in range(line.start, line.end)}
    seen = [at for at in wanted if at is not None and not raw[at].isspace()]
    for _, group in groupby(seen, key=line_of.__getitem__):
        parts = [box for box in characters.boxes(list(group)) if box.right > box.left or box.top > box.bottom]
        if parts:
            yield Box(
                min(box.left for box in parts),
                min(box.bottom for box in parts),
                max(box.right for box in parts),
                max(box.top for box in parts),
            )


def _fractions(page: PdfPage, box: Box) -> Fractions:
    """Return a box as fractions of the page as shown; pdfium applies rotation and crop, corners are sorted here."""
    x, y = ctypes.c_int(), ctypes.c_int()
    across, down = [], []
    for corner in ((box.left, box.bottom), (box.right, box.top)):
        pdfium.FPDF_PageToDevice(page.handle, 0, 0, _DEVICE_SIZE, _DEVICE_SIZE, 0, *corner, x, y)
        across.append(min(max(x.value / _DEVICE_SIZE, 0.0), 1.0))
        down.append(min(max(y.value / _DEVICE_SIZE, 0.0), 1.0))
    return min(across), min(down), max(across), max(down)
