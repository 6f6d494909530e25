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

from ingest.readers.pdf.pdfium import LINE_END_HYPHEN, Box, upright


class Characters(Protocol):
    """What is asked of a page's text."""

    @property
    def text(self) -> str:
        """The text as it was drawn, lines ending in CR LF."""

    def boxes(self, positions: Sequence[int]) -> list[Box]:
        """Where characters stand, in the page's units, y upwards."""


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
_MIN_WORDS = 4
_MIN_LETTERS = 0.65
_GOING_ON = 0.35
_SQUARE = 0.8
"""What tells a column of prose from one of a table: lines, words a line, the share of letters, and the share of lines
that begin with a small letter or else are filled."""

_MIN_PART = 9
_FILLED = 0.6
_SAME_EDGE = 4.0
_JUTS_OUT = 12.0
_SAMPLED_LINES = 5
_MISSES = 1
_GUTTER = 0.9
"""A gap that divides columns is at least as wide as that share of the height of a line."""


def lines_of(characters: Characters) -> tuple[list[Line], int]:
    """The lines of a page in reading order, and by how many quarter turns clockwise their places are turned.

    They are turned so that most of the text runs from left to right, which need not be how the page is shown.
    """
    spans = list(_line_spans(characters.text))
    firsts = characters.boxes([start for start, _ in spans])
    lasts = characters.boxes([end - 1 for _, end in spans])
    turn = _turn(spans, firsts, lasts)
    drawn = _lines(characters.text, spans, firsts, lasts, turn)
    if len(drawn) < 2 * _MIN_COLUMN_LINES:
        return drawn, turn
    columns = _columns(characters.text, drawn)
    if not columns:
        divided = _divided_at_gutter(characters, drawn, turn)
        columns = _columns(characters.text, divided) if divided else []
        drawn = divided if columns else drawn
    return _by_column(drawn, columns) if columns else drawn, turn


def _line_spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text):
        inner = match[0].lstrip()
        yield match.end() - len(inner), match.end()


def _turn(spans: Sequence[tuple[int, int]], firsts: Sequence[Box], lasts: Sequence[Box]) -> int:
    """The quarter turns after which most characters stand upright; text that runs to the left is taken for Hebrew."""
    running = [0, 0, 0, 0]
    for (start, end), first, last in zip(spans, firsts, lasts, strict=True):
        across, up = last.left - first.left, last.bottom - first.bottom
        running[0 if abs(up) <= abs(across) else 1 if up > 0 else 3] += end - start
    return running.index(max(running))


def _lines(
    text: str, spans: Sequence[tuple[int, int]], firsts: Sequence[Box], lasts: Sequence[Box], turn: int
) -> list[Line]:
    """The lines of a page whose first and last characters stand there."""
    if turn:
        firsts = [upright(box, turn) for box in firsts]
        lasts = [upright(box, turn) for box in lasts]
    return [
        Line(
            start,
            end,
            min(first.left, last.left),
            min(first.bottom, last.bottom),
            max(first.right, last.right),
            max(first.top, last.top),
            text[end : end + 1] == LINE_END_HYPHEN,
        )
        for (start, end), first, last in zip(spans, firsts, lasts, strict=True)
    ]


def _columns(text: str, lines: Sequence[Line]) -> list[float]:
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
        if start - found[-1] > 0.15 * width and _separates(text, lines, found[-1], start, page_right):
            found.append(start - _SAME_EDGE)
    return found if len(found) > 1 else []


def _separates(text: str, lines: Sequence[Line], before: float, start: float, page_right: float) -> bool:
    """Whether text stands in lines of its own on both sides of the left edge of a column."""
    edge = start - _SAME_EDGE
    left = [line for line in lines if line.left >= before - _SAME_EDGE and line.right <= edge + _SAME_EDGE]
    right = [line for line in lines if line.left >= edge]
    across = [
        line
        for line in lines
        if before - _SAME_EDGE <= line.left < edge - _SAME_EDGE and line.right > start + _JUTS_OUT
    ]
    if len(across) * 2 > len(left) + len(right) or not _is_text(text, left) or not _is_text(text, right):
        return False
    gutter = start - max(line.right for line in left)
    overlap = min(_top(left), _top(right)) - max(_bottom(left), _bottom(right))
    lower = min(_top(left) - _bottom(left), _top(right) - _bottom(right))
    return gutter > -_SAME_EDGE and overlap > 0.3 * lower and page_right > start


