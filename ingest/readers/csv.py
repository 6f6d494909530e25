"""Read tables stored as text (CSV, TSV): every row repeats its column heads."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from ingest.readers.blocks.captions import unit_in
from ingest.readers.blocks.pages import PART_CHARACTERS, clean_cell, shifted
from ingest.readers.blocks.tables import CellText, is_number, names_periods, render_table
from ingest.readers.encoding import decode, nothing_in
from rag.errors import DocumentError
from rag.types import Page, Structure

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50
_FIRST_ROWS = 50
_MAX_TITLES = 5
_MAX_FIELD = 1_000_000


class _Row(NamedTuple):
    """A row that has text, with its number as in a spreadsheet."""

    number: int
    cells: list[str]


class CsvReader:
    """Read the rows of a delimited table."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield one page, or parts labelled "rows 2–180", counted as in a spreadsheet."""
        text = decode(path.read_bytes())
        if not text.strip():
            raise DocumentError(nothing_in(text))
        csv.field_size_limit(_MAX_FIELD)
        try:
            yield from _pages(_filled(csv.reader(_lines(text), delimiter=_delimiter(text))))
        except csv.Error as error:
            raise DocumentError(f"the table cannot be read: {error}") from error


def _lines(text: str) -> Iterator[str]:
    """Return the lines as files have them; `str.splitlines` would also tear a cell at a line separator of Unicode."""
    return io.StringIO(text, newline="")


def _delimiter(text: str) -> str:
    """Return the character that divides most lines into the same number of cells, at least two."""
    lines = [line for line in islice(_lines(text), _SAMPLE_LINES) if line.strip()]
    scores: list[tuple[float, str]] = []
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        common = max(set(widths), key=widths.count) if widths else 1
        scores.append((widths.count(common) * min(common - 1, 3) if common > 1 else 0, delimiter))
    best = max(score for score, _ in scores)
    return next(delimiter for score, delimiter in scores if score == best)


def _filled(rows: Iterable[list[str]]) -> Iterator[_Row]:
    for number, row in enumerate(rows, start=1):
        cells = [clean_cell(cell) for cell in row]
        if any(cells):
            yield _Row(number, cells)


def _pages(rows: Iterator[_Row]) -> Iterator[Page]:
    first = list(islice(rows, _FIRST_ROWS))
    if not first:
        raise DocumentError("every cell of the table is empty")
    titles = _titles(first)
    head = _head(first[len(titles) :])
    parts = _divide(chain(first[len(titles) :], rows), head)
    pages = (_page(number, part, head, titles if number == 1 else []) for number, part in enumerate(parts, start=1))
    whole, second = next(pages), next(pages, None)
    if second is None:
        yield Page(number=1, label="", text=whole.text, structure=whole.structure)
        return
    yield from chain([whole, second], pages)


def _titles(rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows of one text above the first row of several."""
    for place, row in enumerate(rows[: _MAX_TITLES + 1]):
        if sum(map(bool, row.cells)) > 1:
            return list(rows[:place])
    return []


def _head(rows: Sequence[_Row]) -> list[str]:
    """Return the names of the columns: the first row, unless it has numbers that are no years."""
    if len(rows) < 2 or len(rows[0].cells) < 2:
        return []
    head = rows[0].cells
    width = max(len(row.cells) for row in rows)
    grid = [[*row.cells, *[""] * (width - len(row.cells))] for row in rows]
    return head if not any(map(is_number, head)) or names_periods(grid) else []


def _divide(rows: Iterable[_Row], head: Sequence[str]) -> Iterator[list[_Row]]:
    """Yield rows that fill a part as they are written, each with its heads."""
    part: list[_Row] = []
    size = 0
    for row in rows:
        heads = sum(len(name) + 2 for name, cell in zip(head, row.cells, strict=False) if cell)
        part.append(row)
        size += sum(len(cell) + 3 for cell in row.cells) + heads
        if size >= PART_CHARACTERS:
            yield part
            part, size = [], 0
    if part:
        yield part


def _page(number: int, part: Sequence[_Row], head: Sequence[str], titles: Sequence[_Row]) -> Page:
    cells = [CellText(place, column, text) for place, row in enumerate(part) for column, text in enumerate(row.cells)]
    is_first = number == 1
    heads = () if is_first else head
    table = render_table(cells, head_rows=int(is_first and bool(head)), heads_above=heads, max_cell=_MAX_FIELD)
    above = "\n".join(next(filter(None, row.cells)) for row in titles)
    caption = " ".join(above.split("\n"))
    structure = Structure()
    if table.cells:
        structure = Structure(tables=(table.as_table(caption=caption, unit=unit_in(caption), continues=not is_first),))
    start = len(above) + 2 if above else 0
    label = f"rows {part[0].number}–{part[-1].number}"
    text = f"{above}\n\n{table.text}" if above else table.text
    return Page(number=number, label=label, text=text, structure=shifted(structure, start))
