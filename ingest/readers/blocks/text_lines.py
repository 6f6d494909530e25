"""The lines of a page's stored text as they stand on its picture, so that text can be selected there."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

Fractions = tuple[float, float, float, float]
"""Left, top, right and bottom, as fractions of the picture."""


class TextLine(NamedTuple):
    """Characters `[start, end)` of the stored text, and their box on the picture.

    `turns`: quarter turns clockwise by which the picture shows them turned; upside down counts as none.
    """

    start: int
    end: int
    turns: int
    left: float
    top: float
    right: float
    bottom: float


def line_runs(
    raw: str, positions: Sequence[int | None], line_of: Callable[[int], int]
) -> Iterator[tuple[int, int, list[int]]]:
    """Yield runs of stored characters that stand on one line: start, end, and the raw positions of those that are seen.

    `positions` are those of the stored characters in the raw text. What is stored again, as the head of a table is in
    each of its rows, is one run, the first.
    """
    seen: set[int] = set()
    shown = [(place, at) for place, at in enumerate(positions) if at is not None and not raw[at].isspace()]
    for _, run in groupby(shown, key=lambda each: line_of(each[1])):
        places, found = zip(*run, strict=True)
        if not seen.issuperset(found):
            seen.update(found)
            yield places[0], places[-1] + 1, list(found)


def text_line(start: int, end: int, box: Fractions, first: Fractions, last: Fractions) -> TextLine:
    """Return a line, turned as its first and last character lie."""
    across = (last[0] + last[2]) - (first[0] + first[2])
    down = (last[1] + last[3]) - (first[1] + first[3])
    turns = 0 if abs(across) >= abs(down) else 1 if down > 0 else 3
    return TextLine(start, end, turns, *box)
