"""Find the cells of a quoted table that state a figure of the sentence that cites it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from rag.text.characters import with_plain_digits
from rag.text.figures import parse_figure, parse_number
from rag.text.table_rows import cell_values, table_rows

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,'’\u00a0\u202f]\d+)*")
_DECIMAL_MARKS = (".", ",")
"""A sentence and its source may be of two languages: a figure is compared as it reads by either mark."""


class CitedCell(NamedTuple):
    """A cell at characters `[start, end)` of a quote, with its text and that of the first cell of its row."""

    start: int
    end: int
    row: str
    text: str


def cited_cells(sentence: str, quote: str) -> list[CitedCell]:
    """Return the cells whose text is a figure of the sentence; only those of rows that it names, if it names any."""
    if table_rows(quote) is None:
        return []
    figures = {figure for number in _NUMBER.findall(with_plain_digits(sentence)) for figure in _readings(number)}
    stated = [cell for cell in _cells(quote) if not figures.isdisjoint(_figure_of(cell.text))]
    named = [cell for cell in stated if cell.row and cell.row.casefold() in sentence.casefold()]
    return named or stated


def _cells(quote: str) -> Iterator[CitedCell]:
    """Yield the cells of each row but the one that names it."""
    for cells in cell_values(quote):
        (first, end), *others = cells
        row = quote[first:end]
        yield from (CitedCell(start, end, row, quote[start:end]) for start, end in others)


def _readings(number: str) -> Iterator[Decimal]:
    for mark in _DECIMAL_MARKS:
        value = parse_number(number, mark)
        if value is not None:
            yield value


def _figure_of(text: str) -> Iterator[Decimal]:
    for mark in _DECIMAL_MARKS:
        figure = parse_figure(with_plain_digits(text), mark)
        if figure and not figure.is_dash:
            yield abs(figure.value)
