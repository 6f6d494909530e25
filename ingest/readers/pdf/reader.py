"""Read PDFs with pdfium, which is fast and nearly always right about the order, or pypdf if it finds no text.

Pages are read ahead of the one being put together: its neighbours show its running heads. Headings are judged by what
is usual in the whole document, so the first pages and a few of the others are read before the first is given out. A
long document costs an eighth more at most, and no more memory than a short one.
"""

import logging
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pypdf
from pypdf.errors import PyPdfError

from ingest.document_warnings import BLANK
from ingest.readers.blocks.pages import clean_text, moved
from ingest.readers.blocks.paragraphs import join_runs, run_spans, usual_pitch
from ingest.readers.pdf.figures import is_within
from ingest.readers.pdf.heading_candidates import PageLines
from ingest.readers.pdf.heading_finder import FoundHeading, SectionFinder
from ingest.readers.pdf.metadata import read_xmp
from ingest.readers.pdf.pdfium import MAX_PAGES, PDFIUM, DamagedPdfError, Pdf
from ingest.readers.pdf.placement import OpenTable, PageLayout, table_lines
from ingest.readers.pdf.raw_page import (
    Edges,
    PageFigure,
    RawPage,
    body_lines,
    comparison_window,
    page_body,
    read_page,
    repeated_lines,
    running_head,
)
from ingest.readers.pdf.scanned import SCANNED, recognised_page
from ingest.readers.recognition import onnx_models
from ingest.readers.recognition.recogniser import nothing_note
from rag.errors import DocumentError
from rag.text.sanitize import strip_invisible
from rag.types import Figure, Heading, Page, Structure

_AHEAD = 24
_AHEAD_CHARACTERS = 2_000_000
_MAX_SAMPLED = 16
_PAGES_A_SAMPLE = 8
_MAX_ALIKE = 2
_MAX_FALLBACK_PAGES = 50