def _is_text(text: str, lines: Sequence[Line]) -> bool:
    """Whether lines are a column of prose, and not of a table: filled, of several words, most of them going on."""
    if len(lines) < _MIN_COLUMN_LINES:
        return False
    texts = [text[line.start : line.end] for line in lines]
    widest = max(line.right - line.left for line in lines)
    filled = sum(line.right - line.left >= _FILLED * widest for line in lines)
    words = sum(len(line.split()) for line in texts)
    letters = sum(map(str.isalpha, "".join(texts)))
    going_on = sum(line[0].isalpha() and not line[0].isupper() for line in texts)
    return (
        filled * 2 >= len(lines)
        and words >= _MIN_WORDS * len(lines)
        and letters >= _MIN_LETTERS * sum(map(len, texts))
        and (going_on >= _GOING_ON * len(lines) or filled >= _SQUARE * len(lines))
    )


def _top(lines: Sequence[Line]) -> float:
    return max(line.top for line in lines)


def _bottom(lines: Sequence[Line]) -> float:
    return min(line.bottom for line in lines)


def _divided_at_gutter(characters: Characters, lines: Sequence[Line], turn: int) -> list[Line]:
    """The lines cut where a gutter goes through them; empty if a sample of them shows none."""
    gutter = _gutter(characters, lines, turn)
    if gutter is None:
        return []
    spans: list[tuple[int, int]] = []
    for line in lines:
        cut = _gap_at(characters, line, turn, gutter) if line.left < gutter < line.right else None
        spans += [(line.start, cut.start()), (cut.end(), line.end)] if cut else [(line.start, line.end)]
    firsts = characters.boxes([start for start, _ in spans])
    lasts = characters.boxes([end - 1 for _, end in spans])
    return _lines(characters.text, spans, firsts, lasts, turn)


def _gutter(characters: Characters, lines: Sequence[Line], turn: int) -> float | None:
    """Where a gutter goes through most of some wide lines. The first that has no gap shows that there is none."""
    widest = max(line.right - line.left for line in lines)
    wide = [line for line in lines if line.right - line.left > _FILLED * widest and line.top > line.bottom]
    if len(wide) < _MIN_COLUMN_LINES:
        return None
    gaps: list[tuple[float, float]] = []
    missed = 0
    for line in wide[:: max(1, len(wide) // _SAMPLED_LINES)]:
        gap = _wide_gap(characters, line, turn)
        gaps += [gap] if gap else []
        missed += gap is None
        if missed > _MISSES:
            return None
    gutter = median((left + right) / 2 for left, right in gaps)
    hit = sum(left < gutter < right for left, right in gaps)
    return gutter if hit >= len(gaps) - _MISSES else None


def _gaps(characters: Characters, line: Line, turn: int) -> Iterator[tuple[re.Match[str], float, float]]:
    """The gaps between the words of a line, and where they begin and end."""
    matches = list(_WORD_GAP.finditer(characters.text, line.start, line.end))
    before = characters.boxes([match.start() - 1 for match in matches])
    after = characters.boxes([match.end() for match in matches])
    for match, left, right in zip(matches, before, after, strict=True):
        yield match, upright(left, turn).right, upright(right, turn).left


def _wide_gap(characters: Characters, line: Line, turn: int) -> tuple[float, float] | None:
    """The first gap that can be that between two columns of text."""
    needed = _GUTTER * (line.top - line.bottom)
    for match, left, right in _gaps(characters, line, turn):
        if right - left >= needed and min(match.start() - line.start, line.end - match.end()) >= _MIN_PART:
            return left, right
    return None


def _gap_at(characters: Characters, line: Line, turn: int, gutter: float) -> re.Match[str] | None:
    needed = _GUTTER / 2 * (line.top - line.bottom)
    for match, left, right in _gaps(characters, line, turn):
        if left <= gutter <= right and right - left >= needed:
            return match
    return None


def _by_column(lines: Sequence[Line], columns: Sequence[float]) -> list[Line]:
    """Column by column between the lines that span them; as drawn within a column, and above and below all columns."""
    places = _columns_of(lines, columns)
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


def _columns_of(lines: Sequence[Line], columns: Sequence[float]) -> list[int | None]:
    """The column each line lies in, None if it spans more than one.

    A line that is too long for its column, an address or a path, is drawn between those above and below it.
    """
    begins = [max(sum(edge <= line.left + _SAME_EDGE for edge in columns) - 1, 0) for line in lines]
    places: list[int | None] = [
        None if place + 1 < len(columns) and line.right > columns[place + 1] + _JUTS_OUT else place
        for line, place in zip(lines, begins, strict=True)
    ]
    for at in range(1, len(lines) - 1):
        above, line, below = lines[at - 1 : at + 2]
        if places[at] is None and places[at - 1] == begins[at] == places[at + 1] and above.top > line.top > below.top:
            places[at] = begins[at]
    return places


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
