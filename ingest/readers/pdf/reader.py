"""Read PDFs with pdfium, which is fast and nearly always right about the order, or pypdf if it finds no text."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pypdf
from pypdf.errors import PyPdfError

from ingest.document_warnings import BLANK
from ingest.readers.blocks.pages import clean_text, moved
from ingest.readers.blocks.paragraphs import join_runs, run_spans
from ingest.readers.pdf.heading_finder import SectionFinder
from ingest.readers.pdf.metadata import read_xmp
from ingest.readers.pdf.page_structure import page_structure
from ingest.readers.pdf.page_window import PageInWindow, PageWindow
from ingest.readers.pdf.pdfium import MAX_PAGES, PDFIUM, DamagedPdfError, Pdf
from ingest.readers.pdf.raw_page import page_body, running_head
from ingest.readers.pdf.scanned import SCANNED, recognised_page
from ingest.readers.pdf.tables.continuation import OpenTable
from ingest.readers.pdf.tables.placement import PageLayout
from ingest.readers.recognition import onnx_models
from ingest.readers.recognition.recogniser import nothing_note
from rag.errors import DocumentError
from rag.types import Page

_MAX_FALLBACK_PAGES = 50


class PdfReader:
    """Read the pages of a PDF with their printed labels, one at a time: memory does not grow with their number.

    Raises:
        LockedError: the file is encrypted, and the password does not open it.
        DocumentError: it is damaged, or has no text on any page.
    """

    name = "PDF"
    suffixes = frozenset({".pdf"})
    version = 5

    def __init__(self, *, use_outline: bool = True) -> None:
        self._use_outline = use_outline

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:
        """Yield all pages, including those without text, so that their numbers are those of the file."""
        without_text: list[Page] = []
        found = False
        try:
            for page in _pages(path, password, self._use_outline):
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
        if not onnx_models.is_available():
            raise DocumentError(f"{which} text (scanned?); {onnx_models.HINT}")
        failed = next((page.note for page in pages if page.state == "failed"), "")
        raise DocumentError(f"{which} text, and {failed or nothing_note('in its image')}")
    return pages


def _pages(path: Path, password: str | None, use_outline: bool) -> Iterator[Page]:
    with PDFIUM:
        pdf = Pdf(path, password)
        count, attachments = len(pdf), pdf.attachments
    try:
        total = min(count, MAX_PAGES)
        with PDFIUM:
            window = PageWindow(pdf, total)
            sections = SectionFinder(window.sample(), pdf.outline() if use_outline else {}, total)
            metadata = pdf.metadata()
        metadata = metadata if metadata.get("title") else read_xmp(path) | metadata
        opened: OpenTable | None = None
        for index in range(total):
            with PDFIUM:
                own = window.page(index)
                label = pdf.label(index)
            layout, opened = page_body(own.page, own.places, opened)
            page = replace(_page(index, label, own, layout, sections), total=total)
            if page.state == "empty" or own.page.may_be_scanned:
                page = recognised_page(pdf, page)
            if index == 0:
                page = replace(page, metadata=metadata)
            if index == 0 and attachments:
                page = _with_note(page, f"{attachments} embedded file{'s are' if attachments > 1 else ' is'} not read")
            if index == total - 1 and count > total:
                page = _with_note(page, f"the PDF has {count:,} pages, and only the first {total:,} are read")
            yield page
    finally:
        with PDFIUM:
            pdf.close()


def _page(index: int, label: str, own: PageInWindow, layout: PageLayout, sections: SectionFinder) -> Page:
    page = own.page
    label = label or str(index + 1)
    if page.damaged:
        return Page(number=index + 1, label=label, text="", state="failed", note=page.note)
    read = join_runs(page.raw, layout.runs)
    text = clean_text(read)
    if not text:
        return Page(number=index + 1, label=label, text="", state="empty", note=SCANNED)
    structure = page_structure(own, sections.headings(index, own.lines), read, layout, run_spans(page.raw, layout.runs))
    return Page(
        number=index + 1,
        label=label,
        text=text,
        state="ready",
        note=page.note,
        head=running_head(page, own.edges, own.own),
        structure=moved(structure, read, text),
    )


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
                else Page(number=number, label=str(number), text="", state="empty", note=SCANNED)
            )
            second.append(replace(known, text=text, state="ready", note="") if text else known)
    except (PyPdfError, OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, AssertionError):
        pass  # keep what was read before the error
    finally:
        logger.setLevel(level)
    return second + pages[len(second) :]
