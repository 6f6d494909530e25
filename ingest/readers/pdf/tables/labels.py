"""Join labels and cells that run over several lines; put groups before labels, and periods before heads."""

from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.pdf.tables.grid import Grid, GridCell, GridRow
from ingest.readers.pdf.tables.heads import PERIOD, UNIT, is_head_stub
from ingest.readers.pdf.tables.page_words import Word

_NEAR = 0.75
_NEARER = 0.15
_INDENT = 2.0
_FILLED = 0.85
_MOSTLY = 0.6


def joined_rows(rows: Sequence[GridRow], label_right: float, numeric: frozenset[int]) -> list[GridRow]:
    """Return the rows of a body with the lines of one label, and of one cell, in one row.

    A line without numbers belongs to the row it stands nearer to, if it can be a part of it: of a label that fills its
    column or goes on in lower case, or of a text beside the label.
    """
    found: list[GridRow] = []
    pending: GridRow | None = None
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        if pending is not None:
            row = _together(pending, row)
            pending = None
        before = found[-1] if found else None
        if following is not None and _goes_down(before, row, following, label_right, numeric):
            pending = row
        elif before is not None and _goes_up(before, row, label_right, numeric):
            found[-1] = _together(before, row)
        else:
            found.append(row)
    return found


def _goes_down(
    before: GridRow | None, row: GridRow, following: GridRow, label_right: float, numeric: frozenset[int]
) -> bool:
    """Return True if a line is the beginning of the row below it."""
    height = row.top - row.bottom
    below = row.bottom - following.top
    if _has_values(row, numeric) or below > _NEAR * height:
        return False
    nearer = before is None or below < before.bottom - row.top - _NEARER * height
    label = row.label
    if label is None:
        return nearer
    if row.values or not _runs_on(label, label_right) or following.label is None:
        return False
    return nearer or following.label.text[0].islower()


def _goes_up(before: GridRow, row: GridRow, label_right: float, numeric: frozenset[int]) -> bool:
    """Return True if a line continues the row above it."""
    if before.bottom - row.top > _NEAR * min(before.top - before.bottom, row.top - row.bottom):
        return False
    label, above = row.label, before.label
    if label is None:
        if _has_values(row, numeric):
            return not before.values and _runs_on(above, label_right)
        return bool(row.cells and before.cells)
    if above is None or (_has_values(row, numeric) and _has_values(before, numeric)):
        return False
    return label.text[0].islower() and not above.text.endswith(":")


def _has_values(row: GridRow, numeric: frozenset[int]) -> bool:
    return any(cell.column in numeric for cell in row.values)


def _runs_on(label: GridCell | None, label_right: float) -> bool:
    """Return True if a label fills its column, so that it may go on below."""
    if label is None or label.text.endswith(":"):
        return False
    return label.right > label.left + _FILLED * (label_right - label.left)


def _together(upper: GridRow, lower: GridRow) -> GridRow:
    """Return two lines as one row."""
    cells = {cell.column: cell for cell in upper.cells}
    for cell in lower.cells:
        known = cells.get(cell.column)
        cells[cell.column] = cell if known is None else replace(known, words=[*known.words, *cell.words])
    return GridRow([cells[column] for column in sorted(cells)], min(upper.bottom, lower.bottom), upper.top)


def groups_of(rows: Sequence[GridRow]) -> list[GridCell | None]:
    """Return for each row the label of its group if other rows have the same label, else None."""
    labels = [row.label.text if row.label and row.values else "" for row in rows]
    found: list[GridCell | None] = []
    stack: list[GridCell] = []
    for row, text in zip(rows, labels, strict=True):
        label = row.label
        if label is not None:
            while stack and stack[-1].left > label.left + _INDENT:
                stack.pop()
            if not row.values:
                while stack and stack[-1].left > label.left - _INDENT:
                    stack.pop()
                stack.append(label)
        twice = bool(text) and labels.count(text) > 1
        found.append(stack[-1] if twice and stack else None)
    return found


def complete_names(grid: Grid) -> Grid:
    """Move units and titles above the table, a period above the labels before all heads, and groups before labels.

    A label follows that of its group only if another row has the same label.
    """
    heads: list[GridRow] = []
    periods: list[Word] = []
    labelled = not _labels_are_values(grid.body)
    for row in grid.rows[: grid.heads]:
        cells = []
        for cell in row.cells:
            if _spans_all(cell, grid, row) or is_unit(cell.text):
                grid.above.append(cell.words)
            elif cell.column == 0 and cell.span == 1 and labelled and len(row.cells) > 1 and is_head_stub(cell.text):
                period, unit = _without_unit(cell.words)
                periods += period
                grid.above += [unit] if unit else []
            else:
                cells.append(cell)
        if cells:
            heads.append(GridRow(cells, row.bottom, row.top))
    _put_period(heads, periods, grid)
    body = grid.body
    for row, group in zip(body, groups_of(body), strict=True):
        if group is not None and row.label is not None:
            row.label.prefix = group.words
    grid.rows, grid.heads = [*heads, *body], len(heads)
    return grid


def is_unit(text: str) -> bool:
    """Return True if a text states the unit of a table and nothing else."""
    found = UNIT.search(text)
    if not found or len(found[0]) <= _MOSTLY * len(text):
        return False
    return not PERIOD.search(text.replace(found[0], " "))


def _spans_all(cell: GridCell, grid: Grid, row: GridRow) -> bool:
    return len(row.cells) == 1 and cell.span == grid.columns > 1


def _labels_are_values(rows: Sequence[GridRow]) -> bool:
    labels = [row.label for row in rows if row.label is not None]
    return sum(label.is_value for label in labels) > _MOSTLY * len(labels)


def _without_unit(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """Return the words of a period, and those of a unit in brackets among them."""
    text = " ".join(word.text for word in words)
    found = UNIT.search(text)
    if not found:
        return list(words), []
    inside: list[Word] = []
    outside: list[Word] = []
    at = 0
    for word in words:
        (inside if found.start() <= at < found.end() else outside).append(word)
        at += len(word.text) + 1
    return (outside, inside) if PERIOD.search(" ".join(word.text for word in outside)) else ([], list(words))


def _put_period(heads: list[GridRow], period: list[Word], grid: Grid) -> None:
    """Put the period before the topmost head of every column; a table that has no heads keeps it above."""
    first: dict[int, GridCell] = {}
    for row in heads:
        for cell in row.cells:
            for column in range(max(cell.column, 1), cell.column + cell.span):
                first.setdefault(column, cell)
    if period and first:
        for cell in first.values():
            cell.prefix = period
    elif period:
        grid.above.append(period)
