"""Put the headings, tables and figures found among a page's lines into the page's text (pure)."""

from collections.abc import Iterator, Sequence

from ingest.readers.blocks.pages import clean_text
from ingest.readers.pdf.heading_finder import FoundHeading
from ingest.readers.pdf.page_window import PageInWindow
from ingest.readers.pdf.tables.placement import PageLayout
from rag.text.sanitize import strip_invisible
from rag.types import Figure, Heading, Structure

Spans = Sequence[tuple[int, int]]
"""The characters of the page's text that each of its lines is."""


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
