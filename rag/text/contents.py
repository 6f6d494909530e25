"""The contents of a document, from the structure of its pages."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rag.text.locations import first_line, page_location
from rag.types import Structure

Kind = Literal["heading", "table", "figure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsEntry:
    """A heading, table or figure in characters `[start, end)` of a page. Tables and figures stand below their heading.

    `level` counts from 1 for the outermost heading of this document; `place` is the page for people, or the line of a
    file without pages.
    """

    kind: Kind
    level: int
    title: str
    page: int
    start: int
    end: int
    place: str


def contents_of(
    structures: Iterable[tuple[int, str, Structure]], text_of: Callable[[int], str]
) -> Iterator[ContentsEntry]:
    """Yield the entries of pages (number, label, structure) in reading order; `text_of` returns the text of a page."""
    open_levels: list[int] = []
    for page, label, structure in structures:
        line, text = first_line(label), text_of(page) if first_line(label) else ""
        counted = 0
        for start, end, kind, level, title in sorted(_places(structure)):
            if kind == "heading":
                open_levels = [*(outer for outer in open_levels if outer < level), level]
            line += text.count("\n", counted, start)
            counted = start
            yield ContentsEntry(
                kind=kind,
                level=len(open_levels) + (kind != "heading"),
                title=title,
                page=page,
                start=start,
                end=end,
                place=f"line {line:,}" if text else page_location(page, label),
            )


def _places(structure: Structure) -> Iterator[tuple[int, int, Kind, int, str]]:
    for heading in structure.headings:
        yield heading.start, heading.end, "heading", heading.level, heading.title
    for table in structure.tables:
        if table.caption and not table.continues:
            yield table.start, table.end, "table", 0, table.caption
    for figure in structure.figures:
        if figure.caption:
            yield figure.start, figure.end, "figure", 0, figure.caption
