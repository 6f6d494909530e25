"""Put recognised pieces of text in reading order: rows from the top, column by column where the page has columns.

Unlike a PDF, a recogniser says nothing about order, so it is told by the gutters between columns. A gutter divides rows
if both sides are prose, or if their lines are not level with each other; level lines are the rows of a table.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.readers.blocks.geometry import Box, around


class Fragment(NamedTuple):
    """A recognised piece of a line: its text, confidence, box, and the edges of its characters from left to right.

    Boxes are in points, y upwards, of the page as it is read: turned, straightened, and enlarged or reduced so that
    most lines have the height of ordinary print (`LINE_HEIGHT`).
    """

    text: str
    score: float
    box: Box
    edges: tuple[float, ...]


Row = list[Fragment]
"""Pieces side by side, from the left."""

LINE_HEIGHT = 11.0
_SAME_ROW = 0.55
_GUTTER = 4.0
_ROUNDING = 4.0
_TRIED_GUTTERS = 12
_MIN_ROWS = 3
_LEVEL = 0.3
_MAX_LEVEL = 0.65
"""Share of rows level with one on the other side, from which both sides are parts of a table."""

_APART = 1.2
_MAX_TRIMMED = 8
_WORDS = 3.5
_LETTERS = 0.65
_MAX_DEPTH = 12


def rows_in_reading_order(fragments: Sequence[Fragment], depth: int = 0) -> list[Row]:
    """Return the rows of a page, or of a part of it, in reading order."""
    rows = _by_row(fragments)
    gutter = _best_gutter(rows) if depth < _MAX_DEPTH else None
    if gutter is None:
        return rows
    place, start, end = gutter
    inside = [fragment for row in rows[start:end] for fragment in row]
    parts = [
        [fragment for row in rows[:start] for fragment in row],
        [fragment for fragment in inside if _middle(fragment.box) < place],
        [fragment for fragment in inside if _middle(fragment.box) >= place],
        [fragment for row in rows[end:] for fragment in row],
    ]
    return [row for part in parts if part for row in rows_in_reading_order(part, depth + 1)]


def _by_row(fragments: Sequence[Fragment]) -> list[Row]:
    rows: list[Row] = []
    for fragment in sorted(fragments, key=lambda piece: -(piece.box.top + piece.box.bottom)):
        if rows and _share_row(rows[-1][0].box, fragment.box):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return [sorted(row, key=lambda piece: piece.box.left) for row in rows]


def _share_row(box: Box, other: Box) -> bool:
    common = min(box.top, other.top) - max(box.bottom, other.bottom)
    return common > _SAME_ROW * min(box.top - box.bottom, other.top - other.bottom)


def _middle(box: Box) -> float:
    return (box.left + box.right) / 2


def _best_gutter(rows: Sequence[Row]) -> tuple[float, int, int] | None:
    """Return the place of the gutter that divides most rows, and the first and last of these; None if none does."""
    gaps = Counter(
        round((left.box.right + right.box.left) / 2 / _ROUNDING)
        for row in rows
        for left, right in pairwise(row)
        if right.box.left - left.box.right >= _GUTTER
    )
    found = [
        (place * _ROUNDING, start, end)
        for place, _ in gaps.most_common(_TRIED_GUTTERS)
        for start, end in _runs(rows, place * _ROUNDING)
        if _divides(rows[start:end], place * _ROUNDING)
    ]
    return max(found, key=lambda gutter: gutter[2] - gutter[1], default=None)


def _runs(rows: Sequence[Row], place: float) -> list[tuple[int, int]]:
    """Return the runs of rows that nothing crosses at a place, without rows at their ends that stand by themselves."""
    runs: list[tuple[int, int]] = []
    start = 0
    for at, row in enumerate([*rows, None]):
        if row is None or any(piece.box.left < place < piece.box.right for piece in row):
            if at - start >= _MIN_ROWS:
                runs.append(_trimmed(rows, start, at, place))
            start = at + 1
    return runs


def _trimmed(rows: Sequence[Row], start: int, end: int, place: float) -> tuple[int, int]:
    """Leave out rows at both ends that stand apart and are no columns themselves: titles, authors, feet."""
    breaks = [at for at in range(start + 1, end) if _distance(rows[at - 1], rows[at]) > _APART * LINE_HEIGHT]
    for at in breaks:
        if at - start > _MAX_TRIMMED or end - at < _MIN_ROWS or not _is_heading(rows[start:at], place):
            break
        start = at
    for at in reversed(breaks):
        if end - at > _MAX_TRIMMED or at - start < _MIN_ROWS or not _is_foot(rows[at:end], place):
            break
        end = at
    return start, end


def _distance(row: Row, following: Row) -> float:
    return around([piece.box for piece in row]).bottom - around([piece.box for piece in following]).top


def _is_heading(rows: Sequence[Row], place: float) -> bool:
    left, right = _sides(rows, place)
    return not right or (bool(left) and _is_level(left, right))


def _is_foot(rows: Sequence[Row], place: float) -> bool:
    left, right = _sides(rows, place)
    return not left or not right or _is_level(left, right)


def _sides(rows: Sequence[Row], place: float) -> tuple[list[Row], list[Row]]:
    left = [[piece for piece in row if _middle(piece.box) < place] for row in rows]
    right = [[piece for piece in row if _middle(piece.box) >= place] for row in rows]
    return [row for row in left if row], [row for row in right if row]


def _divides(rows: Sequence[Row], place: float) -> bool:
    left, right = _sides(rows, place)
    if min(len(left), len(right)) < _MIN_ROWS:
        return False
    return not _is_level(left, right)


def _is_level(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Return True if both sides are parts of the same rows rather than columns."""
    return not (_is_prose(left) and _is_prose(right)) and _level_share(left, right) >= _MAX_LEVEL


def _is_prose(rows: Sequence[Row]) -> bool:
    pieces = [piece.text for row in rows for piece in row]
    letters = sum(map(str.isalpha, "".join(pieces)))
    signs = sum(len(piece) - piece.count(" ") for piece in pieces)
    words = sum(len(piece.split()) for piece in pieces)
    long = sum(len(piece) >= 5 * _WORDS for piece in pieces) * 2 > len(pieces)  # Chinese has no blanks
    return letters >= _LETTERS * signs and (words >= _WORDS * len(pieces) or long)


def _level_share(left: Sequence[Row], right: Sequence[Row]) -> float:
    """Return the share of rows of the shorter side that are level with one of the other."""
    fewer, more = sorted((left, right), key=len)
    heights = [_height(row) for row in more]
    return sum(any(abs(_height(row) - other) < _LEVEL * LINE_HEIGHT for other in heights) for row in fewer) / len(fewer)


def _height(row: Row) -> float:
    return (row[0].box.top + row[0].box.bottom) / 2
