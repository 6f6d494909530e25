"""Find a table's caption and its unit in the lines around it (pure)."""

import re
from collections.abc import Sequence

from ingest.readers.pdf.tables.grid import Grid
from ingest.readers.pdf.tables.heads import UNIT
from ingest.readers.pdf.tables.page_words import Row

_NUMBERED = re.compile(r"(?:Table|TABLE|Tab\.|Tabelle|Tableau|Tabla|Exhibit|Schedule)\s+[\dIVXA-Z][\w.-]*\b")
_COMPANY = re.compile(r"\b(?:Inc|INC|Ltd|LTD|Co|CO|Corp|CORP|S\.A|N\.V|Jr)\.$")
_MAX_TITLE_ROWS = 3
_MAX_TITLE_WORDS = 20
_MAX_CAPTION = 200
_PITCH = 1.6
_LOOK_ABOVE = 4
_LINE_GAP = 0.6
_MOSTLY = 0.7


def caption_above(rows: Sequence[Row], first: int, limit: int) -> str:
    """Return the title above row `first`: "Table 3. Net sales", or up to three short lines without a full stop."""
    return caption_of(rows, first, rows[first].top, limit)


def caption_of(rows: Sequence[Row], first: int, top: float, limit: int = 0) -> str:
    """Return the title in the rows above row `first`, which end above `top`."""
    titles: list[str] = []
    for at in range(first - 1, max(limit, first - _MAX_TITLE_ROWS - 2) - 1, -1):
        row = rows[at]
        pitch = _PITCH * (1.5 if not titles else 1.0)
        text = row.text
        if row.bottom - top > pitch * row.height or len(row.segments) > 1:
            break
        numbered = _NUMBERED.match(text)
        if not numbered and (not _is_title(text) or (text.endswith(":") and at > limit and _ends_paragraph(rows, at))):
            break
        if not _is_unit(text):
            titles.insert(0, text)
        if numbered or len(titles) == _MAX_TITLE_ROWS:
            break
        top = row.top
    return " ".join(titles)[:_MAX_CAPTION]


def _ends_paragraph(rows: Sequence[Row], at: int) -> bool:
    """Return True if a line goes on from the one above it."""
    above, row = rows[at - 1], rows[at]
    return bool(above.bottom - row.top < _LINE_GAP * row.height and above.right >= row.right)


def _is_title(text: str) -> bool:
    words = text.split()
    if len(words) > _MAX_TITLE_WORDS or text[0].islower():
        return False
    if text.endswith((".", ";", ",")) and not _COMPANY.search(text):
        return False
    return text[0].isalnum() or text[0] in "($"


def _is_unit(text: str) -> bool:
    found = UNIT.search(text)
    return found is not None and len(found[0]) > _MOSTLY * len(text)


def find_unit(rows: Sequence[Row], first: int, body: int, limit: int) -> str:
    """Return the unit that the heads state, or else the nearest line above: "in millions, except per share"."""
    for at in [*range(body - 1, first - 1, -1), *range(first - 1, max(limit, first - _LOOK_ABOVE) - 1, -1)]:
        found = UNIT.search(rows[at].text)
        if found:
            return (found[1] or found[2] or "").strip()
    return ""


def title_ruled(grid: Grid, rows: Sequence[Row]) -> None:
    """Give a ruled table the caption and unit that stand above or below it among other rows of the page."""
    left, right = grid.edges[0][0], grid.edges[-1][1]
    beside = [row for row in rows if row.left < right and row.right > left]
    first = next((at for at, row in enumerate(beside) if row.middle < grid.rows[0].top), len(beside))
    if grid.caption or not beside:
        return
    if first:
        grid.caption = caption_of(beside, first, grid.rows[0].top)
        grid.unit = grid.unit or find_unit(beside, first, first, 0)
    below = next((row for row in beside if row.middle < grid.rows[-1].bottom), None)
    if not grid.caption and below is not None and _NUMBERED.match(below.text):
        grid.caption = below.text[:_MAX_CAPTION]
