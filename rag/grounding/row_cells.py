"""Tell whether a claim has a figure from the right cell of a table's row.

A row is stored with each column's head before its value ("Year: 2023 | Income (euros): 5250"). What stands near a
figure there is its neighbour's head as often as its own, so figures are compared by column and not by position.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rag.text.normalize import MINUS, normalize
from rag.text.table_rows import table_rows

Analyze = Callable[[str], list[str]]

_FOLLOWED = re.compile(rf"(?<!\w)(\d+(?:d\d+)?{MINUS}?)\s+([^\W\d_]+)")
_YEAR = re.compile(r"1\d\d\d|20\d\d")
_MIN_COLUMNS = 2
_SCALE = re.compile(r"10{3}|10{6}|10{9}|thousands?|millions?|billions?")


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of a column's head, and those of its value in one row."""

    head: frozenset[str]
    value: frozenset[str]


Row = tuple[Cell, ...]
"""The cells of a row, its label first."""


def read_rows(text: str, analyze: Analyze, language: str = "") -> tuple[Row, ...]:
    """Return the rows of a text that is nothing but rows of one table with heads; () of any other text.

    Its numbers are read as in its language.
    """
    found = table_rows(text)
    if not found or found.before or found.after or len(found.heads) < _MIN_COLUMNS or not all(found.heads[1:]):
        return ()
    heads = [frozenset(analyze(normalize(head, language))) for head in found.heads]
    return tuple(
        tuple(
            Cell(head, frozenset(analyze(normalize(value, language))))
            for head, value in zip(heads, values, strict=True)
        )
        for values in found.rows
    )


def followed_by(plain: str, analyze: Analyze) -> frozenset[tuple[str, str]]:
    """Return the figures of a normalised text, each with the word directly behind it."""
    return frozenset((match[1], word) for match in _FOLLOWED.finditer(plain) for word in analyze(match[2])[:1])


def is_year(number: str) -> bool:
    """Return whether a number may be a year."""
    return _YEAR.fullmatch(number) is not None


def is_misplaced(
    rows: Sequence[Row], sequence: Sequence[str], index: int, following: AbstractSet[tuple[str, str]]
) -> bool:
    """Return True if the figure at `index` of a claim's words is of another column, or another row, than it says.

    The nearest words of heads and labels before and behind the figure tell its cell; a word directly behind it must be
    of its own head. A scale in the head ("thousand euros") must be in the claim.
    """
    figure = sequence[index]
    own = [(row, cell) for row in rows for cell in row[1:] if figure in cell.value]
    if not own or any(figure in row[0].value for row in rows):
        return False
    cells = [cell for row in rows for cell in row[1:]]
    values = {word for cell in cells for word in cell.value if word[0].isdigit() and not is_year(word)}
    return all(
        _has_unsaid_scale(cell, sequence)
        or _is_of_others(cell.head, [other.head for other in row[1:]], sequence, index, values, following)
        or _is_of_others(row[0].value, [other[0].value for other in rows], sequence, index, values)
        for row, cell in own
    )


def _is_of_others(
    own: AbstractSet[str],
    all_words: Iterable[AbstractSet[str]],
    sequence: Sequence[str],
    index: int,
    values: AbstractSet[str],
    following: AbstractSet[tuple[str, str]] = frozenset(),
) -> bool:
    """Return True if words of others, and none of its own alone, are nearest to a figure; `values` end the search."""
    others = frozenset[str]().union(*(words for words in all_words if words != own))
    ours, theirs = own - others, others - own
    if any((sequence[index], word) in following for word in theirs):
        return True
    near = [_nearest(words, ours | theirs, values) for words in (reversed(sequence[:index]), sequence[index + 1 :])]
    return not any(word in ours for word in near) and any(word in theirs for word in near)


def _nearest(words: Iterable[str], known: AbstractSet[str], values: AbstractSet[str]) -> str:
    """Return the first word that is known; "" if there is none before another cell's figure."""
    for word in words:
        if word in known or word in values:
            return word if word in known else ""
    return ""


def _has_unsaid_scale(cell: Cell, sequence: Sequence[str]) -> bool:
    scales = {word for word in cell.head if _SCALE.fullmatch(word)}
    return bool(scales) and scales.isdisjoint(sequence)
