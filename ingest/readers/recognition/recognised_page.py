"""The recognised text of an image: its lines in reading order, and where each character stands."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby
from typing import NamedTuple

import numpy as np

from ingest.readers.blocks.geometry import Box, Fractions, Line, around
from ingest.readers.blocks.paragraphs import TextLine, TextRun, line_runs, raw_positions, text_line
from ingest.readers.recognition.reading_order import Fragment, Row, rows_in_reading_order
from ingest.readers.recognition.text_detection import Points, turned

_SURE = 0.9


class Frame(NamedTuple):
    """How a page as it is read lies in its image: `turns` and then `angle` clockwise bring the image to the page.

    `turns` are quarter turns, after which the image is `width` × `height` pixels; `scale` is points to a pixel.
    """

    width: int
    height: int
    turns: int = 0
    angle: float = 0.0
    scale: float = 1.0

    def to_page(self, points: Points) -> Points:
        """Return where pixels of the turned image are on the page."""
        return np.asarray(turned(points, -self.angle) * np.array([self.scale, -self.scale]))

    def fractions(self, box: Box) -> Fractions:
        """Return where a box of the page is in the image."""
        left, bottom, right, top = box
        corners = np.array([(left, bottom), (left, top), (right, bottom), (right, top)])
        pixels = turned(corners / np.array([self.scale, -self.scale]), self.angle)
        shares = np.clip(pixels / np.array([self.width, self.height]), 0.0, 1.0)
        (left, top), (right, bottom) = shares.min(0).tolist(), shares.max(0).tolist()
        for _ in range(self.turns):
            left, top, right, bottom = top, 1 - right, bottom, 1 - left
        return left, top, right, bottom


@dataclass(frozen=True)
class Recognised:
    """The fragments recognised in an image, and its frame; `unread` counts lines that could not be made out."""

    fragments: tuple[Fragment, ...]
    frame: Frame
    unread: int = 0

    @property
    def confidence(self) -> float:
        """The mean confidence of its characters, 0 without any."""
        count = sum(len(fragment.text) for fragment in self.fragments)
        return sum(fragment.score * len(fragment.text) for fragment in self.fragments) / count if count else 0.0

    @cached_property
    def _rows(self) -> list[Row]:
        return rows_in_reading_order(self.fragments)

    @cached_property
    def text(self) -> str:
        """The text of its lines in reading order, before paragraphs are made."""
        return "\n".join(_text(row) for row in self._rows)

    @cached_property
    def lines(self) -> list[Line]:
        """Its lines in reading order."""
        ends = [end - 1 for end in accumulate(len(_text(row)) + 1 for row in self._rows)]
        return [
            Line(end - len(_text(row)), end, *around([fragment.box for fragment in row]))
            for end, row in zip(ends, self._rows, strict=True)
        ]

    def boxes(self, positions: Sequence[int]) -> list[Box]:
        """Return the boxes of characters of `text`."""
        return [self._box(position) for position in positions]

    def _line_of(self, position: int) -> int:
        """Return the number of the line that has a character of `text`."""
        return bisect_right(self.lines, position, key=lambda line: line.start)

    def _box(self, position: int) -> Box:
        fragments, starts = self._fragments_and_starts
        place = max(bisect_right(starts, position) - 1, 0)
        box, edges = fragments[place].box, fragments[place].edges
        at = min(position - starts[place], len(edges) - 1)
        return Box(edges[at], box.bottom, edges[min(at + 1, len(edges) - 1)], box.top)

    @cached_property
    def _fragments_and_starts(self) -> tuple[list[Fragment], list[int]]:
        """The fragments in reading order, and where each begins in `text`."""
        fragments = [fragment for row in self._rows for fragment in row]
        return fragments, list(accumulate((len(fragment.text) + 1 for fragment in fragments), initial=0))[:-1]

    def letter_heights(self) -> list[float]:
        """Return the height of each line's letters; 0 if it is unsure (handwriting), or nothing lies in it."""
        return [_letter_height(row) for row in self._rows]

    def shown_boxes(self, start: int, end: int, runs: Sequence[TextRun]) -> list[Fractions]:
        """Return a rectangle on the image for each line of characters `[start, end)` of the text that runs make."""
        wanted = raw_positions(self.text, runs)[max(0, start) : max(0, end)]
        seen = [at for at in wanted if at is not None and not self.text[at].isspace()]
        lines = groupby(seen, key=self._line_of)
        return [self.frame.fractions(around(self.boxes(list(line)))) for _, line in lines]

    def text_lines(self, runs: Sequence[TextRun]) -> list[TextLine]:
        """Return the lines of the text that runs make, with their boxes on the image."""
        found = []
        for start, end, positions in line_runs(self.text, raw_positions(self.text, runs), self._line_of):
            boxes = self.boxes(positions)
            first, last = self.frame.fractions(boxes[0]), self.frame.fractions(boxes[-1])
            found.append(text_line(start, end, self.frame.fractions(around(boxes)), first, last))
        return found


def _text(row: Row) -> str:
    return " ".join(fragment.text for fragment in row)


def _letter_height(row: Row) -> float:
    lying = [piece for piece in row if piece.box.right - piece.box.left >= piece.box.top - piece.box.bottom]
    if not lying or min(piece.score for piece in lying) < _SURE:
        return 0.0
    return min(piece.box.top - piece.box.bottom for piece in lying)
