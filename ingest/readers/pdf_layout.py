"""From pdfium's text of a page to its lines in reading order, with few questions to pdfium.

The order in which a file draws its text is nearly always the order in which it is read, so it is kept, with two
exceptions: columns drawn row by row, which pdfium takes for long lines, and columns drawn in another order. A line
costs two boxes, those of its first and last character; only a page that looks like two columns in one costs more.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple, Protocol

from ingest.readers.pdfium import LINE_END_HYPHEN, Box, upright


class Characters(Protocol):
    """What is asked of a page's text."""

    text: str

    def box(self, position: int) -> Box:
        """Where a character stands, in the page's units, y upwards."""


class Line(NamedTuple):
    """Characters `[start, end)` of a page's raw text that stand on one line, and where on the page as it is shown.

    `divided`: the file says that its last word goes on.
    """

    start: int
    end: int
    left: float
    bottom: float
    right: float
    top: float
    divided: bool = False


_LINE = re.compile(rf"[^\r\n{LINE_END_HYPHEN}]*[^\s{LINE_END_HYPHEN}]")
_WORD_GAP = re.compile(r"(?<=\S)[ \xa0]+(?=\S)")

_MIN_COLUMN_LINES = 6
_MIN_COLUMN_CHARACTERS = 18
"""A column of text has that many lines, of that many characters on average; a column of a table has fewer."""

_FILLED = 0.6
_SAME_EDGE = 4.0
_JUTS_OUT = 12.0
_SAMPLED_LINES = 5
_GUTTER = 0.9
"""A gap that divides columns is at least as wide as that share of the height of a line."""


def lines_of(characters: Characters) -> tuple[list[Line], int]:
    """The lines of a page in reading order, and by how many quarter turns clockwise their places are turned.

    They are turned so that most of the text runs from left to right, which need not be how the page is shown.
    """
    spans = list(_line_spans(characters.text))
    ends = [(characters.box(start), characters.box(end - 1)) for start, end in spans]
    turn = _turn(spans, ends)
    drawn = [_line(characters, *span, turn, *boxes) for span, boxes in zip(spans, ends, strict=True)]
    if len(drawn) < 2 * _MIN_COLUMN_LINES:
        return drawn, turn
    columns = _columns(drawn)
    if not columns:
        divided = _divided_at_gutter(characters, drawn, turn)
        columns = _columns(divided) if divided else []
        drawn = divided if columns else drawn
    return _by_column(drawn, columns) if columns else drawn, turn


def _line_spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text):
        inner = match[0].lstrip()
        yield match.end() - len(inner), match.end()


def _turn(spans: Sequence[tuple[int, int]], ends: Sequence[tuple[Box, Box]]) -> int:
    """The quarter turns after which most characters stand upright; text that runs to the left is taken for Hebrew."""
    running = [0, 0, 0, 0]
    for (start, end), (first, last) in zip(spans, ends, strict=True):
        across, up = last.left - first.left, last.bottom - first.bottom
        running[0 if abs(up) <= abs(across) else 1 if up > 0 else 3] += end - start
    return running.index(max(running))


def _line(characters: Characters, start: int, end: int, turn: int, first: Box, last: Box) -> Line:
    first, last = upright(first, turn), upright(last, turn)
    return Line(
        start,
        end,
        min(first.left, last.left),
        min(first.bottom, last.bottom),
        max(first.right, last.right),
        max(first.top, last.top),
        characters.text[end : end + 1] == LINE_END_HYPHEN,
    )


def _columns(lines: Sequence[Line]) -> list[float]:
    """Left edges of the columns of text, from the left; empty if the page has not two or more."""
    page_left = min(line.left for line in lines)
    page_right = max(line.right for line in lines)
    width = page_right - page_left
    edges = Counter(round(line.left / _SAME_EDGE) for line in lines)
    starts = sorted(
        edge * _SAME_EDGE
        for edge, count in edges.most_common(6)
        if count >= _MIN_COLUMN_LINES / 2 and edge * _SAME_EDGE > page_left + 0.2 * width
    )
    found = [page_left]
    for start in starts:
        if start - found[-1] > 0.15 * width and _separates(lines, found[-1], start, page_right):
            found.append(start - _SAME_EDGE)
    return found if len(found) > 1 else []


def _separates(lines: Sequence[Line], before: float, start: float, page_right: float) -> bool:
    """Whether text stands in lines of its own on both sides of the left edge of a column."""
    edge = start - _SAME_EDGE
    left = [line for line in lines if line.left >= before - _SAME_EDGE and line.right <= edge + _SAME_EDGE]
    right = [line for line in lines if line.left >= edge]
    across = [
        line
        for line in lines
        if before - _SAME_EDGE <= line.left < edge - _SAME_EDGE and line.right > start + _JUTS_OUT
    ]
    if len(across) * 2 > len(left) + len(right) or not _is_text(left) or not _is_text(right):
        return False
    gutter = start - max(line.right for line in left)
    overlap = min(_top(left), _top(right)) - max(_bottom(left), _bottom(right))
    lower = min(_top(left) - _bottom(left), _top(right) - _bottom(right))
    return gutter > -_SAME_EDGE and overlap > 0.3 * lower and page_right > start


