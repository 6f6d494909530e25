"""Read tables stored as text (CSV, TSV): every row repeats its column heads."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ingest.readers.encoding import decode
from ingest.readers.pages import NO_TEXT, PART_CHARACTERS, clean_text, headed_row, is_number, plain_row
from rag.errors import DocumentError
from rag.types import Page

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50
_MAX_FIELD = 1_000_000


class CsvReader:
    """Read the rows of a delimited table."""

    name = "CSV table"
    suffixes = frozenset({".csv", ".tsv", ".tab"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield one page, or parts labelled "rows 2–180", counted as in a spreadsheet."""
        text = decode(path.read_bytes())
        if not text.strip():
            raise DocumentError("the file is empty")
        csv.field_size_limit(_MAX_FIELD)
        try:
            rows = list(csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text)))
        except csv.Error as error:
            raise DocumentError(f"the table cannot be read: {error}") from error
        lines = list(_lines(rows))
        parts = list(_divide(lines))
        for number, (first, last) in enumerate(parts, start=1):
            label = f"rows {lines[first][0]}–{lines[last - 1][0]}" if len(parts) > 1 else ""
            shown = clean_text("\n".join(line for _, line in lines[first:last]))
            yield (
                Page(number=number, label=label, text=shown)
                if shown
                else Page(number=number, label=label, text="", state="empty", note=NO_TEXT)
            )


def _delimiter(text: str) -> str:
    """Return the character that divides most lines into the same number of cells, at least two."""
    lines = [line for line in islice(text.splitlines(), _SAMPLE_LINES) if line.strip()]
    scores: list[tuple[float, str]] = []
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        common = max(set(widths), key=widths.count) if widths else 1
        scores.append((widths.count(common) * min(common - 1, 3) if common > 1 else 0, delimiter))
    best = max(score for score, _ in scores)
    return next(delimiter for score, delimiter in scores if score == best)


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, str]]:
    """Yield number and text of each row; the first row names the columns unless it contains numbers."""
    filled = [(number, [" ".join(cell.split()) for cell in row]) for number, row in enumerate(rows, 1) if any(row)]
    if not filled:
        return
    head = filled[0][1]
    has_head = len(head) > 1 and all(cell and not is_number(cell) for cell in head if cell) and len(filled) > 1
    for place, (number, row) in enumerate(filled):
        yield number, headed_row(head, row) if has_head and place else plain_row(row)


def _divide(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    first, size = 0, 0
    for place, (_, line) in enumerate(lines):
        size += len(line) + 1
        if size >= PART_CHARACTERS:
            yield first, place + 1
            first, size = place + 1, 0
    if first < len(lines):
        yield first, len(lines)
