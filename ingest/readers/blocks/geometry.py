"""Boxes, characters and lines of a page, whoever found them: a PDF library or text recognition."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

LINE_END_HYPHEN = "\ufffe"
"""Character that stands for the hyphen and line end within a divided word: pdfium writes it so."""

Fractions = tuple[float, float, float, float]
"""Left, top, right and bottom of a rectangle, as fractions of the width and height of a page or image as shown."""


class Box(NamedTuple):
    """A rectangle in the page's own units, y upwards, before the page's rotation is applied."""

    left: float
    bottom: float
    right: float
    top: float


def upright(box: Box, turn: int) -> Box:
    """Turn a box clockwise by quarter turns around the origin."""
    left, bottom, right, top = box
    if turn == 1:
        return Box(bottom, -right, top, -left)
    if turn == 2:
        return Box(-right, -top, -left, -bottom)
    if turn == 3:
        return Box(-top, left, -bottom, right)
    return box


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around boxes."""
    return Box(
        min(box.left for box in boxes),
        min(box.bottom for box in boxes),
        max(box.right for box in boxes),
        max(box.top for box in boxes),
    )


def root(parents: list[int], place: int) -> int:
    """Return the place that stands for the group of another: `parents` leads each nearer to it (union-find)."""
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place


class Characters(Protocol):
    """A page's text with the boxes of its characters."""

    @property
    def text(self) -> str:
        """The text in drawing order, lines ending in CR LF."""

    def boxes(self, positions: Sequence[int]) -> list[Box]:
        """Return the boxes of characters in the page's units, y upwards."""


class Line(NamedTuple):
    """Characters `[start, end)` of a page's raw text that form a line, and its box on the page as shown.

    `divided`: the file marks its last word as hyphenated.
    """

    start: int
    end: int
    left: float
    bottom: float
    right: float
    top: float
    divided: bool = False


_WORD_SPACE = 0.6
"""Widest gap within a line, as a share of its height."""


def are_parts(line: Line, following: Line) -> bool:
    """Return True if two lines are parts of one: a file may draw every word by itself."""
    height = min(line.top - line.bottom, following.top - following.bottom)
    overlap = min(line.top, following.top) - max(line.bottom, following.bottom)
    return overlap > 0.8 * height > 0 and -0.2 * height <= following.left - line.right <= _WORD_SPACE * height


def are_beside(one: Line, other: Line) -> bool:
    """Return True if two lines stand at one height, side by side."""
    overlap = min(one.top, other.top) - max(one.bottom, other.bottom)
    lower = min(one.top - one.bottom, other.top - other.bottom)
    return overlap > 0.5 * lower > 0
