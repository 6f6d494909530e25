"""Put in order what stands among the heads of a table and names no column of its own (pure)."""

from collections.abc import Sequence

from ingest.readers.pdf.tables.grid import Grid, GridCell, GridRow
from ingest.readers.pdf.tables.heads import PERIOD, UNIT, is_head_stub
from ingest.readers.pdf.tables.labels import groups_of
from ingest.readers.pdf.tables.page_words import Word, is_value

_MOSTLY = 0.6


def settle(grid: Grid) -> Grid:
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
    return sum(is_value([word.text for word in label.words]) for label in labels) > _MOSTLY * len(labels)


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
    """Say the period before the topmost head of every column; a table that has no heads keeps it above."""
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
