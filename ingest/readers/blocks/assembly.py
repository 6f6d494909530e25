"""Place blocks on pages, with the structure of each page.

A page is a natural unit where the format has any, else a part. Blocks are clean before they are placed, so every offset
counts characters of the text as it is stored. Units are read as a stream: one part at a time is held.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from ingest.readers.blocks.block import Block, Content
from ingest.readers.blocks.captions import captioned
from ingest.readers.blocks.pages import MAX_CHARACTERS, NO_TEXT, PART_CHARACTERS, cut, shifted, unit_label
from rag.types import Page, Structure, Table

_MAX_HEADINGS_IN_A_ROW = 8
_NO_METADATA: Mapping[str, str] = {}


def unit_pages(
    units: Iterable[tuple[str, Iterable[Content]]], metadata: Mapping[str, str] = _NO_METADATA
) -> Iterator[Page]:
    """Yield a page for each unit (label, blocks), or several for a long one; a unit without text is an empty page."""
    number = total = 0
    for label, blocks in units:
        parts = _parts(captioned(_honest_headings(blocks)))
        first, second = next(parts), next(parts, None)
        following = () if second is None else chain([second], parts)
        for place, part in enumerate(chain([first], following), start=1):
            number += 1
            total += part.length
            named = label if second is None else f"{label}, part {place}" if label else f"part {place}"
            page = part.page(number, named)
            if total > MAX_CHARACTERS:
                note = f"only the first {MAX_CHARACTERS:,} characters are read"
                page = Page(number=number, label=named, text="", state="failed", note=note)
            yield replace(page, metadata=metadata) if number == 1 else page
            if total > MAX_CHARACTERS:
                return


def section_pages(blocks: Iterable[Content], metadata: Mapping[str, str] = _NO_METADATA) -> Iterator[Page]:
    """Return the pages of a text without units of its own: one, or parts named after their first heading."""
    sections = _sections(blocks)
    first, second = next(sections, _Section("")), next(sections, None)
    if second is None:
        return unit_pages([("", first.blocks)], metadata)
    first.title = next((block.plain for block in first.blocks if isinstance(block, Block) and block.level), "")
    labelled = (
        (unit_label("section", one.title) if one.title else f"part {number}", one.blocks)
        for number, one in enumerate(chain([first, second], sections), start=1)
    )
    return unit_pages(labelled, metadata)


@dataclass(slots=True)
class _Section:
    title: str
    blocks: list[Content] = field(default_factory=list)


def _sections(blocks: Iterable[Content]) -> Iterator[_Section]:
    section = _Section("")
    size = 0
    title = ""
    for block in blocks:
        level = block.level if isinstance(block, Block) else 0
        length = len(block.text) if isinstance(block, Block) else 0
        title = block.plain if isinstance(block, Block) and level else title
        is_break = 0 < level <= 2 and size > PART_CHARACTERS / 4
        if size and (is_break or size + length > PART_CHARACTERS):
            yield section
            section, size = _Section(title), 0
        section.blocks.append(block)
        size += length
    if section.blocks:
        yield section


def _honest_headings(blocks: Iterable[Content]) -> Iterator[Content]:
    """Turn headings into paragraphs where many of one level follow each other without any text, as in a list."""
    row: list[Block] = []
    is_list = False
    for block in blocks:
        if isinstance(block, Block) and block.level and (not row or row[-1].level == block.level):
            row.append(block)
            if len(row) > _MAX_HEADINGS_IN_A_ROW or is_list:
                is_list = True
                yield from map(_as_paragraph, row[:-1])
                del row[:-1]
            continue
        if isinstance(block, Block) and not block.text and block.kind != "figure":
            continue  # a picture without text may get its caption
        yield from map(_as_paragraph, row) if is_list else row
        row, is_list = [], False
        if isinstance(block, Block) and block.level:
            row.append(block)
        else:
            yield block
    yield from map(_as_paragraph, row) if is_list else row


def _as_paragraph(block: Block) -> Block:
    return Block(block.plain)


class _Part:
    """The text of a part while it grows."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.length = 0
        self._texts: list[str] = []
        self._structures: list[Structure] = []
        self._last: Block | None = None

    def add(self, block: Block) -> None:
        text, structure = block.text, block.structure
        if self._last is None:
            text = text.lstrip()  # a page begins with text, whatever its first line is indented by
            structure = cut(structure, len(block.text) - len(text), len(block.text))
        else:
            gap = "\n" if _belong_together(self._last, block) else "\n\n"
            self._texts.append(gap)
            self.length += len(gap)
        self._texts.append(text)
        self._structures.append(shifted(structure, self.length))
        self.length += len(text)
        self._last = block

    def page(self, number: int, label: str) -> Page:
        note = "; ".join(self.notes)
        if not self._texts:
            return Page(number=number, label=label, text="", state="empty", note=note or NO_TEXT)
        structure = Structure(
            headings=tuple(one for each in self._structures for one in each.headings),
            tables=tuple(_joined(one for each in self._structures for one in each.tables)),
            figures=tuple(one for each in self._structures for one in each.figures),
        )
        return Page(number=number, label=label, text="".join(self._texts), note=note, structure=structure)


def _belong_together(before: Block, block: Block) -> bool:
    """Return True for what stands on the next line: an item of a list after another, a table that goes on."""
    return (before.kind == block.kind == "item") or (block.continues and before.kind == "table")


def _joined(tables: Iterable[Table]) -> Iterator[Table]:
    """Join the parts of a table that stand on one page."""
    current: list[Table] = []
    for table in tables:
        if current and not (table.continues and table.start == current[-1].end + 1):
            yield _one_table(current)
            current = []
        current.append(table)
    if current:
        yield _one_table(current)


def _one_table(parts: list[Table]) -> Table:
    if len(parts) == 1:
        return parts[0]
    cells = []
    rows = 0
    for part in parts:
        cells += [replace(cell, row=cell.row + rows) for cell in part.cells]
        rows = max((cell.row + cell.row_span for cell in cells), default=0)
    return replace(parts[0], end=parts[-1].end, cells=tuple(cells))


def _parts(blocks: Iterable[Content]) -> Iterator[_Part]:
    """Yield parts of about `PART_CHARACTERS`, at least one; a longer block is divided between lines, else words."""
    part = _Part()
    for block in blocks:
        if not isinstance(block, Block):
            part.notes.append(block)
            continue
        for piece in _pieces(block):
            if part.length and part.length + len(piece.text) > PART_CHARACTERS:
                yield part
                part = _Part()
            if piece.text.strip():
                part.add(piece)
    yield part


def _pieces(block: Block) -> Iterator[Block]:
    start = 0
    text = block.text
    while len(text) - start > PART_CHARACTERS:
        half, full = start + PART_CHARACTERS // 2, start + PART_CHARACTERS
        end = next((at for sign in "\n " if (at := text.rfind(sign, half, full)) > 0), full)
        yield from _piece(block, start, end)
        start = end
    yield from _piece(block, start, len(text)) if start else [block]


def _piece(block: Block, start: int, end: int) -> Iterator[Block]:
    """Yield the characters `[start, end)` without blank edges."""
    while start < end and block.text[start].isspace():
        start += 1
    while end > start and block.text[end - 1].isspace():
        end -= 1
    if end > start:
        yield replace(block, text=block.text[start:end], structure=cut(block.structure, start, end))
