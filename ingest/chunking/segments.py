"""The pieces that chunks are put together from, and how strong the break before each is (pure).

A piece is a sentence, or what a line holds of one. Between sections, paragraphs and rows of a table a chunk may well
end; in the middle of a wrapped line it should not.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from rag.text.sentences import SENTENCE_END, ends_sentence
from rag.types import Span


class Break(IntEnum):
    """What lies before a piece, from weak to strong."""

    WRAPPED = -1
    SENTENCE = 0
    LINE = 1
    PARAGRAPH = 2
    HEADING = 3


class Unit(NamedTuple):
    """A piece of text and the break before it."""

    span: Span
    before: Break


_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
HEADING_LINE = re.compile(r"[ \t]*(#{1,6})[ \t]+(\S.*?)[ \t#]*")
_RARE_CAPITALS = 0.005


def units(text: str, *, markdown: bool = True) -> Iterator[Unit]:
    """The pieces of a text in order, trimmed; every character that is not white space lies in exactly one.

    Only in `markdown` is a line that begins with `#` a heading.
    """
    start = 0
    for gap in [*_BLANK_LINES.finditer(text), None]:
        end = gap.start() if gap else len(text)
        yield from _in_paragraph(text, start, end, markdown=markdown)
        start = gap.end() if gap else end


def _in_paragraph(text: str, start: int, end: int, *, markdown: bool) -> Iterator[Unit]:
    capitals = _has_capitals(text[start:end])
    before = Break.PARAGRAPH
    previous = ""
    for line in text[start:end].split("\n"):
        stop = start + len(line)
        if markdown and HEADING_LINE.fullmatch(line):
            before = Break.HEADING
        elif previous:
            before = Break.WRAPPED if _goes_on(previous, line) else Break.LINE
        for span in _in_line(text, start, stop, capitals=capitals):
            yield Unit(span, before)
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


def _goes_on(previous: str, line: str) -> bool:
    """Whether a line seems to continue the one before it, as in text that was wrapped to a width."""
    first = line.lstrip()[:1]
    return (previous[-1].islower() or previous[-1] in ",(&") and (first.islower() or first.isdigit())


def _has_capitals(text: str) -> bool:
    """False for text written without capitals, where a small letter may begin a sentence."""
    letters = [character for character in text if character.isalpha()]
    return sum(letter.isupper() for letter in letters) > _RARE_CAPITALS * len(letters)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    inner = text[start:end].strip()
    if inner:
        begin = start + text[start:end].index(inner)
        yield Span(begin, begin + len(inner))
