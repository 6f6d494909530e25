"""Turn rows of cells into blocks of a table: its title, its heads, and parts of bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ingest.readers.blocks.block import Block, PageBreak, paragraph
from ingest.readers.blocks.captions import unit_in
from ingest.readers.blocks.pages import clean_cell
from ingest.readers.blocks.tables import (
    MAX_CELL,
    CellText,
    RenderedTable,
    Row,
    count_head_rows,
    grid_of,
    is_title,
    render_table,
)
from rag.types import Structure

MAX_SPAN = 1_000
"""Rows or columns that a cell may span."""

_PART_ROWS = 200
_PART_CHARACTERS = 8_000
_MAX_TITLES = 3
_ANY_LENGTH = 10_000_000


@dataclass(frozen=True, slots=True)
class TableStyle:
    """A table's rows of heads (None if the file does not say) and its caption.

    A table that `is_certain` is no layout of the page, however long its cells are.
    """

    head_rows: int | None = None
    caption: str = ""
    is_certain: bool = False


_PLAIN = TableStyle()


def plain_rows(rows: Iterable[Sequence[str]]) -> Iterator[Row]:
    """Yield rows of cells without spans."""
    for number, row in enumerate(rows):
        yield [CellText(number, column, text) for column, text in enumerate(row)]


def rows_of(cells: Iterable[CellText]) -> Iterator[Row]:
    """Yield the rows of a table's cells in order, among them those without cells of their own."""
    row: list[CellText] = []
    number = 0
    for cell in sorted(cells):
        while number < cell.row:
            yield row
            row, number = [], number + 1
        row.append(cell)
    yield row


def is_layout(rows: Sequence[Sequence[Sequence[Block]]]) -> bool:
    """Return True if a table, given the blocks of each cell, only lays out the page."""
    cells = [cell for row in rows for cell in row]
    width = max((sum(map(bool, row)) for row in rows), default=0)
    is_long = any(sum(len(block.text) for block in cell) > MAX_CELL for cell in cells)
    return width <= 1 or is_long or any(block.kind in ("heading", "table") for cell in cells for block in cell)


def table_blocks(rows: Iterable[Row], style: TableStyle = _PLAIN) -> Iterator[Block]:
    """Yield a table as blocks of at most some hundred rows; each later one goes on, under the same heads.

    A title alone in the first row is a caption before the table. What is no table is yielded as lines.
    """
    return (part for part in printed_table_blocks(rows, style) if isinstance(part, Block))


def printed_table_blocks(rows: Iterable[Row | PageBreak], style: TableStyle = _PLAIN) -> Iterator[Block | PageBreak]:
    """Yield a table as blocks, and the ends of pages where they are among the rows."""
    groups = _groups(rows)
    first: list[Row] = []
    for group in groups:
        if not isinstance(group, PageBreak):
            first = group
            break
        yield group
    titles = _titles(first)
    for title in titles:
        yield paragraph(title, "caption")
    first = first[len(titles) :]
    if not first:
        return
    given = style.head_rows
    head_rows = count_head_rows(first) if given is None else max(given - len(titles), 0)
    table = _Table(first[:head_rows], style, style.caption or " ".join(titles))
    yield table.block(first, is_first=True)
    for group in groups:
        yield group if isinstance(group, PageBreak) else table.block(group)


class _Table:
    """A table whose parts have the heads of the first."""

    def __init__(self, heads: Sequence[Row], style: TableStyle, caption: str) -> None:
        corner = next((cell for row in heads for cell in row if cell.text), None)
        corner_unit = unit_in(corner.text) if corner else ""
        self._rows = len(heads)
        self._heads = _joined_heads(heads)
        self._is_certain = style.is_certain
        self._caption = caption
        self._unit = corner_unit or unit_in(caption)
        is_corner = corner is not None and len(heads) > 0 and corner.column_span == 1
        self._unheaded = frozenset({corner.column} if corner and is_corner and corner_unit else ())

    def block(self, rows: Sequence[Row], *, is_first: bool = False) -> Block:
        """Return the next part of the table, as lines if it turns out to be none."""
        rendered = render_table(
            [cell._replace(row=number) for number, row in enumerate(rows) for cell in row],
            head_rows=self._rows if is_first else 0,
            heads_above=() if is_first else self._heads,
            unheaded=self._unheaded,
            max_cell=_ANY_LENGTH if self._is_certain else MAX_CELL,
        )
        if is_first and not _is_table(rendered):
            return Block(rendered.text)
        described = rendered.as_table(caption=self._caption, unit=self._unit, continues=not is_first)
        return Block(rendered.text, "table", Structure(tables=(described,)))


def _is_table(rendered: RenderedTable) -> bool:
    """Return True for several rows and columns: a single line or column, however wide, is text."""
    return len({cell.row for cell in rendered.cells}) > 1 and len({cell.column for cell in rendered.cells}) > 1


def _groups(rows: Iterable[Row | PageBreak]) -> Iterator[list[Row] | PageBreak]:
    """Yield rows that have text in groups of bounded size; a cell that spans into the next group is in both."""
    group: list[Row] = []
    characters = number = 0
    spanning: list[CellText] = []
    for row in rows:
        if isinstance(row, PageBreak):
            if group:
                yield group
            yield row
            group, characters = [], 0
            continue
        cells = [_clean(cell) for cell in row]
        spanning = [cell for cell in spanning if cell.row + cell.row_span > number]
        if not spanning and not any(cell.text for cell in cells):
            continue
        if len(group) >= _PART_ROWS or characters >= _PART_CHARACTERS:
            yield group
            group, characters = [], 0
        if not group:
            cells += [cell._replace(row_span=cell.row + cell.row_span - number) for cell in spanning]
        spanning += [cell._replace(row=number) for cell in cells if cell.row_span > 1]
        group.append(sorted(cells))
        characters += sum(len(cell.text) for cell in cells)
        number += 1
    if group:
        yield group


def _clean(cell: CellText) -> CellText:
    text = clean_cell(cell.text)
    if text == cell.text and cell.row_span == cell.column_span == 1:
        return cell
    height, width = (min(max(span, 1), MAX_SPAN) for span in (cell.row_span, cell.column_span))
    return cell._replace(text=text, row_span=height, column_span=width)


def _titles(rows: Sequence[Row]) -> list[str]:
    """Return the texts that stand alone above the table's first row of several cells."""
    alone = list(takewhile(lambda row: is_title(row, rows), rows[: _MAX_TITLES + 1]))
    if not alone or len(alone) > _MAX_TITLES or len(alone) == len(rows):
        return []
    return [next(cell.text for cell in row if cell.text) for row in alone]


def _joined_heads(rows: Sequence[Row]) -> list[str]:
    columns = zip(*grid_of(rows), strict=True) if rows else ()
    return [" ".join(dict.fromkeys(filter(None, column))) for column in columns]
