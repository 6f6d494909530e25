"""From the lines of a page to its text, and from characters of the text back to those of the page (pure).

The same pieces make both, so that the way back is exact.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median_low
from typing import NamedTuple

from ingest.readers.pdf.lines import Line

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_SPACES = dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_PLAIN = {**_LIGATURES, **_SPACES}
_ODD = re.compile(f"[{''.join(map(chr, _PLAIN))}]")

_LAST_PART = re.compile(r"[^\W\d_]+\Z")
_FIRST_PART = re.compile(r"[^\W\d_]+")
_HYPHENS = "-\u2010\u00ad"
_PARAGRAPH_PITCH = 1.35
"""A line that much further down than lines usually are begins a paragraph."""


class Piece(NamedTuple):
    """Characters `[start, end)` of the raw text, and what follows them in the page's text that is not there."""

    start: int
    end: int
    then: str


def pieces_of(raw: str, lines: Sequence[Line]) -> Iterator[Piece]:
    """What the page's text is made of: lines, with divided words joined and paragraphs set apart."""
    pitch = _usual_pitch(lines)
    for line, following in pairwise(lines):
        end, joined = _across(raw, line, following)
        if joined is None:
            apart = line.bottom > following.bottom and (line.bottom - following.bottom) > _PARAGRAPH_PITCH * pitch
            joined = "\n\n" if apart and pitch else "\n"
        yield Piece(line.start, end, joined)
    if lines:
        yield Piece(lines[-1].start, lines[-1].end, "")


def text_of(raw: str, pieces: Sequence[Piece]) -> str:
    """The page's text, not yet cleaned."""
    text = "".join(raw[piece.start : piece.end] + piece.then for piece in pieces)
    return _ODD.sub(lambda match: _PLAIN[ord(match[0])], text)


def positions_of(raw: str, pieces: Sequence[Piece]) -> list[int | None]:
    """For each character of `text_of` the position of the raw character it comes from, None if from none."""
    positions: list[int | None] = []
    for piece in pieces:
        for at in range(piece.start, piece.end):
            positions += [at] * len(_PLAIN.get(ord(raw[at]), " "))
        positions += [None] * len(piece.then)
    return positions


def _across(raw: str, line: Line, following: Line) -> tuple[int, str | None]:
    """Where the line's own characters end and what joins it to the next; None if they are not joined.

    A hyphen at a line's end goes where a word was divided, and stays where it belongs to the word: before a capital or
    a number, and if the page has the word with it elsewhere.
    """
    hyphen = raw[line.end - 1] in _HYPHENS
    end = line.end - hyphen
    if not hyphen and not line.divided:
        return line.end, None
    left = _LAST_PART.search(raw, line.start, end)
    right = _FIRST_PART.match(raw, following.start, following.end)
    if left and right and right[0][0].islower():
        return end, "-" if f"{left[0]}-{right[0]}" in raw else ""
    if line.divided:
        return line.end, "-" if following.start <= line.end + 1 else "-\n"
    return line.end, None


def _usual_pitch(lines: Sequence[Line]) -> float:
    pitches = [
        line.bottom - following.bottom
        for line, following in pairwise(lines)
        if line.bottom - following.bottom > 0.5 * (line.top - line.bottom) > 0
    ]
    return median_low(pitches) if pitches else 0.0
