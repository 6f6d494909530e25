"""Split text into the segments that chunks are built from, with the strength of the break before each (pure).

A segment is a sentence, or the part of one on a line. A chunk may well end between sections, paragraphs and rows of a
table; it should not end in the middle of a wrapped line.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from rag.text.sentences import SENTENCE_END, ends_sentence
from rag.types import Span


class Break(IntEnum):
    """The break before a segment, from weak to strong."""

    WRAPPED = -1
    SENTENCE = 0
    LINE = 1
    PARAGRAPH = 2
    HEADING = 3


class Segment(NamedTuple):
    """A span of text and the break before it."""

    span: Span
    before: Break


_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
HEADING_LINE = re.compile(r"[ \t]*(#{1,6})[ \t]+(\S.*?)[ \t#]*")
_RARE_CAPITALS = 0.005


def split_segments(text: str, *, markdown: bool = True) -> Iterator[Segment]:
    """Yield the segments of a text in order, trimmed; each character that is not white space is in exactly one.

    Only in `markdown` is a line that begins with `#` a heading.
    """
    start = 0
    for gap in [*_BLANK_LINES.finditer(text), None]:
        end = gap.start() if gap else len(text)
        yield from _in_paragraph(text, start, end, markdown=markdown)
        start = gap.end() if gap else end


def _in_paragraph(text: str, start: int, end: int, *, markdown: bool) -> Iterator[Segment]:
    capitals = _has_capitals(text[start:end])
    before = Break.PARAGRAPH
    previous = ""
    for line in text[start:end].split("\n"):
        stop = start + len(line)
        if markdown and HEADING_LINE.fullmatch(line):
            before = Break.HEADING
        elif previous:
            before = Break.WRAPPED if _continues(previous, line) else Break.LINE
        for span in _in_line(text, start, stop, capitals=capitals):
            yield Segment(span, before)
            before = Break.SENTENCE
        previous = line.rstrip() or previous
        start = stop + 1


def _in_line(text: str, start: int, end: int, *, capitals: bool) -> Iterator[Span]:
    begin = start
    for match in SENTENCE_END.finditer(text, start, end):
        if text[match.end() : end].strip() and ends_sentence(text, begin, match, end, capitals=capitals):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _continues(previous: str, line: str) -> bool:
    """Return True if a line seems to continue the one before it, as in text wrapped to a width."""
    first = line.lstrip()[:1]
    return (previous[-1].islower() or previous[-1] in ",(&") and (first.islower() or first.isdigit())


def _has_capitals(text: str) -> bool:
    """Return False for text written without capitals, where a small letter may begin a sentence."""
    letters = [character for character in text if character.isalpha()]
    return sum(letter.isupper() for letter in letters) > _RARE_CAPITALS * len(letters)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    inner = text[start:end].strip()
    if inner:
        begin = start + text[start:end].index(inner)
        yield Span(begin, begin + len(inner))