Spans = Sequence[tuple[int, int]]
"""The characters of the page's text that each of its lines is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInWindow:
    """A page, and the edges of the pages it is compared with, among which it is number `own`.

    `places` are its lines without running heads and feet, `lines` what headings are found in, `figures` those that are
    no logos or ornaments of every page.
    """

    page: RawPage
    edges: Sequence[Edges]
    own: int
    places: Sequence[int]
    lines: PageLines
    figures: Sequence[PageFigure]


class PageWindow:
    """The pages of an open PDF that are in memory. Hold `PDFIUM` while using it."""

    def __init__(self, pdf: Pdf, pages: int) -> None:
        self._pdf = pdf
        self._pages = pages
        self._read: deque[RawPage] = deque()
        self._first = 0
        self._ready: dict[int, PageInWindow] = {}

    def page(self, index: int) -> PageInWindow:
        """Return a page; none before it can be had afterwards."""
        around = comparison_window(index, self._pages)
        while self._first + len(self._read) < around.stop:
            self._read_next()
        while self._first < around.start:
            self._read.popleft()
            self._first += 1
        pages = [self._read[other - self._first] for other in around]
        return self._ready.pop(index, None) or compared(pages, index - around.start)

    def sample(self) -> dict[int, PageLines]:
        """Return the first pages, and others at even distances, without their running heads. Call it first."""
        characters = 0
        while len(self._read) < min(_AHEAD, self._pages) and characters < _AHEAD_CHARACTERS:
            self._read_next()
            characters += len(self._read[-1].raw)
        first = len(self._read)
        rest = self._pages - first
        count = min(_MAX_SAMPLED, rest // _PAGES_A_SAMPLE)
        further = {first + (2 * place + 1) * rest // (2 * count): None for place in range(count)}
        pages = dict(enumerate(self._read)) | {index: read_page(self._pdf, index) for index in further}
        known = list(pages.values())
        sample: dict[int, PageLines] = {}
        for place, index in enumerate(pages):
            around = comparison_window(index, self._pages)
            if around.stop <= first:
                self._ready[index] = compared(known[around.start : around.stop], index - around.start)
                sample[index] = self._ready[index].lines
            else:  # not all of its neighbours were read, so it is compared with the whole sample
                sample[index] = compared(known, place).lines
        return sample

    def _read_next(self) -> None:
        self._read.append(read_page(self._pdf, self._first + len(self._read)))


def compared(pages: Sequence[RawPage], own: int) -> PageInWindow:
    """Return page `own` of some, told apart from what the others have too."""
    page = pages[own]
    edges = [other.edges for other in pages]
    places = body_lines(page, edges, own)
    alike = Counter(_rounded(figure) for other in pages for figure in other.figures)
    figures = [figure for figure in page.figures if figure.caption or alike[_rounded(figure)] <= _MAX_ALIKE]
    return PageInWindow(
        page=page,
        edges=edges,
        own=own,
        places=places,
        lines=_lines(page, places, repeated_lines(edges, own), figures),
        figures=figures,
    )


def _lines(
    page: RawPage, places: Sequence[int], repeated: Mapping[int, bool], figures: Sequence[PageFigure]
) -> PageLines:
    lines = [page.lines[place] for place in places]
    drawn = [figure.place for figure in figures]
    in_tables = table_lines(page.lines, page.tables)
    return PageLines(
        [page.raw[line.start : line.end] for line in lines],
        lines,
        [page.types[place] for place in places],
        usual_pitch(lines),
        {
            at: repeated.get(place, False) or place in in_tables
            for at, place in enumerate(places)
            if place in repeated or place in in_tables or is_within(lines[at], drawn)
        },
    )


def _rounded(figure: PageFigure) -> tuple[float, ...]:
    return tuple(round(edge, 2) for edge in figure.shown)


def page_structure(
    own: PageInWindow, found: Sequence[FoundHeading], read: str, layout: PageLayout, runs: Spans
) -> Structure:
    """Return the structure of a page whose text, not yet cleaned, is `read`, in which each run is those characters."""
    spans = layout.line_spans(runs)
    figures = sorted(_figures(own, read, spans), key=lambda figure: figure.start)
    return Structure(
        headings=tuple(_headings(found, read, spans)), tables=layout.structure_tables(runs), figures=tuple(figures)
    )


def _headings(found: Sequence[FoundHeading], read: str, spans: Spans) -> Iterator[Heading]:
    for heading in found:
        start, end = spans[heading.first][0], spans[heading.last][1]
        if title := _one_line(read[start:end]):
            yield Heading(heading.level, start, end, title)


def _figures(own: PageInWindow, read: str, spans: Spans) -> Iterator[Figure]:
    """Yield the figures; one without a caption stands after the last line above it."""
    for figure in own.figures:
        first, last = figure.caption or (0, -1)
        caption = [at for at, place in enumerate(own.places) if first <= place <= last]
        if caption:
            start, end = spans[caption[0]][0], spans[caption[-1]][1]
        else:
            above = [at for at, place in enumerate(own.places) if own.page.lines[place].bottom >= figure.place.top]
            start = end = spans[above[-1]][1] if above else 0
        yield Figure(start, end, _one_line(read[start:end]), figure.shown)


def _one_line(text: str) -> str:
    return " ".join(strip_invisible(clean_text(text))[0].split())


class PdfReader:
    """Read the pages of a PDF with their printed labels, one at a time: memory does not grow with their number.

    Raises:
        LockedError: the file is encrypted, and the password does not open it.
        DocumentError: it is damaged, or has no text on any page.
    """

    def __init__(self, *, use_outline: bool = True) -> None:
        self._use_outline = use_outline

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:
        """Yield all pages, including those without text, so that their numbers are those of the file."""
        without_text: list[Page] = []
        pages = _pages(path, password, self._use_outline)
        try:
            for page in pages:
                without_text.append(page)
                if page.text:
                    yield from without_text
                    yield from pages
                    return
        except DamagedPdfError as error:
            without_text = _with_pypdf(path, password, [])
            if not any(page.text for page in without_text):
                raise DocumentError(str(error)) from error
            yield from without_text
        else:
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
