"""Read the cells of HTML tables, and tell tables from layouts of the page."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ingest.readers.blocks.block import Block, paragraph
from ingest.readers.blocks.numbers import span_of
from ingest.readers.blocks.table_blocks import MAX_SPAN, TableStyle, is_layout, rows_of, table_blocks
from ingest.readers.blocks.tables import CellText
from ingest.readers.office.zip_xml import local_name

_MAX_COLUMN_SPAN = 64
_OPENING_SIGNS = frozenset({"$", "€", "£", "¥", "US$", "C$", "A$", "CHF", "R$", "HK$", "(", "$(", "€(", "£("})
_CLOSING_SIGNS = frozenset({")", "%", ")%", "%)", "x", "pts", "bps"})

ReadBlocks = Callable[[Any], list[Block]]


def html_table(element: Any, read: ReadBlocks) -> Iterator[Block]:
    """Yield the blocks of a table, or those of its cells if it only lays out the page. `read` reads a cell."""
    rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
    contents = [[(cell, read(cell)) for cell in row.iterchildren("td", "th")] for row in rows]
    strays = [inner for inner in element.iter("table") if _is_stray(inner, element)]
    caption = next(iter(element.iterchildren("caption")), None)
    if _is_layout(element, contents):
        for row in contents:
            for _, blocks in row:
                yield from blocks
    else:
        title = " ".join(block.plain for block in read(caption)) if caption is not None else ""
        if title:
            yield paragraph(title, "caption")
        heads = _head_rows(rows)
        is_certain = bool(title) or next(element.iter("th", "thead"), None) is not None
        cells = _compact(_with_signs(_cells(contents)))
        yield from table_blocks(rows_of(cells), TableStyle(heads, title, is_certain=is_certain))
    for stray in strays:
        yield from html_table(stray, read)


def _is_stray(inner: Any, table: Any) -> bool:
    """Return True if a table lies in another one, but in none of its cells."""
    return inner is not table and next(inner.iterancestors("td", "th", "table")) is table


Contents = list[list[tuple[Any, list[Block]]]]


def _is_layout(element: Any, contents: Contents) -> bool:
    if (element.get("role") or "").lower() in ("presentation", "none"):
        return True
    has_heads = any(local_name(cell) == "th" for row in contents for cell, _ in row)
    if has_heads or next(element.iterchildren("thead", "caption"), None) is not None:
        return False
    return is_layout([[blocks for _, blocks in row] for row in contents])


def _head_rows(rows: list[Any]) -> int | None:
    """Return how many rows are heads by `thead` and `th`, None if the file marks none."""
    count = 0
    for row in rows:
        kinds = {local_name(cell) for cell in row.iterchildren("td", "th")}
        parent = row.getparent()
        if not (kinds == {"th"} or (parent is not None and local_name(parent) == "thead" and kinds)):
            break
        count += 1
    return count if 0 < count < len(rows) else None


def _cells(contents: Contents) -> Iterator[CellText]:
    """Yield the cells at their places; a cell that spans rows pushes those below it to the right."""
    until: dict[int, int] = {}
    for number, row in enumerate(contents):
        column = 0
        for cell, blocks in row:
            while until.get(column, 0) > number:
                column += 1
            width = _span(cell, "colspan", _MAX_COLUMN_SPAN)
            height = min(_span(cell, "rowspan", MAX_SPAN), len(contents) - number)
            for place in range(column, column + width):
                until[place] = number + height
            yield CellText(number, column, " ".join(block.plain for block in blocks), height, width)
            column += width


def _span(cell: Any, name: str, limit: int) -> int:
    value = (cell.get(name) or "").strip()
    if name == "rowspan" and value == "0":
        return limit
    return span_of(value, limit)


def _with_signs(cells: Iterable[CellText]) -> Iterator[CellText]:
    """Join signs in columns of their own with their numbers, as annual reports have them: "$", "1,234", ")"."""
    before: CellText | None = None
    for cell in cells:
        if before is None:
            before = cell
        elif before.row != cell.row or not (_opens(before, cell) or _closes(before, cell)):
            yield before
            before = cell
        else:
            width = cell.column + cell.column_span - before.column
            before = before._replace(text=before.text + cell.text, column_span=width)
    if before is not None:
        yield before


def _opens(before: CellText, cell: CellText) -> bool:
    return before.text in _OPENING_SIGNS and (cell.text[:1].isdigit() or cell.text[:1] in "(—–-.")


def _closes(before: CellText, cell: CellText) -> bool:
    return cell.text in _CLOSING_SIGNS and before.text[-1:].isdigit()


def _compact(cells: Iterable[CellText]) -> list[CellText]:
    """Leave out columns in which no text begins: those that only make space."""
    filled = [cell for cell in cells if cell.text]
    starts = {column: place for place, column in enumerate(sorted({cell.column for cell in filled}))}
    return [
        cell._replace(
            column=starts[cell.column],
            column_span=sum(column in starts for column in range(cell.column, cell.column + cell.column_span)),
        )
        for cell in filled
    ]
