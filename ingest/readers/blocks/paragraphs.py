"""Join the lines of a page into its text, and map characters of the text back to those of the page.

Both use the same runs, so that the mapping is exact.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from statistics import median_low
from typing import NamedTuple

from ingest.readers.blocks.geometry import Fractions, Line, are_parts

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_SPACES = dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_REPLACEMENTS = {**_LIGATURES, **_SPACES}
_REPLACED = re.compile(f"[{''.join(map(chr, _REPLACEMENTS))}]")

_LIGATURE = re.compile(f"[{''.join(map(chr, _LIGATURES))}]")

_LAST_LETTERS = re.compile(r"[^\W\d_]+\Z")
_FIRST_LETTERS = re.compile(r"[^\W\d_]+")
_HYPHENS = "-\u2010\u00ad"
_PARAGRAPH_PITCH = 1.35
"""Pitch, as a multiple of the usual one, at which a line begins a paragraph."""


class TextRun(NamedTuple):
    """Characters `[start, end)` of the raw text, and the separator after them in the page's text."""

    start: int
    end: int
    separator: str


def text_runs(raw: str, lines: Sequence[Line], pitch: float | None = None) -> Iterator[TextRun]:
    """Yield the runs of a page's text: its lines, with hyphenated words joined and paragraphs separated.

    `pitch` is the page's usual one, if these are only some of its lines.
    """
    pitch = usual_pitch(lines) if pitch is None else pitch
    for line, following in pairwise(lines):
        end, separator = _join_word(raw, line, following)
        if separator is None:
            apart = line.bottom > following.bottom and (line.bottom - following.bottom) > _PARAGRAPH_PITCH * pitch
            separator = "\n\n" if apart and pitch else " " if are_parts(line, following) else "\n"
        yield TextRun(line.start, end, separator)
    if lines:
        yield TextRun(lines[-1].start, lines[-1].end, "")


def join_runs(raw: str, runs: Sequence[TextRun]) -> str:
    """Return the page's text, not yet cleaned."""
    return _replaced("".join(raw[run.start : run.end] + run.separator for run in runs))


def run_spans(raw: str, runs: Sequence[TextRun]) -> list[tuple[int, int]]:
    """Return the characters of the joined text that each run is, without its separator."""
    spans: list[tuple[int, int]] = []
    at = 0
    has_ligatures = bool(_LIGATURE.search(raw))  # nothing else that is replaced changes the length
    for run in runs:
        end = at + (len(_replaced(raw[run.start : run.end])) if has_ligatures else run.end - run.start)
        spans.append((at, end))
        at = end + len(run.separator)
    return spans


def _replaced(text: str) -> str:
    return _REPLACED.sub(lambda match: _REPLACEMENTS[ord(match[0])], text)


def raw_positions(raw: str, runs: Sequence[TextRun]) -> list[int | None]:
    """Return for each character of the joined text the position of its raw character, None if it has none."""
    positions: list[int | None] = []
    for run in runs:
        for at in range(run.start, run.end):
            positions += [at] * len(_REPLACEMENTS.get(ord(raw[at]), " "))
        positions += [None] * len(run.separator)
    return positions


def _join_word(raw: str, line: Line, following: Line) -> tuple[int, str | None]:
    """Return where the line's run ends, and the separator inside a divided word; None if no word is divided.

    A hyphen at the end of a line is dropped within a divided word. It stays before a capital or a number, and where the
    page has the hyphenated word elsewhere.
    """
    hyphen = raw[line.end - 1] in _HYPHENS
    end = line.end - hyphen
    if not hyphen and not line.divided:
        return line.end, None
    left = _LAST_LETTERS.search(raw, line.start, end)
    right = _FIRST_LETTERS.match(raw, following.start, following.end)
    if left and right and right[0][0].islower():
        return end, "-" if f"{left[0]}-{right[0]}" in raw else ""
    if line.divided:
        return line.end, "-" if following.start <= line.end + 1 else "-\n"
    return line.end, None


def usual_pitch(lines: Sequence[Line]) -> float:
    """Return the usual distance of a line from the next, 0 if there is none."""
    pitches = [
        line.bottom - following.bottom
        for line, following in pairwise(lines)
        if line.bottom - following.bottom > 0.5 * (line.top - line.bottom) > 0
    ]
    return median_low(pitches) if pitches else 0.0


class TextLine(NamedTuple):
    """Characters `[start, end)` of the stored text, and their box on the picture.

    `turns`: quarter turns clockwise by which the picture shows them turned; upside down counts as none.
    """

    start: int
    end: int
    turns: int
    left: float
    top: float
    right: float
    bottom: float


def line_runs(
    raw: str, positions: Sequence[int | None], line_of: Callable[[int], int]
) -> Iterator[tuple[int, int, list[int]]]:
    """Yield runs of stored characters that stand on one line: start, end, and the raw positions of those that are seen.

    `positions` are those of the stored characters in the raw text. What is stored again, as the head of a table is in
    each of its rows, is one run, the first.
    """
    seen: set[int] = set()
    shown = [(place, at) for place, at in enumerate(positions) if at is not None and not raw[at].isspace()]
    for _, run in groupby(shown, key=lambda each: line_of(each[1])):
        places, found = zip(*run, strict=True)
        if not seen.issuperset(found):
            seen.update(found)
            yield places[0], places[-1] + 1, list(found)


def text_line(start: int, end: int, box: Fractions, first: Fractions, last: Fractions) -> TextLine:
    """Return a line, turned as its first and last character lie."""
    across = (last[0] + last[2]) - (first[0] + first[2])
    down = (last[1] + last[3]) - (first[1] + first[3])
    turns = 0 if abs(across) >= abs(down) else 1 if down > 0 else 3
    return TextLine(start, end, turns, *box)
