"""Find the columns of a region, and put the words of its rows into them (pure)."""

from collections.abc import Sequence

from ingest.readers.pdf.tables.grid import GridCell, GridRow
from ingest.readers.pdf.tables.page_words import Row, Segment, Word
from ingest.readers.pdf.tables.regions import extents
from ingest.readers.pdf.tables.spans import Span, covered, merged

_APART = 0.3
_TOLERATED = 0.08
_MANY_ROWS = 8


def find_columns(rows: Sequence[Row]) -> list[Span]:
    """Return the extents of a table's columns, given its rows of more than one segment; first that of the labels."""
    height = max(row.height for row in rows)
    rest = [span for row in rows for span in extents(row.segments[1:])]
    tolerance = int(len(rows) * _TOLERATED) if len(rows) >= _MANY_ROWS else 0
    columns = covered(rest, tolerance, _APART * height)
    if not columns:
        return []
    firsts = [row.segments[0] for row in rows]
    labels = [first for first in firsts if not _belongs(first, columns)]
    values = extents([first for first in firsts if _belongs(first, columns)])
    columns = merged([*columns, *values], _APART * height) if values else columns
    if labels:
        left = min(label.left for label in labels)
        columns = [Span(left, min(max(label.right for label in labels), columns[0].left)), *columns]
    return columns


def _belongs(first: Segment, columns: Sequence[Span]) -> bool:
    """Return True if the first segment of a row is a value below those of the first column beside the labels."""
    return first.left >= columns[0].left - 1 or (first.is_value and first.right > columns[0].middle)


def place_row(row: Row, columns: Sequence[Span]) -> GridRow:
    """Return a row of the body with its words in columns; a segment that runs through several columns is divided."""
    cells: dict[int, list[Word]] = {}
    for place, segment in enumerate(row.segments):
        for column, words in _columns_of(segment, columns, is_first=place == 0):
            cells.setdefault(column, []).extend(words)
    ordered = [GridCell(column, words) for column, words in sorted(cells.items())]
    return GridRow(ordered, row.bottom, row.top)


def _columns_of(segment: Segment, columns: Sequence[Span], *, is_first: bool) -> list[tuple[int, list[Word]]]:
    left, right = segment.left, segment.right
    over = [place for place, column in enumerate(columns) if column.left < right and left < column.right]
    if is_first and 0 in over and not segment.is_value:
        return [(0, segment.words)]  # a long label
    if len(over) == 1:
        return [(over[0], segment.words)]
    if not over or not segment.is_value:
        return [(nearest(Span(left, right), columns), segment.words)]
    parts: dict[int, list[Word]] = {}
    pending: list[Word] = []
    for word in segment.words:
        pending.append(word)
        if any(map(str.isalnum, word.text)) or len(word.text) > 1 or word is segment.words[-1]:
            parts.setdefault(nearest(Span(word.left, word.right), columns), []).extend(pending)
            pending = []
    return list(parts.items())


def with_currency(rows: Sequence[Row], columns: Sequence[Span]) -> list[Span]:
    """Return the extents of columns with the currency signs before their numbers: heads are centred over both."""
    lefts = [column.left for column in columns]
    for row in rows:
        for segment in row.segments[1:]:
            outer = segment.words[0].left
            if outer < segment.left:
                place = nearest(Span(segment.left, segment.right), columns)
                floor = columns[place - 1].right if place else outer
                lefts[place] = min(lefts[place], max(outer, floor))
    return [Span(left, column.right) for left, column in zip(lefts, columns, strict=True)]


def nearest(span: Span, columns: Sequence[Span]) -> int:
    """Return the column that a span overlaps most, or the one nearest to it."""
    return max(range(len(columns)), key=lambda place: (columns[place].overlap(span), -place))
