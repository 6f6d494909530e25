"""Find tables without rulings: rows that share columns, the words in these, and whether it is a table."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from ingest.readers.pdf.grid import Grid, GridCell, GridRow
from ingest.readers.pdf.heads import (
    caption_above,
    find_unit,
    has_amounts,
    head_rows,
    joined_rows,
    rows_of_heads,
    starts_table,
)
from ingest.readers.pdf.page_words import Row, Segment, Span, Word, is_year, nearest

_REGION_APART = 0.4
"""Minimum gap that all rows of a region leave between columns, as a share of the height of a row."""

_MAX_LEADING = 4.0
"""Distance between rows of a region, as a multiple of their height."""

_LABEL_SHARE = 0.4
_MAX_SINGLE = 6
"""Rows of one segment between two rows with columns."""

_COLUMNS_APART = 0.3
_TOLERATED = 0.08
_MANY_ROWS = 8
_MIN_ROWS = 2
_MOSTLY = 0.5
_MAX_WORDS = 12
_LINE_GAP = 0.4
_SAME_EDGE = 3.0


def merged(spans: Iterable[Span], apart: float) -> list[Span]:
    """Return the union of spans from left to right; those less than `apart` from each other become one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.left - found[-1].right < apart:
            found[-1] = Span(found[-1].left, max(found[-1].right, span.right))
        else:
            found.append(span)
    return found


def extended(union: Sequence[Span], spans: Sequence[Span], apart: float) -> Sequence[Span]:
    """Return a union with more spans from left to right: the same object if it covers them already."""
    at = 0
    for span in spans:
        while at < len(union) and union[at].right < span.right:
            at += 1
        if at == len(union) or union[at].left > span.left:
            return merged([*union, *spans], apart)
    return union


def covered(spans: Sequence[Span], tolerance: int, apart: float) -> list[Span]:
    """Return the intervals that more than `tolerance` spans cover, those at least `apart` from each other."""
    if not tolerance:
        return merged(spans, apart)
    edges = sorted([(span.left, 1) for span in spans] + [(span.right, -1) for span in spans])
    found: list[Span] = []
    depth = 0
    begins = 0.0
    for place, step in edges:
        before, depth = depth, depth + step
        if before <= tolerance < depth:
            begins = place
        elif depth <= tolerance < before:
            found.append(Span(begins, place))
    return merged(found, apart)


@dataclass
class Region:
    """Rows `[first, last)` of a block of rows that may be a table."""

    first: int
    last: int


def find_regions(rows: Sequence[Row]) -> list[Region]:
    """Return the runs of rows that leave the same gaps free, with rows of one segment within them."""
    found: list[Region] = []
    at = 0
    while at < len(rows):
        region = _region(rows, at) if len(rows[at].segments) > 1 else None
        if region and region.last - region.first > 1:
            found.append(region)
            at = region.last
        else:
            at += 1
    return found


def _region(rows: Sequence[Row], first: int) -> Region:
    """Return the region that begins with a row of several segments."""
    union: Sequence[Span] = merged(
        [segment.span for segment in rows[first].segments], _REGION_APART * rows[first].height
    )
    values = _Values()
    values.add(rows[first])
    last = first + 1
    at = first + 1
    while at < len(rows) and at - last <= _MAX_SINGLE:
        row, before = rows[at], rows[at - 1]
        if before.bottom - row.top > _MAX_LEADING * max(row.height, before.height) or row.top > before.top + row.height:
            break
        spans = [segment.span for segment in row.segments]
        if values.are_headed_by(row):
            break
        if len(spans) > 1:
            joined = extended(union, spans, _REGION_APART * row.height)
            if len(joined) < 2 or not _is_compatible(union, spans, joined):
                break
            union = joined
            last = at + 1
            values.add(row)
        elif spans and not _is_label(spans[0], union):
            break
        at += 1
    return Region(first, last)


