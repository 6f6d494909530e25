"""Write a table of a page as runs of the page's own characters, each value after its column's head (pure)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ingest.readers.blocks.tables import CellText, render_table
from ingest.readers.layout.paragraphs import TextRun
from ingest.readers.pdf.tables.grid import Grid, GridCell
from ingest.readers.pdf.tables.page_words import Word, is_currency
from rag.types import Cell

_OPENING = re.compile(r"[(\[]*(?:[A-Z]{0,3}[$€£¥₩₹])?[(\[]*")
_CLOSING = re.compile(r"[)\]%]+")


Part = tuple[Word, str]
"""A word, and what separates it from the next."""


@dataclass(frozen=True, slots=True)
class SaidTable:
    """A table as runs of the raw text. `cells` are its cells, each with its runs `[first, last)`."""

    runs: list[TextRun]
    cells: list[tuple[Cell, int, int]]


def say_table(grid: Grid, heads_above: Sequence[str] = ()) -> SaidTable:
    """Return a table as a line a row, each value after its column's head.

    A period above the labels ("As of June 30,") begins the head of every column, and a unit there heads none. A label
    that another row has too follows that of its group.
    """
    parts = _cell_parts(grid)
    texts = [
        CellText(row, cell.column, _text(parts[row, cell.column]), cell.rows, cell.span)
        for row, line in enumerate(grid.rows)
        for cell in line.cells
    ]
    rendered = render_table(texts, head_rows=grid.heads, heads_above=heads_above)
    runs: list[TextRun] = []
    for line in grid.above:
        runs += _runs(_parts(line))
        runs[-1] = runs[-1]._replace(separator="\n")
    at: dict[int, int] = {}
    end = 0
    for piece in rendered.pieces:
        own = parts[piece.row, piece.column]
        if piece.start > end:
            _put_text(runs, rendered.text[end : piece.start], own[0][0].start)
        at[piece.start] = len(runs)
        runs += _runs(own)
        end = piece.end
        at[end] = len(runs)
    return SaidTable(runs, [(cell, at[cell.start], at[cell.end]) for cell in rendered.cells])


def column_heads(grid: Grid) -> list[str]:
    """Return the heads of each column, joined from top to bottom."""
    parts = _cell_parts(grid)
    found = []
    for column in range(grid.columns):
        cells = [(at, cell) for at, row in enumerate(grid.rows[: grid.heads]) if (cell := row.cell(column)) is not None]
        found.append(" ".join(_text(parts[at, cell.column]) for at, cell in cells))
    return found


def words_of(grid: Grid) -> Iterable[Word]:
    """Yield the words of a table, those of the lines above it first."""
    for line in grid.above:
        yield from line
    for row in grid.rows:
        for cell in row.cells:
            yield from cell.words
            yield from cell.prefix


def _cell_parts(grid: Grid) -> dict[tuple[int, int], list[Part]]:
    """Return the words that each cell says with what follows each of them, by its row and column."""
    return {
        (row, cell.column): _said_parts(cell, is_head=row < grid.heads)
        for row, line in enumerate(grid.rows)
        for cell in line.cells
    }


def _said_parts(cell: GridCell, *, is_head: bool) -> list[Part]:
    parts = _parts(cell.prefix)
    if parts:
        last, _ = parts[-1]
        parts[-1] = last, " " if is_head or last.text.endswith(":") else ": "
    return parts + _parts(cell.words)


def _runs(parts: Iterable[Part]) -> list[TextRun]:
    return [TextRun(word.start, word.end, separator) for word, separator in parts]


def _put_text(runs: list[TextRun], text: str, place: int) -> None:
    if runs:
        runs[-1] = runs[-1]._replace(separator=text)
    elif text:
        runs.append(TextRun(place, place, text))


def _parts(words: Sequence[Word]) -> list[Part]:
    return [
        (word, "" if following is None or _is_tight(word.text, following.text) else " ")
        for word, following in zip_longest(words, words[1:])
    ]


def _text(parts: Iterable[Part]) -> str:
    return "".join(word.text + separator for word, separator in parts)


def _is_tight(text: str, following: str) -> bool:
    """Return True if nothing stands between words: signs of a number in columns of their own."""
    if _CLOSING.fullmatch(following):
        return text[-1].isdigit() or text[-1] in ")–—-"
    opens = _OPENING.fullmatch(text) or (is_currency(text) and len(text) == 1)
    return bool(opens) and following[0] in "(0123456789.–—-$"
