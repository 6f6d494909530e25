"""Turn blocks of text (headings, paragraphs, lists, tables) into pages, and clean the text of pages.

A page is a natural unit where the format has any, else a part. Its cleaned text is what is stored and what offsets
count in; nothing cleans it later.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rag.text.sanitize import strip_invisible
from rag.types import Page

CLEANING_VERSION = 1
"""Increased when the same text would be cleaned differently."""

PART_CHARACTERS = 20_000
"""Length of a part. A page is loaded whole to quote from it, so it must be small."""

NO_TEXT = "no text"
MAX_CHARACTERS = 50_000_000
_MAX_LABEL = 60
_MAX_CELL = 400
_MAX_HEAD = 80

_LINE_ENDS = re.compile(r"\r\n?|[\v\u0085\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")

Row = Sequence[str]


class Note(str):
    """A note to the user among the blocks of a unit, such as what was cut or is damaged; no part of the text."""

    __slots__ = ()


def heading(level: int, text: str) -> str:
    """Return a Markdown heading; the chunker cuts at these."""
    text = " ".join(text.split())
    return f"{'#' * min(max(level, 1), 6)} {text}" if text else ""


def unit_label(kind: str, title: str) -> str:
    """Return a label by which the user finds a unit: its kind and its title."""
    title = " ".join(clean_text(title).split())
    short = title if len(title) <= _MAX_LABEL else title[: _MAX_LABEL - 1].rstrip() + "…"
    return f"{kind} “{short}”" if short else kind


def table_text(rows: Iterable[Row], *, has_head: bool | None = None) -> str:
    """Return a table as text in which every row repeats its column heads. With None, the rows show if it has any."""
    filled = [cells for row in rows if any(cells := [" ".join(cell.split()) for cell in row])]
    width = max((_width(row) for row in filled), default=0)
    if width <= 1 or any(len(cell) > _MAX_CELL for row in filled for cell in row):
        return "\n".join(cell for row in filled for cell in row if cell)  # a table only for the layout
    filled = [[*row[:width], *[""] * (width - len(row))] for row in filled]
    if len(filled) > 1 and (looks_like_head(filled) if has_head is None else has_head):
        return "\n".join([plain_row(filled[0]), *(headed_row(filled[0], row) for row in filled[1:])])
    return "\n".join(map(plain_row, filled))


def plain_row(row: Row) -> str:
    """Return the cells of a row that are not empty."""
    return " | ".join(cell for cell in row if cell)


def headed_row(head: Row, row: Row) -> str:
    """Return the cells of a row, each after its column's head."""
    named = zip([*head, *[""] * (len(row) - len(head))], row, strict=False)
    return " | ".join(f"{name}: {cell}" if name and name != cell else cell for name, cell in named if cell)


def looks_like_head(rows: Sequence[Row]) -> bool:
    """Return True if the first row names columns: short, distinct words; for two columns only if numbers follow."""
    head = [cell for cell in rows[0] if cell]
    if len(head) < max(2, (len(rows[0]) + 1) // 2) or len(set(head)) < len(head):
        return False
    if any(is_number(cell) or len(cell) > _MAX_HEAD for cell in head):
        return False
    numbers = sum(is_number(row[-1]) for row in rows[1:])
    return len(rows[0]) > 2 or numbers * 2 > len(rows) - 1


def is_number(cell: str) -> bool:
    """Return True if a cell contains a number rather than words."""
    return any(map(str.isdigit, cell)) and not sum(map(str.isalpha, cell)) > len(cell) / 4


def unit_pages(units: Iterable[tuple[str, Iterable[str]]]) -> Iterator[Page]:
    """Yield a page for each unit (label, blocks), or several for a long one; a unit without text is an empty page."""
    number = total = 0
    for label, blocks in units:
        blocks = list(blocks)
        note = "; ".join(block for block in blocks if isinstance(block, Note))
        parts = list(_parts(block for block in blocks if not isinstance(block, Note)))
        for place, part in enumerate(parts, start=1):
            number += 1
            text = clean_text(part)
            total += len(text)
            named = label if len(parts) == 1 else f"{label}, part {place}" if label else f"part {place}"
            if total > MAX_CHARACTERS:
                yield Page(
                    number=number,
                    label=named,
                    text="",
                    state="failed",
                    note=f"only the first {MAX_CHARACTERS:,} characters are read",
                )
                return
            yield (
                Page(number=number, label=named, text=text, state="ready", note=note)
                if text
                else Page(number=number, label=named, text="", state="empty", note=note or NO_TEXT)
            )
            note = ""


def section_pages(blocks: Iterable[str]) -> Iterator[Page]:
    """Return the pages of a text without units of its own: one, or parts named after their first heading."""
    units: list[tuple[str, list[str]]] = [("", [])]
    size = 0
    title = ""
    for block in blocks:
        title = block.lstrip("# ") if block.startswith("#") and "\n" not in block else title
        is_break = block.startswith(("# ", "## ")) and size > PART_CHARACTERS / 4
        if size and (is_break or size + len(block) > PART_CHARACTERS):
            units.append((unit_label("section", title) if title else f"part {len(units) + 1}", []))
            size = 0
        units[-1][1].append(block)
        size += len(block)
    if len(units) > 1:
        first = next((block.lstrip("# ") for block in units[0][1] if block.startswith("#")), "")
        units[0] = (unit_label("section", first) if first else "part 1", units[0][1])
    return unit_pages(units)


def _width(row: Row) -> int:
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def _parts(blocks: Iterable[str]) -> Iterator[str]:
    """Yield parts of about `PART_CHARACTERS`; a block that is longer is divided at line ends, or anywhere."""
    part: list[str] = []
    size = 0
    count = 0
    for block in blocks:
        for piece in _pieces(block):
            if size and size + len(piece) > PART_CHARACTERS:
                yield "\n\n".join(part)
                count += 1
                part, size = [], 0
            if piece.strip():
                part.append(piece)
                size += len(piece) + 2
    if part or not count:
        yield "\n\n".join(part)


def _pieces(block: str) -> Iterator[str]:
    while len(block) > PART_CHARACTERS:
        cut = block.rfind("\n", PART_CHARACTERS // 2, PART_CHARACTERS)
        cut = cut if cut > 0 else PART_CHARACTERS
        yield block[:cut]
        block = block[cut:].removeprefix("\n")
    yield block


def clean_text(text: str) -> str:
    """Normalise line ends; remove control characters, lone surrogates, trailing blanks and blank edges.

    Each of these breaks SQLite, JSON or tantivy.
    """
    text = _LINE_ENDS.sub("\n", text).removeprefix("\ufeff")
    text = _CONTROLS.sub("", text)
    return "\n".join([line.rstrip(" \t\xa0") for line in text.split("\n")]).strip()


def without_invisible(pages: Iterable[Page]) -> tuple[tuple[Page, ...], int]:
    """Return the pages without invisible characters, and the number removed.

    A human reader does not see them, but the search and the model would. The user is told their number: soft hyphens
    are harmless, a paragraph in tag characters is not.
    """
    cleaned: list[Page] = []
    total = 0
    for page in pages:
        text, removed = strip_invisible(page.text)
        if removed:
            text = clean_text(text)
            page = replace(page, text=text, state=page.state if text else "empty")
        if page.head:
            page = replace(page, head=strip_invisible(page.head)[0])  # repeats the document's text: not counted
        cleaned.append(page)
        total += removed
    return tuple(cleaned), total