def _is_text(lines: Sequence[Line]) -> bool:
    if len(lines) < _MIN_COLUMN_LINES:
        return False
    characters = sum(line.end - line.start for line in lines) / len(lines)
    widest = max(line.right - line.left for line in lines)
    filled = sum(line.right - line.left >= _FILLED * widest for line in lines)
    return characters >= _MIN_COLUMN_CHARACTERS and filled * 2 >= len(lines)


def _top(lines: Sequence[Line]) -> float:
    return max(line.top for line in lines)


def _bottom(lines: Sequence[Line]) -> float:
    return min(line.bottom for line in lines)


def _divided_at_gutter(characters: Characters, lines: Sequence[Line], turn: int) -> list[Line]:
    """The lines cut where a gutter goes through them; empty if a sample of them shows none."""
    widest = max(line.right - line.left for line in lines)
    wide = [line for line in lines if line.right - line.left > _FILLED * widest and line.top > line.bottom]
    if len(wide) < _MIN_COLUMN_LINES:
        return []
    step = max(1, len(wide) // _SAMPLED_LINES)
    gaps = [gap for line in wide[::step] if (gap := _widest_gap(characters, line, turn))]
    if len(gaps) * 2 < len(wide[::step]):
        return []
    gutter = median((left + right) / 2 for _, left, right in gaps)
    if sum(left < gutter < right for _, left, right in gaps) * 4 < len(gaps) * 3:
        return []
    divided: list[Line] = []
    for line in lines:
        cut = _gap_at(characters, line, turn, gutter)
        divided += [line] if cut is None else _cut(characters, line, cut, turn)
    return divided


def _gaps(characters: Characters, line: Line, turn: int) -> Iterator[tuple[re.Match[str], float, float]]:
    for match in _WORD_GAP.finditer(characters.text, line.start, line.end):
        before = upright(characters.box(match.start() - 1), turn)
        after = upright(characters.box(match.end()), turn)
        yield match, before.right, after.left


def _widest_gap(characters: Characters, line: Line, turn: int) -> tuple[re.Match[str], float, float] | None:
    """The widest gap between two words, if it can be that between two columns of text."""
    widest = max(_gaps(characters, line, turn), key=lambda gap: gap[2] - gap[1], default=None)
    if widest is None or widest[2] - widest[1] < _GUTTER * (line.top - line.bottom):
        return None
    parts = (widest[0].start() - line.start, line.end - widest[0].end())
    return widest if min(parts) >= _MIN_COLUMN_CHARACTERS / 2 else None


def _gap_at(characters: Characters, line: Line, turn: int, gutter: float) -> re.Match[str] | None:
    if not line.left < gutter < line.right:
        return None
    for match, left, right in _gaps(characters, line, turn):
        if left <= gutter <= right and right - left >= _GUTTER / 2 * (line.top - line.bottom):
            return match
    return None


def _cut(characters: Characters, line: Line, gap: re.Match[str], turn: int) -> list[Line]:
    spans = (line.start, gap.start()), (gap.end(), line.end)
    return [_line(characters, *span, turn, characters.box(span[0]), characters.box(span[1] - 1)) for span in spans]


def _by_column(lines: Sequence[Line], columns: Sequence[float]) -> list[Line]:
    """Column by column between the lines that span them; as drawn within a column, and above and below all columns."""
    places = [_column(line, columns) for line in lines]
    full = _full_lines(lines, places)
    top, bottom = _top(full), _bottom(full)
    middles = [(line.top + line.bottom) / 2 for line in lines]
    spanning = [
        middle for middle, place in zip(middles, places, strict=True) if place is None and bottom < middle < top
    ]
    keys: list[tuple[int, int]] = []
    for middle, place in zip(middles, places, strict=True):
        above = sum(other > middle for other in spanning)
        if middle >= top:
            keys.append((-1, 0))
        elif middle <= bottom:
            keys.append((2 * len(spanning) + 2, 0))
        else:
            keys.append((2 * above + 1, 0) if place is None else (2 * above, place))
    return [lines[index] for index in sorted(range(len(lines)), key=keys.__getitem__)]


def _column(line: Line, columns: Sequence[float]) -> int | None:
    """The column a line lies in, None if it spans more than one."""
    place = max(sum(edge <= line.left + _SAME_EDGE for edge in columns) - 1, 0)
    if place + 1 < len(columns) and line.right > columns[place + 1] + _JUTS_OUT:
        return None
    return place


def _full_lines(lines: Sequence[Line], places: Sequence[int | None]) -> list[Line]:
    """The lines that fill their column: where they begin and end, the columns do."""
    widest = [0.0] * len(lines)
    for line, place in zip(lines, places, strict=True):
        if place is not None:
            widest[place] = max(widest[place], line.right - line.left)
    return [
        line
        for line, place in zip(lines, places, strict=True)
        if place is not None and line.right - line.left >= _FILLED * widest[place]
    ]
