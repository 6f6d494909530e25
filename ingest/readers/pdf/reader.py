"""Read PDFs with pdfium, which is fast and nearly always right about the order, or pypdf if it finds no text."""

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
from ingest.readers.layout.geometry import Line, upright
from ingest.readers.layout.lines import lines_in_reading_order
from ingest.readers.layout.paragraphs import TextRun, join_runs, text_runs
from ingest.readers.pages import clean_text
from ingest.readers.pdf.form_values import insert_form_values
from ingest.readers.pdf.pdfium import MAX_PAGE_CHARACTERS, MAX_PAGES, PDFIUM, DamagedPdfError, Pdf
from ingest.readers.pdf.running_heads import Edges, comparison_window, page_edges, running_head_lines, running_lines
from rag.errors import DocumentError
from rag.types import Page

_SCANNED = "no text (scanned?)"
_THUMBNAIL = 0.25
_MAX_FALLBACK_PAGES = 50


class PdfReader:
    """Read the pages of a PDF with their printed labels, one at a time: memory does not grow with their number.

    Raises:
        LockedError: the file is encrypted, and the password does not open it.
        DocumentError: it is damaged, or has no text on any page.
    """

    name = "PDF"
    suffixes = frozenset({".pdf"})
    version = 4

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:
        """Yield all pages, including those without text, so that their numbers are those of the file."""
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
            yield from _fallback(path, password, without_text)


def _fallback(path: Path, password: str | None, pages: list[Page]) -> list[Page]:
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
    """A page's text from pdfium, its lines in reading order, and candidates for running heads and feet."""

    raw: str
    lines: tuple[Line, ...]
    edges: Edges
    note: str = ""
    damaged: bool = False


def read_page(pdf: Pdf, index: int) -> RawPage:
    """Read one page. Hold `PDFIUM` while calling this."""
    try:
        with pdf.page(index) as page, page.text() as characters:
            lines, turn = lines_in_reading_order(characters)
            if page.fields:
                lines = insert_form_values(characters, lines, page.fields, turn)
            edges = page_edges(characters.text, lines, upright(page.shown, turn), index)
            note = f"only its first {MAX_PAGE_CHARACTERS:,} characters are read" if characters.cut else ""
            return RawPage(characters.text, tuple(lines), edges, note)
    except DocumentError as error:  # only this page is damaged
        return RawPage("", (), Edges((), ()), str(error), damaged=True)


def page_runs(page: RawPage, around: list[Edges], own: int) -> list[TextRun]:
    """Return the runs of a page's text, without running heads and feet unless it has nothing else."""
    dropped = running_lines(around, own)
    body = [line for place, line in enumerate(page.lines) if place not in dropped]
    return list(text_runs(page.raw, body or page.lines))


def _running_head(page: RawPage, around: list[Edges], own: int) -> str:
    """Return the running head that was left out of a page's text."""
    if len(running_lines(around, own)) == len(page.lines):
        return ""  # the page has nothing else, so it stayed
    lines = [page.lines[place] for place in running_head_lines(around, own)]
    return clean_text(join_runs(page.raw, list(text_runs(page.raw, lines))))


def _pages(path: Path, password: str | None) -> Iterator[Page]:
    with PDFIUM:
        pdf = Pdf(path, password)
        count, attachments = len(pdf), pdf.attachments
    try:
        read: deque[RawPage] = deque()
        first = 0
        total = min(count, MAX_PAGES)
        for index in range(total):
            around = comparison_window(index, total)
            with PDFIUM:
                while first + len(read) < around.stop:
                    read.append(read_page(pdf, first + len(read)))
                label = pdf.label(index)
            while first < around.start:
                read.popleft()
                first += 1
            page = replace(_page(index, label, read, index - first), total=total)
            if page.state == "empty":
                page = _recognise(pdf, page)
            if index == 0 and attachments:
                page = _with_note(page, f"{attachments} embedded file{'s are' if attachments > 1 else ' is'} not read")
            if index == total - 1 and count > total:
                page = _with_note(page, f"the PDF has {count:,} pages, and only the first {total:,} are read")
            yield page
    finally:
        with PDFIUM:
            pdf.close()


def _page(index: int, label: str, read: deque[RawPage], own: int) -> Page:
    page = read[own]
    around = [other.edges for other in read]
    text = clean_text(join_runs(page.raw, page_runs(page, around, own)))
    label = label or str(index + 1)
    if page.damaged:
        return Page(number=index + 1, label=label, text="", state="failed", note=page.note)
    if not text:
        return Page(number=index + 1, label=label, text="", state="empty", note=_SCANNED)
    return Page(
        number=index + 1, label=label, text=text, state="ready", note=page.note, head=_running_head(page, around, own)
    )


def _recognise(pdf: Pdf, page: Page) -> Page:
    """Return a page without text as blank, or with the text of its image, or with a note that it may have text."""
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


def _with_note(page: Page, note: str) -> Page:
    return replace(page, note=f"{page.note}; {note}" if page.note else note)


def _with_pypdf(path: Path, password: str | None, pages: list[Page]) -> list[Page]:
    """Return the pages with the text that pypdf finds; those in which it finds none stay as given."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # it warns of every oddity in a damaged file
    second: list[Page] = []
    try:
        for number, other in enumerate(islice(pypdf.PdfReader(path, password=password).pages, _MAX_FALLBACK_PAGES), 1):
            text = clean_text(other.extract_text() or "")
            known = (
                pages[number - 1]
                if number <= len(pages)
                else Page(number=number, label=str(number), text="", state="empty", note=_SCANNED)
            )
            second.append(replace(known, text=text, state="ready", note="") if text else known)
    except (PyPdfError, OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, AssertionError):
        pass  # keep what was read before the error
    finally:
        logger.setLevel(level)
    return second + pages[len(second) :]
