"""Insert form values among the lines of a page; pdfium puts them at the end, several in one line."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from ingest.readers.blocks.geometry import Box, Characters, Line, upright

_WORD = re.compile(r"\S+")


class FormValue(NamedTuple):
    """A line of a value, and the index of its field."""

    field: int
    line: Line


def insert_form_values(characters: Characters, lines: Sequence[Line], fields: Sequence[Box], turn: int) -> list[Line]:
    """Return the lines with each value after its label, which is left of it in its row or else above it.

    `turn` is the number of clockwise quarter turns applied to the boxes of the lines.
    """
    printed, values = _split_values(characters, lines, [upright(field, turn) for field in fields], turn)
    for _, group in groupby(values, key=lambda value: value.field):
        own = [value.line for value in group]
        at = _place_among(own[0], printed)
        printed[at:at] = own
    return printed


def _split_values(
    characters: Characters, lines: Sequence[Line], fields: Sequence[Box], turn: int
) -> tuple[list[Line], list[FormValue]]:
    """Return the printed lines and the filled-in values; a line that ends in a field may contain both."""
    lasts = characters.boxes([line.end - 1 for line in lines])
    printed: list[Line] = []
    values: list[FormValue] = []
    for line, last in zip(lines, lasts, strict=True):
        if _field_of(upright(last, turn), fields) is None:
            printed.append(line)
            continue
        for field, part in _parts(characters, line, fields, turn):
            if field is None:
                printed.append(part)
            else:
                values.append(FormValue(field, part))
    return printed, values


def _parts(characters: Characters, line: Line, fields: Sequence[Box], turn: int) -> Iterator[tuple[int | None, Line]]:
    spans = [match.span() for match in _WORD.finditer(characters.text, line.start, line.end)]
    firsts = [upright(box, turn) for box in characters.boxes([start for start, _ in spans])]
    owned = [(_field_of(box, fields), span) for box, span in zip(firsts, spans, strict=True)]
    for field, group in groupby(owned, key=lambda each: each[0]):
        words = [span for _, span in group]
        yield field, _line(characters, words[0][0], words[-1][1], turn)


def _line(characters: Characters, start: int, end: int, turn: int) -> Line:
    first, last = (upright(box, turn) for box in characters.boxes([start, end - 1]))
    left, right = min(first.left, last.left), max(first.right, last.right)
    return Line(start, end, left, min(first.bottom, last.bottom), right, max(first.top, last.top))


def _field_of(box: Box, fields: Sequence[Box]) -> int | None:
    across, up = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    for number, field in enumerate(fields):
        if field.left <= across <= field.right and field.bottom <= up <= field.top:
            return number
    return None


def _place_among(value: Line, lines: Sequence[Line]) -> int:
    """Return the index at which a value belongs among the lines."""
    row = [at for at, line in enumerate(lines) if _in_one_row(line, value)]
    before = [at for at in row if lines[at].left <= value.left]
    if before:
        return max(before, key=lambda at: lines[at].left) + 1
    if row:
        return min(row, key=lambda at: lines[at].left)
    above = [at for at, line in enumerate(lines) if line.bottom >= value.top and _overlap(line, value)]
    if above:
        return min(above, key=lambda at: lines[at].bottom) + 1
    return len(lines)


def _in_one_row(one: Line, other: Line) -> bool:
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared > 0.5 * min(one.top - one.bottom, other.top - other.bottom) > 0


def _overlap(one: Line, other: Line) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)
