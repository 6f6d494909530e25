"""Tell the heads of a table from its body, and find which columns each head stands over (pure)."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.readers.pdf.tables.columns import nearest
from ingest.readers.pdf.tables.grid import GridCell, GridRow
from ingest.readers.pdf.tables.page_words import Row, Segment, Word
from ingest.readers.pdf.tables.regions import is_year
from ingest.readers.pdf.tables.spans import Span

_PAIR = re.compile(r"\w[:：]\s?\w")
_MAX_HEADS = 8
_MAX_HEAD_WORDS = 16
_HEAD_PITCH = 2.4
_OVERHANG = 3.0
_LABEL_SHARE = 0.4
_OFF_CENTRE = 3.0
_COVERED = 0.2
_HEAD_GAP = 0.5
_WIDER = 1.4

UNIT = re.compile(
    r"\(([^()]*\b(?:millions?|thousands?|billions?|000s?|except|per share|percent|percentages?|dollars|unaudited|"
    r"in (?:USD|EUR|GBP|€|\$)|[Mm]io\.?|Tsd\.?)\b[^()]*)\)"
    r"|((?:amounts? |dollars? |shares? |tabular |figures |values )*(?:expressed |stated )?in (?:US |U\.S\. )?"
    r"(?:\$ ?)?(?:millions|thousands|billions)\b[^.]*)",
    re.IGNORECASE,
)
PERIOD = re.compile(
    r"\b(?:year|years|months?|weeks|quarters?|period|fiscal|as of|as at|ended|ending|at|"
    r"january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)


def has_amounts(row: Row) -> bool:
    """Return True if a row has values that are not years: it belongs to the body."""
    segments = row.segments
    if len(segments) < 2:
        return False
    if segments[0].is_value and 2 * sum(map(is_year, segments)) > len(segments):
        return False  # years and dates without a label
    values = [segment for segment in segments[1:] if segment.is_value]
    if segments[0].is_value and not any(any(map(str.isalpha, segment.text)) for segment in segments[1:]):
        values.append(segments[0])
    return not all(map(is_year, values))


def is_head_stub(text: str) -> bool:
    """Return True if the cell above the labels belongs to the heads: a period or a unit."""
    return bool(UNIT.search(text) or PERIOD.search(text)) and len(text.split()) <= _MAX_HEAD_WORDS


def starts_table(row: Row, zone: float, columns: int) -> bool:
    """Return True if a row within a table of amounts in so many columns can only be a new row of heads."""
    segments = row.segments
    if len(segments) < 2 or has_amounts(row):
        return False
    stub = segments[0] if segments[0].left < zone else None
    rest = segments[1:] if stub else segments
    if stub and not is_head_stub(stub.text):
        return False
    if all(map(is_year, rest)):
        return len(rest) > 1
    return len(rest) > 1 and len(rest) >= columns and not any(segment.is_value for segment in rest)


def rows_of_heads(rows: Sequence[Row], first: int, limit: int, zone: Span, label_left: float) -> int:
    """Return the first of the rows above `first`, not before `limit`, that are heads of columns in `zone`."""
    at = first
    while at > limit and first - at < _MAX_HEADS:
        row, below = rows[at - 1], rows[at]
        if row.bottom - below.top > _HEAD_PITCH * max(row.height, below.height) or row.bottom < below.bottom:
            break
        if not _is_head(row, zone, label_left) or (at < first and _PAIR.search(row.text)):
            break
        at -= 1
    return at


def _is_head(row: Row, zone: Span, label_left: float) -> bool:
    segments = row.segments
    if not segments or has_amounts(row) or len(row.words) > _MAX_HEAD_WORDS * len(segments):
        return False
    stub = len(segments) > 1 and segments[0].left < zone.left - _OVERHANG * row.height
    rest = segments[1:] if stub else segments
    if len(segments) == 1 and not _is_over(segments[0], zone, label_left, row.height):
        return False
    if any(segment.text.endswith((".", ";")) and len(segment.words) > 4 for segment in rest):
        return False
    leftmost = label_left + _LABEL_SHARE * (zone.left - label_left)  # as in `_leftmost`
    over = all(segment.right >= zone.left - row.height and leftmost <= segment.left < zone.right for segment in rest)
    return over and (not stub or segments[0].left >= label_left - 2 * row.height)


def _is_over(segment: Segment, zone: Span, label_left: float, height: float) -> bool:
    """Return True if the only text of a row is centred over the columns and not over the whole table, as a title is."""
    span = Span(segment.left, segment.right)
    if span.right > zone.right + height or span.right - span.left > 1.05 * (zone.right - zone.left):
        return False
    title = Span(label_left, zone.right)
    off = abs(span.middle - title.middle)
    return off >= abs(span.middle - zone.middle) or off > _OFF_CENTRE * height or span.left >= zone.left


def head_rows(rows: Sequence[Row], columns: Sequence[Span], labels: bool) -> list[GridRow]:
    """Return rows of heads with every head over the columns that it names."""
    extents = list(columns)
    found: list[GridRow] = []
    named: set[int] = set()
    for row in reversed(rows):
        cells = _cells(row, extents, columns, labels)
        below = named if found else set(range(int(labels), len(columns)))
        _spread(cells, extents, below, first=int(labels), height=row.height, is_last=not found)
        for cell in cells:
            named.update(range(cell.column, cell.column + cell.span))
            if cell.span == 1 and not UNIT.search(cell.text):
                side = extents[cell.column]
                extents[cell.column] = Span(min(side.left, cell.left), max(side.right, cell.right))
        found.append(GridRow(cells, row.bottom, row.top))
    return found[::-1]


def _cells(row: Row, extents: Sequence[Span], columns: Sequence[Span], labels: bool) -> list[GridCell]:
    cells: list[GridCell] = []
    for place, segment in enumerate(row.segments):
        for words in _divided(segment.words, columns, row.height):
            span = Span(min(word.left for word in words), max(word.right for word in words))
            if labels and place == 0 and span.left < _leftmost(columns):
                over = [0]
            else:
                over = _under(span, extents, first=int(labels))
            if cells and over[0] < cells[-1].column + cells[-1].span:
                if over[-1] < cells[-1].column + cells[-1].span:
                    cells[-1].words += words
                    continue
                over = over[1:]
            cells.append(GridCell(over[0], list(words), over[-1] - over[0] + 1))
    return cells


def _leftmost(columns: Sequence[Span]) -> float:
    """Return where heads of the columns beside the labels can begin."""
    return columns[0].left + _LABEL_SHARE * (columns[1].left - columns[0].left)


def _under(span: Span, columns: Sequence[Span], first: int) -> list[int]:
    """Return the columns from `first` on below a head: those of which it covers a good part, or the nearest."""
    over = [
        place
        for place in range(first, len(columns))
        if columns[place].overlap(span)
        > _COVERED * min(columns[place].right - columns[place].left, span.right - span.left)
    ]
    return over or [first + nearest(span, columns[first:])]


def _divided(words: Sequence[Word], columns: Sequence[Span], height: float) -> list[list[Word]]:
    """Divide the words of a head where a gap wider than between words stands between two columns."""
    parts: list[list[Word]] = [[words[0]]]
    gaps = [word.left - before.right for before, word in pairwise(words)]
    needed = max(_HEAD_GAP * height, _WIDER * min(gaps, default=0.0))
    for before, word in pairwise(words):
        place = (before.right + word.left) / 2
        between = any(
            left.right - height <= place <= right.left + height
            and left.middle < before.right
            and word.left < right.middle
            for left, right in pairwise(columns)
        )
        if between and word.left - before.right >= needed:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _spread(
    cells: list[GridCell], columns: Sequence[Span], named: set[int], *, first: int, height: float, is_last: bool
) -> None:
    """Let heads span the columns around them that they are centred over; those above other heads more freely."""
    for place, cell in enumerate(cells):
        if (first and cell.column == 0) or UNIT.search(cell.text):
            continue
        low = cells[place - 1].column + cells[place - 1].span if place else first
        high = cells[place + 1].column if place + 1 < len(cells) else len(columns)
        begin, end = cell.column, cell.column + cell.span
        alone = not is_last and len(cells) == 1 + (cells[0].column == 0 and first)
        if not _may_spread(cell, columns, alone=alone, is_last=is_last):
            continue
        middle = (cell.left + cell.right) / 2
        groups = [
            (
                abs((columns[left].left + columns[right - 1].right) / 2 - middle) // (0.75 * height),
                left - right,
                left,
                right,
            )
            for left in range(max(low, first), begin + 1)
            for right in range(end, high + 1)
            if all(column in named for column in range(left, right))
        ]
        if groups:
            _, _, left, right = min(groups)
            cell.column, cell.span = left, right - left


def _may_spread(cell: GridCell, columns: Sequence[Span], *, alone: bool, is_last: bool) -> bool:
    if cell.span > 1:
        return not is_last
    column = columns[cell.column]
    width = max(column.right - column.left, 1.0)
    off = abs(column.middle - (cell.left + cell.right) / 2) > 0.3 * width and not (
        abs(cell.right - column.right) < 3 or abs(cell.left - column.left) < 3
    )
    wide = cell.right - cell.left > 1.2 * width and not is_last
    return off or wide or (alone and bool(PERIOD.search(cell.text)))
