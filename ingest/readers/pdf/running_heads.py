"""Find running heads and feet: lines at the edge of a page that its neighbours have too (pure)."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.readers.blocks.geometry import Box, Line

WINDOW = 9
"""Pages compared at a time: the page itself with four before and four after where the document has them."""

_EDGE = 0.13
_MAX_LINES = 3
_MAX_CHARACTERS = 160
_MIN_ALIKE = 3
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\W*(\d{1,5})\W*")
_ROMAN = re.compile(r"\W*[ivxlc]{1,8}\W*")


class Row(NamedTuple):
    """Lines at one height near an edge: their places among the page's lines, and a key.

    The key of a running line is the same on every page that has it; "" marks a row that cannot be one.
    """

    key: str
    is_number: bool
    lines: tuple[int, ...]


class Edges(NamedTuple):
    """Candidates for running heads and feet of a page, outermost first."""

    top: tuple[Row, ...]
    bottom: tuple[Row, ...]

    def has(self, side: int, key: str) -> bool:
        """Return True if a row of a side (0 for the top) has this key."""
        return any(row.key == key for row in self[side])


def comparison_window(index: int, pages: int) -> range:
    """Return the pages that a page is compared with, itself included."""
    first = max(0, min(index - WINDOW // 2, pages - WINDOW))
    return range(first, min(pages, first + WINDOW))


def page_edges(raw: str, lines: Sequence[Line], shown: Box, index: int) -> Edges:
    """Return the rows near the edges of page `index`, whose visible part is `shown`."""
    depth = _EDGE * (shown.top - shown.bottom)
    upper = [place for place, line in enumerate(lines) if line.bottom > shown.top - depth]
    lower = [place for place, line in enumerate(lines) if line.top < shown.bottom + depth]
    upper.sort(key=lambda place: -lines[place].top)
    lower.sort(key=lambda place: lines[place].bottom)
    return Edges(_rows(raw, lines, upper, index), _rows(raw, lines, lower, index))


def running_lines(edges: Sequence[Edges], own: int) -> set[int]:
    """Return the places of running heads and feet among the lines of page `own` of a window of pages.

    Where a line of text appears for the first time it stays, so that nothing is lost: it may be the head of a table.
    """
    return {place for side in (0, 1) for row in _running_rows(edges, own, side) for place in row.lines}


def running_head_lines(edges: Sequence[Edges], own: int) -> list[int]:
    """Return the places of running heads alone, without page numbers, outermost first."""
    return [place for row in _running_rows(edges, own, 0) if not row.is_number for place in row.lines]


def repeated_lines(edges: Sequence[Edges], own: int) -> dict[int, bool]:
    """Return the places of lines near the edges of page `own` that other pages of the window have too.

    Unlike `running_lines` it has those that appear for the first time. One other page is enough for a line that begins
    or ends in a number, which may be the page's. A place is mapped to True if the line is on three other pages or more.
    """
    found: dict[int, bool] = {}
    for side in (0, 1):
        for row in edges[own][side]:
            alike = (
                sum(place != own and other.has(side, row.key) for place, other in enumerate(edges)) if row.key else 0
            )
            if alike >= min(_MIN_ALIKE, max(2, len(edges) - 1)) or (
                alike and (row.key.startswith("#") or row.key.endswith("#"))
            ):
                found.update(dict.fromkeys(row.lines, alike >= _MIN_ALIKE))
    return found


def _running_rows(edges: Sequence[Edges], own: int, side: int) -> Iterator[Row]:
    needed = min(_MIN_ALIKE, len(edges) - 1)
    if needed < 2:
        return
    for row in edges[own][side]:
        alike = [place for place, other in enumerate(edges) if place != own and other.has(side, row.key)]
        if not row.key or len(alike) < needed or not (row.is_number or alike[0] < own):
            return
        yield row


def _rows(raw: str, lines: Sequence[Line], places: Sequence[int], index: int) -> tuple[Row, ...]:
    rows: list[list[int]] = []
    for place in places:
        middle = (lines[place].top + lines[place].bottom) / 2
        if rows and lines[rows[-1][0]].bottom <= middle <= lines[rows[-1][0]].top:
            rows[-1].append(place)
        elif len(rows) == _MAX_LINES:
            break
        else:
            rows.append([place])
    for row in rows:
        row.sort(key=lambda place: lines[place].left)
    texts = [" ".join(raw[lines[place].start : lines[place].end] for place in row) for row in rows]
    return tuple(Row(*_key(text, index), tuple(row)) for text, row in zip(texts, rows, strict=True))


def _key(text: str, index: int) -> tuple[str, bool]:
    number = _NUMBER.fullmatch(text)
    if number:
        return f"page {int(number[1]) - index}", True
    if _ROMAN.fullmatch(text):
        return "roman", True
    if len(text) > _MAX_CHARACTERS or not any(character.isalpha() for character in text):
        return "", False
    return _DIGITS.sub("#", text), False
