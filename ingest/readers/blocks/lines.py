"""Find the lines of a page in reading order, with few calls to pdfium.

A file nearly always draws its text in reading order, so that order is kept, with two exceptions: columns drawn row by
row, which pdfium takes for long lines, and columns drawn in the wrong order. A line costs the boxes of its first and
last character; only a page that may have columns drawn row by row costs more.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from ingest.readers.blocks.geometry import LINE_END_HYPHEN, Box, Characters, Line, upright

_LINE = re.compile(rf"[^\r\n{LINE_END_HYPHEN}]*[^\s{LINE_END_HYPHEN}]")
_WORD_GAP = re.compile(r"(?<=\S)[ \xa0]+(?=\S)")

_MIN_COLUMN_LINES = 6
_MIN_WORDS = 4
_MIN_LETTERS = 0.65
_MIN_CONTINUED = 0.35
_JUSTIFIED = 0.8
"""Thresholds that tell a column of prose from one of a table: lines, words per line, share of letters, share of lines
that continue the one above in lower case, or else share of lines that are filled."""

_MIN_HALF = 9
_FILLED = 0.6
_SAME_EDGE = 4.0
_MAX_OVERHANG = 12.0
_SAMPLED_LINES = 5
_MAX_MISSES = 1
_GUTTER = 0.9
"""Minimum width of a gap between columns, as a share of the height of a line."""


def lines_in_reading_order(characters: Characters) -> tuple[list[Line], int]:
    """Return the lines of a page in reading order, and the clockwise quarter turns applied to their boxes.

    The boxes are turned so that most text runs from left to right, which may differ from how the page is shown.
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


def text_columns(text: str, lines: Sequence[Line]) -> list[int | None]:
    """Return the column of each line, None if it spans more than one; empty for a page without columns of text."""
    if len(lines) < 2 * _MIN_COLUMN_LINES:
        return []
    columns = _columns(text, lines)
    return _columns_of(lines, columns) if columns else []


def _line_spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text):
        inner = match[0].lstrip()
        yield match.end() - len(inner), match.end()


def _turn(spans: Sequence[tuple[int, int]], firsts: Sequence[Box], lasts: Sequence[Box]) -> int:
    """Return the quarter turns that set most characters upright; text running to the left is taken for Hebrew."""
    running = [0, 0, 0, 0]
    for (start, end), first, last in zip(spans, firsts, lasts, strict=True):
        across, up = last.left - first.left, last.bottom - first.bottom
        running[0 if abs(up) <= abs(across) else 1 if up > 0 else 3] += end - start
    return running.index(max(running))


def _lines(
    text: str, spans: Sequence[tuple[int, int]], firsts: Sequence[Box], lasts: Sequence[Box], turn: int
) -> list[Line]:
    """Return the lines of a page, given the boxes of their first and last characters."""
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
    """Return the left edges of the columns of text from the left; empty unless there are at least two."""
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
    """Return True if separate lines of text stand on both sides of the left edge of a column."""
    edge = start - _SAME_EDGE
    left = [line for line in lines if line.left >= before - _SAME_EDGE and line.right <= edge + _SAME_EDGE]
    right = [line for line in lines if line.left >= edge]
    across = [
        line
        for line in lines
        if before - _SAME_EDGE <= line.left < edge - _SAME_EDGE and line.right > start + _MAX_OVERHANG
    ]
    if len(across) * 2 > len(left) + len(right) or not _is_text(text, left) or not _is_text(text, right):
        return False
    gutter = start - max(line.right for line in left)
    overlap = min(_top(left), _top(right)) - max(_bottom(left), _bottom(right))
    lower = min(_top(left) - _bottom(left), _top(right) - _bottom(right))
    return gutter > -_SAME_EDGE and overlap > 0.3 * lower and page_right > start


