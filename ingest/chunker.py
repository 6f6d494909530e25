"""Cut pages into chunks.

Whole segments (sentences, lines) are packed so that chunks are full and end where the text itself breaks: at a heading,
a paragraph, a line. A chunk lies within one page and one section, and always
`chunk.text == page.text[chunk.start:chunk.end]`. The heading path is the chunk's context for the search; the token
budget includes it, so a chunk never exceeds the embedder's window and nothing is truncated silently.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from ingest.segments import HEADING_LINE, Break, Segment, page_segments, table_at
from rag.interfaces import Embedder
from rag.text.document_names import short_context
from rag.text.locations import PATH, first_line
from rag.text.page_heads import page_head
from rag.types import UNIT_LABELS, NewChunk, Page, Span, Table

VERSION = 6
"""Increased when the same pages would give different chunks."""

_WORD = re.compile(r"\S+\s*")
_LARGE_TABLE_ROWS = 8
_MAX_LEAD = 300

_COST = {Break.HEADING: -0.3, Break.PARAGRAPH: 0.0, Break.LINE: 0.15, Break.SENTENCE: 0.35, Break.WRAPPED: 0.6}
"""Cost of beginning a chunk at a break, beside the square of the unused share of the token budget."""


Headings = dict[int, str]
"""The current headings, by level."""


class _Piece(NamedTuple):
    """A segment, or part of one that is too long, with its tokens."""

    span: Span
    before: Break
    tokens: int


class StructureChunker:
    """Pack whole segments, and end chunks at the text's own breaks.

    `chunk_tokens` limits a chunk's text and `window` the text with its context, both in the embedder's tokens.
    """

    def __init__(self, embedder: Embedder, *, chunk_tokens: int, window: int) -> None:
        self._embedder = embedder
        self._chunk_tokens = chunk_tokens
        self._window = window

    def chunk(self, pages: Sequence[Page], title: str = "") -> list[NewChunk]:
        """Return the chunks of all pages in reading order. Headings carry over from page to page.

        `title` is the document's name as the search sees it; here it only takes its share of the budget. The first
        lines of a printed page, such as a PDF's, serve as its heading.
        """
        path: Headings = {}
        return [chunk for page in pages for chunk in self.chunk_page(page, title, path)]

    def chunk_page(self, page: Page, title: str, path: Headings) -> list[NewChunk]:
        """Return the chunks of one page. `path` holds the current headings and is updated; begin with an empty one."""
        chunks: list[NewChunk] = []
        for section in _sections(page, path):
            above = [path[level] for level in sorted(path)] or [_page_heading(page)]
            for part, table in _parts(page, section):
                heading = PATH.join(filter(None, [*above, _caption(table, above[-1])]))
                chunks.extend(
                    NewChunk(page.number, span.start, span.end, page.text[span.start : span.end], heading)
                    for span in self._pack(page.text, part, short_context(title, heading))
                )
        return chunks

    def _pack(self, text: str, section: Sequence[Segment], context: str) -> list[Span]:
        room = self._window - sum(self._embedder.count_tokens([context]))
        limit = min(self._chunk_tokens, max(room, self._window // 2))
        return pack(list(self._pieces(text, section, limit)), limit)

    def _pieces(self, text: str, section: Sequence[Segment], limit: int) -> Iterator[_Piece]:
        counts = self._embedder.count_tokens([text[span.start : span.end] for span, _ in section])
        for (span, before), tokens in zip(section, counts, strict=True):
            if tokens <= limit:
                yield _Piece(span, before, tokens)
            else:
                yield from self._divide(text, span, before, limit)

    def _divide(self, text: str, long: Span, before: Break, limit: int) -> Iterator[_Piece]:
        """Divide a segment that is too long between its words, and a word that is too long anywhere."""
        words: list[Span] = []
        for match in _WORD.finditer(text, long.start, long.end):
            step = max(1, limit // 4)  # a character is at most four tokens in any tokenizer that falls back to bytes
            if match.end() - match.start() > step:
                words.extend(Span(at, min(at + step, match.end())) for at in range(match.start(), match.end(), step))
            else:
                words.append(Span(match.start(), match.end()))
        counts = self._embedder.count_tokens([text[word.start : word.end] for word in words])
        first, tokens = 0, 0
        for index, count in enumerate(counts):
            if tokens + count > limit:
                yield _Piece(_trimmed(text, words[first].start, words[index - 1].end), before, tokens)
                first, tokens, before = index, 0, Break.WRAPPED
            tokens += count
        yield _Piece(_trimmed(text, words[first].start, words[-1].end), before, tokens)


def pack(pieces: Sequence[_Piece], limit: int) -> list[Span]:
    """Return the cheapest division into chunks of at most `limit` tokens, by dynamic programming.

    A chunk costs the square of the share of the limit it leaves unused, plus `_COST` of the break before it.
    Time is O(pieces x pieces a chunk).
    """
    best = [0.0] + [math.inf] * len(pieces)
    begins = [0] * (len(pieces) + 1)
    for end in range(1, len(pieces) + 1):
        tokens = 0
        for begin in range(end - 1, -1, -1):
            tokens += pieces[begin].tokens
            if tokens > limit and begin < end - 1:
                break
            cost = best[begin] + ((tokens - limit) / limit) ** 2 + (_COST[pieces[begin].before] if begin else 0.0)
            if cost < best[end]:
                best[end], begins[end] = cost, begin
    chunks: list[Span] = []
    end = len(pieces)
    while end:
        chunks.append(Span(pieces[begins[end]].span.start, pieces[end - 1].span.end))
        end = begins[end]
    return chunks[::-1]


def _sections(page: Page, path: Headings) -> Iterator[list[Segment]]:
    """Yield segments grouped by section, after updating `path` to the headings of the group.

    Without headings in its structure, a printed page is one section: `# Denotes a change of 100 percent or more` is a
    footnote there, not a heading. So is a page whose reader knows its headings, if it has any: `#` begins a comment.
    """
    known = {heading.start: (heading.level, heading.title) for heading in page.structure.headings}
    group: list[Segment] = []
    for segment in page_segments(page, markdown=not (_is_printed(page) or first_line(page.label))):
        heading = _heading(page.text, segment, known)
        if heading:
            if group:
                yield group
            group = []
            level, title = heading
            for deeper in [other for other in path if other >= level]:
                del path[deeper]
            path[level] = title
        group.append(segment)
    if group:
        yield group


def _heading(text: str, segment: Segment, known: Mapping[int, tuple[int, str]]) -> tuple[int, str] | None:
    """Return level and title if a segment is a heading."""
    if segment.before is not Break.HEADING:
        return None
    match = HEADING_LINE.fullmatch(text, segment.span.start, segment.span.end)
    return known.get(segment.span.start) or ((len(match[1]), match[2]) if match else None)


def _parts(page: Page, section: Sequence[Segment]) -> Iterator[tuple[list[Segment], Table | None]]:
    """Divide a section so that a large table is a part of its own, with the short text before it, such as its caption.

    Its chunks then say in their heading which table their rows are from.
    """
    before: list[Segment] = []
    for table, group in groupby(section, lambda segment: table_at(page.structure.tables, segment.span.start)):
        segments = list(group)
        if table is None or len(segments) < _LARGE_TABLE_ROWS:
            before += segments
            continue
        is_short = bool(before) and before[-1].span.end - before[0].span.start <= _MAX_LEAD
        if before and not is_short:
            yield before, None
        yield [*(before if is_short else ()), *segments], table
        before = []
    if before:
        yield before, None


def _caption(table: Table | None, above: str) -> str:
    """Return a table's caption and unit, as far as the heading above it does not say the same."""
    if table is None:
        return ""
    unit = "" if table.unit in f"{table.caption} {above}" else f"({table.unit.strip('()')})"
    return " ".join(part for part in ("" if table.caption == above else table.caption, unit) if part)


def _page_heading(page: Page) -> str:
    """Return a printed page's running head and first lines ("ACME Inc. · Balance Sheets · (In thousands)").

    Every page gets the running head, not only the first that shows it: many pages name their company nowhere else.
    """
    if not _is_printed(page):
        return ""
    return page_head(page.text, page.head)


def _is_printed(page: Page) -> bool:
    """Return True for a page as printed, False for a text or part of one, whose headings are marked."""
    return bool(page.label) and not page.label.startswith(UNIT_LABELS)


def _trimmed(text: str, start: int, end: int) -> Span:
    return Span(start, start + len(text[start:end].rstrip()))
