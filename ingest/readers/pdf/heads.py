"""Name the cells of a table: its heads and the columns they stand over, labels and their groups, caption and unit."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.readers.pdf.grid import Grid, GridCell, GridRow
from ingest.readers.pdf.page_words import Row, Segment, Span, Word, is_year, nearest

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

_NUMBERED = re.compile(r"(?:Table|TABLE|Tab\.|Tabelle|Tableau|Tabla|Exhibit|Schedule)\s+[\dIVXA-Z][\w.-]*\b")
_COMPANY = re.compile(r"\b(?:Inc|INC|Ltd|LTD|Co|CO|Corp|CORP|S\.A|N\.V|Jr)\.$")
_MAX_TITLE_ROWS = 3
_MAX_TITLE_WORDS = 20
_MAX_CAPTION = 200
_PITCH = 1.6
_LOOK_ABOVE = 4
_LINE_GAP = 0.6
_MOSTLY = 0.7

_NEAR = 0.75
_NEARER = 0.15
_INDENT = 2.0
_FILLED = 0.85
_MOST = 0.6


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
    span = segment.span
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


def caption_above(rows: Sequence[Row], first: int, top: float, limit: int = 0) -> str:
    """Return the title above a table that begins with row `first`, at `top`.

    It is "Table 3. Net sales", or up to three short lines without a full stop.
    """
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
        if not _is_mostly_unit(text):
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


def _is_mostly_unit(text: str) -> bool:
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
        grid.caption = caption_above(beside, first, grid.rows[0].top)
        grid.unit = grid.unit or find_unit(beside, first, first, 0)
    below = next((row for row in beside if row.middle < grid.rows[-1].bottom), None)
    if not grid.caption and below is not None and _NUMBERED.match(below.text):
        grid.caption = below.text[:_MAX_CAPTION]


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
    if not found or len(found[0]) <= _MOST * len(text):
        return False
    return not PERIOD.search(text.replace(found[0], " "))


def _spans_all(cell: GridCell, grid: Grid, row: GridRow) -> bool:
    return len(row.cells) == 1 and cell.span == grid.columns > 1


def _labels_are_values(rows: Sequence[GridRow]) -> bool:
    labels = [row.label for row in rows if row.label is not None]
    return sum(label.is_value for label in labels) > _MOST * len(labels)


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