class _Values:
    """Where the values of a region stand, to tell when the heads of another table begin."""

    def __init__(self) -> None:
        self._zone: Span | None = None
        self._texts: list[Span] = []
        self._left = inf

    def add(self, row: Row) -> None:
        """Take in the segments of a row beside its label, if it has values; years may be heads."""
        values = [segment for segment in row.segments[1:] if segment.is_value and not is_year(segment)]
        if not values:
            return
        for segment in row.segments[1:]:
            span = segment.span
            if not segment.is_value:
                self._texts.append(span)
            elif self._zone is None:
                self._zone = span
            else:
                self._zone = Span(min(self._zone.left, span.left), max(self._zone.right, span.right))
        self._left = min(self._left, row.left)

    def are_headed_by(self, row: Row) -> bool:
        """Return True if a row has no label and no values, and stands over the values alone."""
        zone = self._zone
        if zone is None or row.right > zone.right + row.height:
            return False
        leftmost = self._left + _LABEL_SHARE * (zone.left - self._left)
        if row.left < leftmost or not row.segments:
            return False
        return not any(
            (segment.is_value and not is_year(segment)) or any(text.overlap(segment.span) > 0 for text in self._texts)
            for segment in row.segments
        )


def _is_compatible(union: Sequence[Span], spans: Sequence[Span], joined: Sequence[Span]) -> bool:
    """Return True if a row continues the columns so far: not more than half of them melt into one."""
    return 2 * len(joined) >= min(len(union), len(spans))


def _is_label(span: Span, union: Sequence[Span]) -> bool:
    """Return True if a row of one segment can stand within a table: it does not run through to the last column."""
    last = union[-1]
    return span.right < last.left or span.left > union[0].right or span.overlap(last) <= 0


def find_columns(rows: Sequence[Row]) -> list[Span]:
    """Return the extents of a table's columns, given its rows of more than one segment; first that of the labels."""
    height = max(row.height for row in rows)
    rest = [segment.span for row in rows for segment in row.segments[1:]]
    tolerance = int(len(rows) * _TOLERATED) if len(rows) >= _MANY_ROWS else 0
    columns = covered(rest, tolerance, _COLUMNS_APART * height)
    if not columns:
        return []
    firsts = [row.segments[0] for row in rows]
    labels = [first for first in firsts if not _belongs(first, columns)]
    values = [first.span for first in firsts if _belongs(first, columns)]
    columns = merged([*columns, *values], _COLUMNS_APART * height) if values else columns
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
        return [(nearest(segment.span, columns), segment.words)]
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
                place = nearest(segment.span, columns)
                floor = columns[place - 1].right if place else outer
                lefts[place] = min(lefts[place], max(outer, floor))
    return [Span(left, column.right) for left, column in zip(lefts, columns, strict=True)]


def aligned_tables(rows: Sequence[Row]) -> Iterator[tuple[Grid, Region]]:
    """Yield the tables among rows of a block from top to bottom, and the rows they take."""
    limit = 0
    for region in find_regions(rows):
        for part in _parts(rows, region):
            found = _table(rows, part, limit)
            if found:
                yield found
                limit = found[1].last


def _parts(rows: Sequence[Row], region: Region) -> Iterator[Region]:
    """Divide a region where new heads begin below amounts."""
    multi = [row for row in rows[region.first : region.last] if len(row.segments) > 1]
    columns = find_columns(multi)
    zone = columns[1].left if len(columns) > 1 else columns[0].left if columns else 0.0
    first = region.first
    seen = False
    for at in range(region.first, region.last):
        if has_amounts(rows[at]):
            seen = True
        elif seen and starts_table(rows[at], zone - rows[at].height, len(columns) - 1):
            yield _trimmed(rows, Region(first, at))
            first, seen = at, False
    yield _trimmed(rows, Region(first, region.last))


def _trimmed(rows: Sequence[Row], region: Region) -> Region:
    last = region.last
    while last > region.first and len(rows[last - 1].segments) < 2:
        last -= 1
    return Region(region.first, last)


