"""Read the pages of a PDF ahead of the one being put together: its neighbours show its running heads.

Headings are judged by what is usual in the whole document, so the first pages and a few of the others are read before
the first is given out. A long document costs an eighth more at most, and no more memory than a short one.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.readers.blocks.paragraphs import usual_pitch
from ingest.readers.pdf.figures import FoundFigure, is_within
from ingest.readers.pdf.heading_candidates import PageLines
from ingest.readers.pdf.pdfium import Pdf
from ingest.readers.pdf.raw_page import PageFigure, RawPage, body_lines, read_page
from ingest.readers.pdf.running_heads import Edges, comparison_window, repeated_lines
from ingest.readers.pdf.tables.placement import table_lines

_AHEAD = 24
_AHEAD_CHARACTERS = 2_000_000
_MAX_SAMPLED = 16
_PAGES_A_SAMPLE = 8
_MAX_ALIKE = 2


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
    drawn = [FoundFigure(figure.place, figure.caption) for figure in figures]
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