def _is_text(text: str, lines: Sequence[Line]) -> bool:
    """Return True if lines are a column of prose and not of a table: filled, of several words, in sentences."""
    if len(lines) < _MIN_COLUMN_LINES:
        return False
    texts = [text[line.start : line.end] for line in lines]
    widest = max(line.right - line.left for line in lines)
    filled = sum(line.right - line.left >= _FILLED * widest for line in lines)
    words = sum(len(line.split()) for line in texts)
    letters = sum(map(str.isalpha, "".join(texts)))
    continued = sum(line[0].isalpha() and not line[0].isupper() for line in texts)
    return (
        filled * 2 >= len(lines)
        and words >= _MIN_WORDS * len(lines)
        and letters >= _MIN_LETTERS * sum(map(len, texts))
        and (continued >= _MIN_CONTINUED * len(lines) or filled >= _JUSTIFIED * len(lines))
    )


def _top(lines: Sequence[Line]) -> float:
    return max(line.top for line in lines)


def _bottom(lines: Sequence[Line]) -> float:
    return min(line.bottom for line in lines)


def _divided_at_gutter(characters: Characters, lines: Sequence[Line], turn: int) -> list[Line]:
    """Return the lines divided at the gutter that runs through them; empty if a sample of them has none."""
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
    """Return the position of a gutter through nearly all of a sample of wide lines, None if there is none."""
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
        if missed > _MAX_MISSES:
            return None
    gutter = median((left + right) / 2 for left, right in gaps)
    hit = sum(left < gutter < right for left, right in gaps)
    return gutter if hit >= len(gaps) - _MAX_MISSES else None


def _gaps(characters: Characters, line: Line, turn: int) -> Iterator[tuple[re.Match[str], float, float]]:
    """Yield the gaps between the words of a line with their left and right edges."""
    matches = list(_WORD_GAP.finditer(characters.text, line.start, line.end))
    before = characters.boxes([match.start() - 1 for match in matches])
    after = characters.boxes([match.end() for match in matches])
    for match, left, right in zip(matches, before, after, strict=True):
        yield match, upright(left, turn).right, upright(right, turn).left


def _wide_gap(characters: Characters, line: Line, turn: int) -> tuple[float, float] | None:
    """Return the edges of the first gap that is wide enough to separate columns."""
    needed = _GUTTER * (line.top - line.bottom)
    for match, left, right in _gaps(characters, line, turn):
        if right - left >= needed and min(match.start() - line.start, line.end - match.end()) >= _MIN_HALF:
            return left, right
    return None


def _gap_at(characters: Characters, line: Line, turn: int, gutter: float) -> re.Match[str] | None:
    needed = _GUTTER / 2 * (line.top - line.bottom)
    for match, left, right in _gaps(characters, line, turn):
        if left <= gutter <= right and right - left >= needed:
            return match
    return None


def _by_column(lines: Sequence[Line], columns: Sequence[float]) -> list[Line]:
    """Order lines column by column between the lines that span columns; elsewhere keep the drawing order."""
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
    """Return the column of each line, None if it spans more than one.

    A line too long for its column, such as an address or a path, is recognised by its neighbours in drawing order.
    """
    begins = [max(sum(edge <= line.left + _SAME_EDGE for edge in columns) - 1, 0) for line in lines]
    places: list[int | None] = [
        None if place + 1 < len(columns) and line.right > columns[place + 1] + _MAX_OVERHANG else place
        for line, place in zip(lines, begins, strict=True)
    ]
    for at in range(1, len(lines) - 1):
        above, line, below = lines[at - 1 : at + 2]
        if places[at] is None and places[at - 1] == begins[at] == places[at + 1] and above.top > line.top > below.top:
            places[at] = begins[at]
    return places


def _full_lines(lines: Sequence[Line], places: Sequence[int | None]) -> list[Line]:
    """Return the lines that fill their column; they show where the columns begin and end."""
    widest = [0.0] * len(lines)
    for line, place in zip(lines, places, strict=True):
        if place is not None:
            widest[place] = max(widest[place], line.right - line.left)
    return [
        line
        for line, place in zip(lines, places, strict=True)
        if place is not None and line.right - line.left >= _FILLED * widest[place]
    ]
