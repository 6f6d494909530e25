"""PDF: text by pdfium, which is fast and nearly always right about the order; pypdf where it finds nothing at all."""

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pypdf
from PIL import Image
from pypdf.errors import PyPdfError

from ingest.document_warnings import BLANK
from ingest.readers import ocr
from ingest.readers.pages import clean_text
from ingest.readers.pdf.form_values import with_values
from ingest.readers.pdf.lines import Line, lines_of
from ingest.readers.pdf.paragraphs import Piece, pieces_of, text_of
from ingest.readers.pdf.pdfium import MAX_PAGE_CHARACTERS, MAX_PAGES, PDFIUM, DamagedPdfError, Pdf, upright
from ingest.readers.pdf.running_heads import Edges, edges_of, running, running_head, window
from rag.errors import DocumentError
from rag.types import Page

_SCANNED = "no text (scanned?)"
_THUMBNAIL = 0.25
_SECOND_OPINION_PAGES = 50


class PdfReader:
    """Pages of a PDF with their printed labels, one at a time: memory does not grow with their number.

    Raises:
        LockedError: the file is encrypted, and the password does not open it.
        DocumentError: it is damaged, or has no text on any page.
    """

    name = "PDF"
    suffixes = frozenset({".pdf"})
    version = 4

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:
        """All pages, those without text included, so that numbers stay those of the file."""
        without_text: list[Page] = []
        found = False
        try:
            for page in _pages(path, password):
                found = found or bool(page.text)
                if found:
                    yield from without_text
                    without_text.clear()
                    yield page
                else:
                    without_text.append(page)
        except DamagedPdfError as error:
            without_text = _with_pypdf(path, password, [])
            if not any(page.text for page in without_text):
                raise DocumentError(str(error)) from error
            yield from without_text
            return
        if not found:
            yield from _second_opinion(path, password, without_text)


def _second_opinion(path: Path, password: str | None, pages: list[Page]) -> list[Page]:
    if not pages:
        raise DocumentError("the PDF has no pages")
    pages = _with_pypdf(path, password, pages)
    if not any(page.text for page in pages):
        which = "its only page has no" if len(pages) == 1 else f"none of its {len(pages)} pages has"
        if all(page.note == BLANK for page in pages):
            raise DocumentError(f"{which} text: blank")
        if not ocr.is_available():
            raise DocumentError(f"{which} text (scanned?); {ocr.HINT}")
        failed = next((page.note for page in pages if page.state == "failed"), "")
        raise DocumentError(f"{which} text, and {failed or 'none was recognised in a picture of it'}")
    return pages


class RawPage(NamedTuple):
    """A page as pdfium has it, its lines in reading order, and what of them may be running heads and feet."""

    raw: str
    lines: tuple[Line, ...]
    edges: Edges
    note: str = ""
    damaged: bool = False


def read_page(pdf: Pdf, index: int) -> RawPage:
    """Read one page. The caller holds `PDFIUM`."""
    try:
        with pdf.page(index) as page, page.text() as characters:
            lines, turn = lines_of(characters)
            if page.fields:
                lines = with_values(characters, lines, page.fields, turn)
            edges = edges_of(characters.text, lines, upright(page.shown, turn), index)
            note = f"only its first {MAX_PAGE_CHARACTERS:,} characters are read" if characters.cut else ""
            return RawPage(characters.text, tuple(lines), edges, note)
    except DocumentError as error:  # one damaged page: the others are read
        return RawPage("", (), Edges((), ()), str(error), damaged=True)


def pieces_on(page: RawPage, around: list[Edges], own: int) -> list[Piece]:
    """What the text of a page is made of, without running heads and feet unless these are all it has."""
    drop = running(around, own)
    kept = [line for place, line in enumerate(page.lines) if place not in drop]
    return list(pieces_of(page.raw, kept or page.lines))


def _head_of(page: RawPage, around: list[Edges], own: int) -> str:
    """The running head that the text of a page is without."""
    if len(running(around, own)) == len(page.lines):
        return ""  # it is all the page has
    lines = [page.lines[place] for place in running_head(around, own)]
    return clean_text(text_of(page.raw, list(pieces_of(page.raw, lines))))


def _pages(path: Path, password: str | None) -> Iterator[Page]:
    with PDFIUM:
        pdf = Pdf(path, password)
        count, attachments = len(pdf), pdf.attachments
    try:
        read: deque[RawPage] = deque()
        first = 0
        total = min(count, MAX_PAGES)
        for index in range(total):
            around = window(index, total)
            with PDFIUM:
                while first + len(read) < around.stop:
                    read.append(read_page(pdf, first + len(read)))
                label = pdf.label(index)
            while first < around.start:
                read.popleft()
                first += 1
            page = replace(_page(index, label, read, index - first), total=total)
            if page.state == "empty":
                page = _without_text(pdf, page)
            if index == 0 and attachments:
                page = _noted(page, f"{attachments} embedded file{'s are' if attachments > 1 else ' is'} not read")
            if index == total - 1 and count > total:
                page = _noted(page, f"the PDF has {count:,} pages, and only the first {total:,} are read")
            yield page
    finally:
        with PDFIUM:
            pdf.close()


def _page(index: int, label: str, read: deque[RawPage], own: int) -> Page:
    page = read[own]
    around = [other.edges for other in read]
    text = clean_text(text_of(page.raw, pieces_on(page, around, own)))
    label = label or str(index + 1)
    if page.damaged:
        return Page(number=index + 1, label=label, text="", state="failed", note=page.note)
    if not text:
        return Page(number=index + 1, label=label, text="", state="empty", note=_SCANNED)
    return Page(
        number=index + 1, label=label, text=text, state="ready", note=page.note, head=_head_of(page, around, own)
    )


def _without_text(pdf: Pdf, page: Page) -> Page:
    """What can be said of a page without text: it is blank, or its image has text, or may have."""
    with PDFIUM:
        try:
            with pdf.page(page.number - 1) as shown:
                if _is_blank(shown.image(_THUMBNAIL)):
                    return replace(page, note=BLANK)
                if not ocr.is_available():
                    return replace(page, note=f"{_SCANNED}; {ocr.HINT}")
                image = shown.image(ocr.SCALE)
        except DocumentError as error:
            return replace(page, state="failed", note=str(error))
    try:
        text = ocr.recognise(image).page_text()
    except DocumentError as error:
        return replace(page, state="failed", note=str(error))
    if text:
        return replace(page, text=text, state="ocr", note="its text was recognised in its image")
    return replace(page, note="no text, and none was recognised in its image")


def _is_blank(image: Image.Image) -> bool:
    darkest, lightest = image.convert("L").getextrema()
    return darkest == lightest


def _noted(page: Page, note: str) -> Page:
    return replace(page, note=f"{page.note}; {note}" if page.note else note)


def _with_pypdf(path: Path, password: str | None, pages: list[Page]) -> list[Page]:
    """The pages as pypdf reads them, and as they are given where it finds no text either."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # it warns about every oddity of a damaged file
    second: list[Page] = []
    try:
        for number, other in enumerate(
            islice(pypdf.PdfReader(path, password=password).pages, _SECOND_OPINION_PAGES), 1
        ):
            text = clean_text(other.extract_text() or "")
            known = (
                pages[number - 1]
                if number <= len(pages)
                else Page(number=number, label=str(number), text="", state="empty", note=_SCANNED)
            )
            second.append(replace(known, text=text, state="ready", note="") if text else known)
    except (PyPdfError, OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, AssertionError):
        pass  # no second opinion, or only as far as this
    finally:
        logger.setLevel(level)
    return second + pages[len(second) :]
