"""The opening of a document: a bounded view of its first pages, as the rules read it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Page

FIRST_PAGES = 5
"""Pages that are read before a document's first chunk is cut: its facts are part of each chunk's context."""

_MAX_CHARACTERS = 40_000
_MAX_FIRST_PAGE = 8_000
_MAX_LINES = 400
_MAX_LINE = 500
_MAX_HEADINGS = 50
_MARKDOWN = re.compile(r"(#{1,6}) +(.*)")


@dataclass(frozen=True, slots=True)
class Opening:
    """The first pages' text, the lines of the first page with text, and its headings as (level, title)."""

    text: str
    lines: tuple[str, ...]
    headings: tuple[tuple[int, str], ...]

    @property
    def first(self) -> str:
        """The first page's text."""
        return "\n".join(self.lines)

    def blocks(self, count: int) -> list[list[str]]:
        """Return the first blocks of lines, which blank lines separate."""
        found: list[list[str]] = [[]]
        for line in self.lines:
            if line:
                found[-1].append(line)
            elif found[-1]:
                found.append([])
            if len(found) > count:
                break
        return [block for block in found if block][:count]


def opening_of(pages: Sequence[Page]) -> Opening:
    """Return the opening of a document with these first pages."""
    texts, room = [], _MAX_CHARACTERS
    for page in pages[:FIRST_PAGES]:
        texts.append(page.text[:room])
        room -= len(texts[-1])
    first = next((page for page in pages[:FIRST_PAGES] if page.text), None)
    if first is None:
        return Opening("", (), ())
    lines = tuple(tidy(line) for line in first.text[:_MAX_FIRST_PAGE].split("\n")[:_MAX_LINES])
    return Opening("\n".join(texts), lines, _headings(first, lines))


def tidy(text: str, limit: int = _MAX_LINE) -> str:
    """Return a text on one line, without control characters, rules of underscores and surplus space."""
    printable = "".join(character if character.isprintable() else " " for character in text[: limit * 2])
    return " ".join(re.sub(r"[_=~*]{3,}|\.{4,}|-{4,}", " ", printable).split())[:limit]


def _headings(page: Page, lines: Sequence[str]) -> tuple[tuple[int, str], ...]:
    found = [(heading.level, tidy(heading.title)) for heading in page.structure.headings[:_MAX_HEADINGS]]
    if not found:
        marked = (_MARKDOWN.fullmatch(line) for line in lines)
        found = [(len(match[1]), match[2].strip()) for match in marked if match][:_MAX_HEADINGS]
    return tuple((level, title) for level, title in found if title)
