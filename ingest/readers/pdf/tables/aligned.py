"""Find tables without rulings: rows whose words stand in common columns (pure)."""

import itertools
from collections.abc import Iterator, Sequence

from ingest.readers.pdf.tables.columns import find_columns, place_row, with_currency
from ingest.readers.pdf.tables.grid import Grid, GridRow
from ingest.readers.pdf.tables.heads import has_amounts, head_rows, rows_of_heads, starts_table
from ingest.readers.pdf.tables.labels import joined_rows
from ingest.readers.pdf.tables.page_words import Row
from ingest.readers.pdf.tables.regions import Region, find_regions
from ingest.readers.pdf.tables.spans import Span
from ingest.readers.pdf.tables.table_titles import caption_above, find_unit

_MIN_ROWS = 2
_MOSTLY = 0.5
_MAX_WORDS = 12
_LINE_GAP = 0.4
_SAME_EDGE = 3.0


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
    grid.caption = caption_above(rows, first, limit)
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
    from ingest.readers.pdf.tables.page_words import is_value

    found = []
    for column in range(int(labels), columns):
        cells = [cell for row in rows if (cell := row.cell(column)) is not None]
        values = sum(is_value([word.text for word in cell.words]) for cell in cells)
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