def _table(rows: Sequence[Row], region: Region, limit: int) -> tuple[Grid, Region] | None:
    body = _first_amounts(rows, region)
    if body is None:
        return None
    multi = [row for row in rows[body : region.last] if len(row.segments) > 1]
    if len(multi) < _MIN_ROWS:
        return None
    columns = find_columns(multi)
    if len(columns) < 2:
        return None
    labels = not all(row.segments[0].is_value for row in multi)
    columns = with_currency(multi, columns)
    zone = Span(columns[1].left, columns[-1].right) if labels else Span(columns[0].left, columns[-1].right)
    while body > region.first and not _is_column_head(rows[body - 1], zone):
        body -= 1  # labels of groups between the heads and the first amounts
    first = rows_of_heads(rows, body, limit, zone, columns[0].left)
    if first == body:
        body = first = min(body, _first_amounts(rows, region) or body)
    known = {row: place_row(row, columns) for row in multi}
    numeric = _numeric_columns(list(known.values()), len(columns), labels)
    while body - 1 > first and _begins_cell(rows, body - 1, columns, numeric):
        body -= 1
    heads = head_rows(rows[first:body], columns, labels)
    placed = [known.get(row) or place_row(row, columns) for row in rows[body : region.last] if row.segments]
    placed = joined_rows(placed, columns[0].right, numeric)
    grid = Grid(
        rows=[*heads, *placed],
        columns=len(columns),
        heads=len(heads),
        edges=[(column.left, column.right) for column in columns],
    )
    if not _is_table(grid, numeric):
        return None
    grid.caption = caption_above(rows, first, rows[first].top, limit)
    grid.unit = find_unit(rows, first, body, limit)
    return grid, Region(first, region.last)


def _begins_cell(rows: Sequence[Row], at: int, columns: Sequence[Span], numeric: frozenset[int]) -> bool:
    """Return True if a row above the body is the first line of a text in a cell of the row below it."""
    row = rows[at]
    below, above = row.bottom - rows[at + 1].top, rows[at - 1].bottom - row.top
    if len(row.segments) != 1 or below > _LINE_GAP * row.height or above < below + _LINE_GAP / 2 * row.height:
        return False
    return any(
        place not in numeric and abs(column.left - row.left) < _SAME_EDGE for place, column in enumerate(columns[1:], 1)
    )


def _first_amounts(rows: Sequence[Row], region: Region) -> int | None:
    return next((at for at in range(region.first, region.last) if has_amounts(rows[at])), None)


def _is_column_head(row: Row, zone: Span) -> bool:
    segments = row.segments
    return bool(segments) and segments[-1].right > zone.left and not has_amounts(row)


def _numeric_columns(rows: Sequence[GridRow], columns: int, labels: bool) -> frozenset[int]:
    """Return the columns most of whose cells are values."""
    found = []
    for column in range(int(labels), columns):
        cells = [cell for row in rows if (cell := row.cell(column)) is not None]
        values = sum(cell.is_value for cell in cells)
        if values > _MOSTLY * len(cells):
            found.append(column)
    return frozenset(found)


def _is_table(grid: Grid, numeric: frozenset[int]) -> bool:
    """Return True unless rows in columns are a list, a table of contents, or text that happens to leave gaps."""
    rows = [row for row in grid.body if row.values]
    if len(rows) < _MIN_ROWS or not numeric:
        return False
    if grid.columns == 2 and not grid.heads and len(rows) < 3:
        return False
    if len(numeric) == 1 and grid.columns - 1 in numeric and _is_contents(rows):
        return False
    words = [len(cell.words) for row in rows for cell in row.values]
    return sum(words) <= _MAX_WORDS * len(words)


def _is_contents(rows: Sequence[GridRow]) -> bool:
    """Return True for a table of contents: its numbers are pages, which do not fall."""
    texts = [row.values[-1].text for row in rows]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 5]
    return len(numbers) > 0.6 * len(texts) and sum(a > b for a, b in itertools.pairwise(numbers)) <= len(numbers) // 8
