"""Running heads and feet: what stands at the edge of a page and of its neighbours alike (pure)."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.pdfium import Box

WINDOW = 9
"""A page is compared with that many, itself among them: four before and four after where the document has them."""

_EDGE = 0.13
_MAX_LINES = 3
_LONGEST = 160
_ALIKE = 3
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\W*(\d{1,5})\W*")
_ROMAN = re.compile(r"\W*[ivxlc]{1,8}\W*")


class Row(NamedTuple):
    """Lines at one height near an edge: their places among the page's lines, and a key.

    The key is the same for a running line on every page that has it, and "" for what cannot be one.
    """

    key: str
    is_number: bool
    lines: tuple[int, ...]


class Edges(NamedTuple):
    """What could be a running head or foot of a page, outermost first."""

    top: tuple[Row, ...]
    bottom: tuple[Row, ...]

    def has(self, side: int, key: str) -> bool:
        """Whether a row of one side, 0 the top, has this key."""
        return any(row.key == key for row in self[side])


def window(index: int, pages: int) -> range:
    """The pages that a page is compared with."""
    first = max(0, min(index - WINDOW // 2, pages - WINDOW))
    return range(first, min(pages, first + WINDOW))


def edges_of(raw: str, lines: Sequence[Line], shown: Box, index: int) -> Edges:
    """The lines near the upper and lower edge of a page; `shown` is what of it is shown, `index` its place."""
    depth = _EDGE * (shown.top - shown.bottom)
    upper = [place for place, line in enumerate(lines) if line.bottom > shown.top - depth]
    lower = [place for place, line in enumerate(lines) if line.top < shown.bottom + depth]
    upper.sort(key=lambda place: -lines[place].top)
    lower.sort(key=lambda place: lines[place].bottom)
    return Edges(_rows(raw, lines, upper, index), _rows(raw, lines, lower, index))


def running(edges: Sequence[Edges], own: int) -> set[int]:
    """Places of the lines that are running heads or feet on page `own` of a window of pages.

    Text stays where it stands for the first time, so that nothing is lost: it may be the head of a table.
    """
    return {place for side in (0, 1) for row in _running_rows(edges, own, side) for place in row.lines}


def running_head(edges: Sequence[Edges], own: int) -> list[int]:
    """Those of them that name what the page belongs to: at the top and more than a number, outermost first."""
    return [place for row in _running_rows(edges, own, 0) if not row.is_number for place in row.lines]


def _running_rows(edges: Sequence[Edges], own: int, side: int) -> Iterator[Row]:
    needed = min(_ALIKE, len(edges) - 1)
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
    if len(text) > _LONGEST or not any(character.isalpha() for character in text):
        return "", False
    return _DIGITS.sub("#", text), False
