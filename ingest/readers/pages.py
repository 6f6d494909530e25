"""Blocks of text (headings, paragraphs, lists, tables) to pages: natural units where a format has them, else parts."""

from collections.abc import Iterable, Iterator, Sequence

from ingest.readers.clean import clean_text
from rag.types import Page

PART_CHARACTERS = 20_000
"""A page is loaded whole to quote from it, so it is kept small."""

NO_TEXT = "no text"
MAX_CHARACTERS = 50_000_000
_LABEL = 60
_LONG_CELL = 400
_LONG_HEAD = 80

Row = Sequence[str]


class Note(str):
    """Among blocks, what a person should know of a unit but what is not its text: what was cut, what is damaged."""

    __slots__ = ()


def heading(level: int, text: str) -> str:
    """A heading as Markdown has it, which is what chunks are cut at."""
    text = " ".join(text.split())
    return f"{'#' * min(max(level, 1), 6)} {text}" if text else ""


def quoted(kind: str, title: str) -> str:
    """A label that a person can find: the kind of unit, and its title."""
    title = " ".join(clean_text(title).split())
    short = title if len(title) <= _LABEL else title[: _LABEL - 1].rstrip() + "…"
    return f"{kind} “{short}”" if short else kind


def table(rows: Iterable[Row], *, has_head: bool | None = None) -> str:
    """A table as text in which every row keeps its column heads; None lets the rows tell whether it has any."""
    kept = [cells for row in rows if any(cells := [" ".join(cell.split()) for cell in row])]
    width = max((_width(row) for row in kept), default=0)
    if width <= 1 or any(len(cell) > _LONG_CELL for row in kept for cell in row):
        return "\n".join(cell for row in kept for cell in row if cell)  # laid out as a table, but none
    kept = [[*row[:width], *[""] * (width - len(row))] for row in kept]
    if len(kept) > 1 and (looks_like_head(kept) if has_head is None else has_head):
        return "\n".join([plain_row(kept[0]), *(headed_row(kept[0], row) for row in kept[1:])])
    return "\n".join(map(plain_row, kept))


def plain_row(row: Row) -> str:
    """The cells of a row that are not empty."""
    return " | ".join(cell for cell in row if cell)


def headed_row(head: Row, row: Row) -> str:
    """The cells of a row, each with its column's head."""
    named = zip([*head, *[""] * (len(row) - len(head))], row, strict=False)
    return " | ".join(f"{name}: {cell}" if name and name != cell else cell for name, cell in named if cell)


def looks_like_head(rows: Sequence[Row]) -> bool:
    """Whether the first row names columns: short words, each once; of two columns only if numbers follow."""
    head = [cell for cell in rows[0] if cell]
    if len(head) < max(2, (len(rows[0]) + 1) // 2) or len(set(head)) < len(head):
        return False
    if any(is_number(cell) or len(cell) > _LONG_HEAD for cell in head):
        return False
    numbers = sum(is_number(row[-1]) for row in rows[1:])
    return len(rows[0]) > 2 or numbers * 2 > len(rows) - 1


def is_number(cell: str) -> bool:
    """Whether a cell holds a figure rather than words."""
    return any(map(str.isdigit, cell)) and not sum(map(str.isalpha, cell)) > len(cell) / 4


def pages(units: Iterable[tuple[str, Iterable[str]]]) -> Iterator[Page]:
    """A page for each unit (label, blocks), or several for a long one; a unit without text stays, as empty."""
    number = total = 0
    for label, blocks in units:
        kept = list(blocks)
        note = "; ".join(block for block in kept if isinstance(block, Note))
        parts = list(_parts(block for block in kept if not isinstance(block, Note)))
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


def sections(blocks: Iterable[str]) -> Iterator[Page]:
    """Pages of a text that has no units of its own: one if it is short, else parts named by their first heading."""
    units: list[tuple[str, list[str]]] = [("", [])]
    size = 0
    title = ""
    for block in blocks:
        title = block.lstrip("# ") if block.startswith("#") and "\n" not in block else title
        is_break = block.startswith(("# ", "## ")) and size > PART_CHARACTERS / 4
        if size and (is_break or size + len(block) > PART_CHARACTERS):
            units.append((quoted("section", title) if title else f"part {len(units) + 1}", []))
            size = 0
        units[-1][1].append(block)
        size += len(block)
    if len(units) > 1:
        first = next((block.lstrip("# ") for block in units[0][1] if block.startswith("#")), "")
        units[0] = (quoted("section", first) if first else "part 1", units[0][1])
    return pages(units)


def _width(row: Row) -> int:
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def _parts(blocks: Iterable[str]) -> Iterator[str]:
    """Blocks joined to parts of about `PART_CHARACTERS`; a longer block is divided at line ends, or anywhere."""
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
