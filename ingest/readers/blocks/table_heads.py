"""Find out which rows of a table are its heads, where the file does not say (pure)."""

import re
from collections.abc import Sequence

from ingest.readers.blocks.tables import CellText, is_number, looks_like_head

_MAX_HEAD_ROWS = 4
_MAX_HEAD = 80
_MAX_TITLE = 200
_PERIOD = re.compile(
    r"(?:fy|cy|q[1-4]|h[12]|[1-4]q|year|jahr|año|année)?[\s./'’-]*(?:19|20)\d\d(?:\s*[/–-]\s*\d{2,4})?[aefp*]?"
    r"|(?:fy|q[1-4]|[1-4]q|h[12])[\s'’]*\d{0,2}"
    r"|(?:\d{1,2}\.?\s+)?[a-zäéûç]{3,9}\.?\s+(?:\d{1,2},\s*)?(?:19|20)\d\d"
    r"|(?:19|20)\d\d-\d\d(?:-\d\d)?",
    re.IGNORECASE,
)

Row = Sequence[CellText]


def count_head_rows(rows: Sequence[Row]) -> int:
    """Return how many of the first rows name the columns: several if a head spans columns with heads of their own."""
    grid = grid_of(rows)
    if len(grid) < 2 or len(grid[0]) < 2:
        return 0
    levels = 0
    limit = min(_MAX_HEAD_ROWS, len(rows)) - 1
    while levels < limit and _spans_some(rows[levels], len(grid[0])) and _names_columns(grid[levels]):
        levels += 1
    if levels:
        return levels + 1 if _is_lower_level(grid, levels) else levels
    return int(names_periods(grid) or looks_like_head(grid))


def is_title(row: Row, rows: Sequence[Row]) -> bool:
    """Return True for a row of a single text, no number, that begins where the table does."""
    filled = [cell for cell in row if cell.text]
    if len(filled) != 1:
        return False
    (title,) = filled
    width = max(cell.column + cell.column_span for other in rows[:_MAX_TITLE] for cell in other if cell.text)
    left = min(cell.column for other in rows[:_MAX_TITLE] for cell in other if cell.text)
    is_apart = title.row_span == 1 and title.column == left and not is_number(title.text) and width - left > 1
    return is_apart and len(title.text) <= _MAX_TITLE


def grid_of(rows: Sequence[Row]) -> list[list[str]]:
    """Return the text of every place, where a cell that spans several stands in each of them."""
    width = max((cell.column + cell.column_span for row in rows for cell in row if cell.text), default=0)
    grid = [[""] * width for _ in rows]
    for number, row in enumerate(rows):
        for cell in row:
            for place in grid[number : number + cell.row_span]:
                for column in range(cell.column, min(cell.column + cell.column_span, width)):
                    place[column] = place[column] or cell.text
    return grid


def is_period(text: str) -> bool:
    """Return True for a year, quarter or date: a number that names a column."""
    return bool(_PERIOD.fullmatch(text.strip()))


def _spans_some(row: Row, width: int) -> bool:
    """Return True if a head spans several columns of the table, but not all of them."""
    return any(cell.text and 1 < cell.column_span < width for cell in row)


def _is_lower_level(grid: Sequence[Sequence[str]], at: int) -> bool:
    """Return True if the row below spanning heads is one of heads too: it names no row, or numbers follow it."""
    if at + 1 >= len(grid) or not _names_columns(grid[at]):
        return False
    numbers = sum(is_number(cell) for row in grid[at + 1 :] for cell in row[1:] if cell)
    texts = sum(bool(cell) for row in grid[at + 1 :] for cell in row[1:])
    return grid[at][0] in ("", grid[at - 1][0]) or numbers * 2 > texts


def _names_columns(row: Sequence[str]) -> bool:
    return any(row) and all(len(cell) <= _MAX_HEAD and (not is_number(cell) or is_period(cell)) for cell in row if cell)


def names_periods(grid: Sequence[Sequence[str]]) -> bool:
    """Return True if the first row has years or dates over columns of other numbers."""
    head, body = grid[0], grid[1:]
    places = [place for place, cell in enumerate(head) if place and cell]
    names = [head[place] for place in places]
    if not any(map(is_period, names)) or len(set(names)) < len(names) or not _names_columns(head):
        return False
    if len(body) < 2 and len(names) < 2:
        return False
    below = [row[place] for row in body for place in places if row[place]]
    return bool(below) and sum(is_number(cell) and not is_period(cell) for cell in below) >= 0.6 * len(below)
