"""Read the cells of a Word document's tables: merged cells, rows of heads, ends of pages within a table."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ingest.readers.blocks.block import Block, Content, PageBreak
from ingest.readers.blocks.table_blocks import TableStyle, printed_table_blocks
from ingest.readers.blocks.tables import MAX_CELL, CellText
from ingest.readers.office.docx_styles import child_of, is_on, value_of
from ingest.readers.office.zip_xml import attribute

_MAX_SPAN = 64

ReadCell = Callable[[Any], Sequence[Content | PageBreak]]


class _Row(NamedTuple):
    cells: list[tuple[Any, Sequence[Content | PageBreak]]]
    is_head: bool
    skipped: int
    """Columns left out before the first cell."""

    @property
    def blocks(self) -> list[Block]:
        return [block for _, blocks in self.cells for block in blocks if isinstance(block, Block)]


def table_blocks_of(element: Any, read: ReadCell) -> Iterator[Block | PageBreak]:
    """Yield the blocks of a table, or those of its cells if it only lays out the page. `read` reads a cell."""
    rows = [_row(row, element, read) for row in element.iter("{*}tr") if _table_of(row) is element]
    heads = sum(1 for row in rows if row.is_head)
    if not heads and _is_layout(rows):
        for row in rows:
            for _, blocks in row.cells:
                yield from (block for block in blocks if isinstance(block, Block | PageBreak))
        return
    caption = value_of(child_of(element, "tblPr"), "tblCaption")
    style = TableStyle(heads if 0 < heads < len(rows) else None, caption, is_certain=heads > 0)
    yield from printed_table_blocks(_cells(rows), style)


def _table_of(row: Any) -> Any:
    return next(row.iterancestors("{*}tbl"), None)


def _row(element: Any, table: Any, read: ReadCell) -> _Row:
    cells = [cell for cell in element.iter("{*}tc") if next(cell.iterancestors("{*}tbl"), None) is table]
    properties = child_of(element, "trPr")
    before = value_of(properties, "gridBefore")
    skipped = min(int(before), _MAX_SPAN) if before.isdecimal() and len(before) < 9 else 0
    return _Row([(cell, read(cell)) for cell in cells], is_on(properties, "tblHeader"), skipped)


def _is_layout(rows: Sequence[_Row]) -> bool:
    width = max(
        (sum(any(isinstance(one, Block) for one in blocks) for _, blocks in row.cells) for row in rows), default=0
    )
    is_long = any(
        sum(len(one.text) for one in blocks if isinstance(one, Block)) > MAX_CELL
        for row in rows
        for _, blocks in row.cells
    )
    return width <= 1 or is_long or any(block.kind in ("heading", "table") for row in rows for block in row.blocks)


def _cells(rows: Sequence[_Row]) -> Iterator[list[CellText] | PageBreak]:
    """Yield rows of cells; the end of a page is before the row that begins with it, or after one that it divides."""
    heights = _heights(rows)
    for number, row in enumerate(rows):
        cells: list[CellText] = []
        column = row.skipped
        before = after = 0
        for cell, blocks in row.cells:
            width = _span(cell)
            if not _continues(cell):
                text = " ".join(block.plain for block in blocks if isinstance(block, Block))
                cells.append(CellText(number, column, text, heights.get((number, column), 1), width))
            breaks = [one for one in blocks if isinstance(one, PageBreak)]
            leading = bool(breaks) and isinstance(blocks[0], PageBreak)
            before = max(before, int(breaks[0]) if leading else 0)
            after = max(after, sum(breaks) - (int(breaks[0]) if leading else 0))
            column += width
        if before:
            yield PageBreak(before)
        yield cells
        if after:
            yield PageBreak(after)


def _heights(rows: Sequence[_Row]) -> dict[tuple[int, int], int]:
    """Return how many rows each cell spans that others continue."""
    heights: dict[tuple[int, int], int] = {}
    begun: dict[int, int] = {}
    for number, row in enumerate(rows):
        column = row.skipped
        for cell, _ in row.cells:
            if _continues(cell) and column in begun:
                heights[begun[column], column] = number - begun[column] + 1
            else:
                begun[column] = number
            column += _span(cell)
    return heights


def _continues(cell: Any) -> bool:
    """Return True if a cell is the lower part of one that spans rows."""
    properties = child_of(cell, "tcPr")
    merge = None if properties is None else child_of(properties, "vMerge")
    return merge is not None and attribute(merge, "val") != "restart"


def _span(cell: Any) -> int:
    value = value_of(child_of(cell, "tcPr"), "gridSpan")
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() and len(value) < 9 else 1
