"""Find the cells of a quoted table that state a figure of the sentence that cites it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from rag.text.characters import with_plain_digits
from rag.text.figures import parse_figure, parse_number
from rag.text.table_rows import cell_values, table_rows

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,'’\u00a0\u202f]\d+)*")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
"""The unit in the head of a column, which a sentence writes beside the figure."""

_DECIMAL_MARKS = (".", ",")
"""A sentence and its source may be of two languages: a figure is compared as it reads by either mark."""


class CitedCell(NamedTuple):
    """A cell at characters `[start, end)` of a quote: its text, that of the first cell of its row, and its head."""

    start: int
    end: int
    row: str
    text: str
    head: str = ""


def cited_cells(sentence: str, quote: str) -> list[CitedCell]:
    """Return the cells whose text is a figure of the sentence.

    Only those of rows that it names, if it names any, and of columns that it names, if a row has one.
    """
    if table_rows(quote) is None:
        return []
    figures = {figure for number in _NUMBER.findall(with_plain_digits(sentence)) for figure in _readings(number)}
    stated = [cell for cell in _cells(quote) if not figures.isdisjoint(_figure_of(cell.text))]
    rows = [cell for cell in stated if _names(sentence, cell.row)] or stated
    columns = [cell for cell in rows if _names(sentence, _IN_BRACKETS.sub("", cell.head))]
    placed = {cell.row for cell in columns}
    return [cell for cell in rows if cell in columns or cell.row not in placed]


def _names(sentence: str, label: str) -> bool:
    return bool(label) and label.casefold() in sentence.casefold()


def _cells(quote: str) -> Iterator[CitedCell]:
    """Yield the cells of each row but the one that names it."""
    for cells in cell_values(quote):
        first, *others = cells
        row = quote[first.start : first.end]
        yield from (CitedCell(each.start, each.end, row, quote[each.start : each.end], each.head) for each in others)


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
