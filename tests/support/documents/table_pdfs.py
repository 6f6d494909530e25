"""Draw tables on PDF pages at known places, with rulings or without; words and rows for tests of their finder."""

from collections.abc import Sequence
from pathlib import Path

from ingest.readers.pdf.page_words import WORD, Row, Word, visual_rows
from tests.support.documents.pdfs import Words, write_words

_ADVANCE = 6.0
_PITCH = 16.0


def words_at(text: str, left: float, bottom: float, start: int = 0) -> list[Word]:
    """Return the words of a text that begins at (left, bottom), every character 6 points wide and 10 high."""
    found = []
    for match in WORD.finditer(text):
        x, right = left + _ADVANCE * match.start(), left + _ADVANCE * match.end()
        found.append(Word(start + match.start(), start + match.end(), x, bottom, right, bottom + 10, match[0]))
    return found


def rows_of(lines: Sequence[str]) -> list[Row]:
    """Return rows from lines of text in which places are columns, as in a typescript."""
    words: list[Word] = []
    start = 0
    for number, line in enumerate(lines):
        words += words_at(line, 50, 700 - _PITCH * number, start)
        start += len(line) + 2
    return visual_rows(words)


def typescript(lines: Sequence[str]) -> list[Words]:
    """Return the words of lines of text for a page, each group of words where it stands in its line."""
    found = []
    for number, line in enumerate(lines):
        parts = [part for part in line.split("  ") if part.strip()]
        at = 0
        for part in parts:
            at = line.index(part.strip(), at)
            found.append(Words(40 + _ADVANCE * at, 700 - _PITCH * number, part.strip()))
            at += len(part.strip())
    return found


def grid_lines(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Return operators that rule a grid."""
    across = [f"{xs[0]} {y} m {xs[-1]} {y} l S" for y in ys]
    down = [f"{x} {ys[0]} m {x} {ys[-1]} l S" for x in xs]
    return "\n".join([*across, *down])


def write_ruled(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Write a PDF of one page with a ruled table, its cells 120 points wide and 20 high."""
    top, left = 700, 60
    words = [
        Words(left + 4 + 120 * column, top - 14 - 20 * number, text)
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
        if text
    ]
    xs = [left + 120 * column for column in range(len(rows[0]) + 1)]
    ys = [top - 20 * number for number in range(len(rows) + 1)]
    return write_words(path, [words], drawn=grid_lines(xs, ys))
