"""Cuts pages into chunks (pure, given a token counter).

Whole pieces (sentences, lines) are packed so that chunks are full and end where the text itself has a break: a heading,
a paragraph, a line. A chunk lies within one page and one section, and `chunk.text == page.text[chunk.start:chunk.end]`
always. The heading path goes with the chunk as context for the search; the token budget counts it, so the embedder's
window is never overrun and nothing is cut in silence.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.chunking.segments import HEADING_LINE, Break, units
from rag.interfaces import TokenCounter
from rag.text.document_names import MAX_CONTEXT_CHARACTERS, context_of
from rag.types import UNIT_LABELS, NewChunk, Page, Span

VERSION = 3
"""Raised when the same pages would give other chunks."""

_WORD = re.compile(r"\S+\s*")
_HEAD_CHARACTERS = 110
_HEAD_LINES = 4
_FURNITURE = re.compile(r"table of contents|\d+|page \d+.*", re.IGNORECASE)

_COST = {Break.HEADING: -0.3, Break.PARAGRAPH: 0.0, Break.LINE: 0.15, Break.SENTENCE: 0.35, Break.WRAPPED: 0.6}
"""What it costs to begin a chunk at a break, against the square of the share of the budget that is left empty."""


Headings = dict[int, str]
"""The headings in force, by level."""


class _Piece(NamedTuple):
    span: Span
    before: Break
    tokens: int


class StructureChunker:
    """A `Chunker` that packs whole pieces and ends chunks at the text's own breaks.

    `chunk_tokens` bounds a chunk's text and `window` the text with its context, both in the embedder's tokens.
    """

    def __init__(self, counter: TokenCounter, *, chunk_tokens: int, window: int) -> None:
        self._counter = counter
        self._chunk_tokens = chunk_tokens
        self._window = window

    def chunk(self, pages: Sequence[Page], title: str = "") -> list[NewChunk]:
        """Chunks of all pages in reading order. The heading in force carries over from page to page.

        `title` is the document's name as the search sees it; here it only takes its share of the budget. Pages
        without headings, as a PDF has, are known by their first lines instead.
        """
        path: Headings = {}
        return [chunk for page in pages for chunk in self.chunk_page(page, title, path)]

    def chunk_page(self, page: Page, title: str, path: Headings) -> list[NewChunk]:
        """Chunks of one page, for documents that come page by page. `path` is updated; begin with an empty one."""
        chunks: list[NewChunk] = []
        for section in _sections(page, path):
            heading = " › ".join(path[level] for level in sorted(path)) or _head(page)
            chunks.extend(
                NewChunk(page.number, span.start, span.end, page.text[span.start : span.end], heading)
                for span in self._pack(page.text, section, context_of(title, heading)[:MAX_CONTEXT_CHARACTERS])
            )
        return chunks

    def _pack(self, text: str, section: Sequence[tuple[Span, Break]], context: str) -> list[Span]:
        room = self._window - sum(self._counter.count_tokens([context]))
        limit = min(self._chunk_tokens, max(room, self._window // 2))
        return pack(list(self._pieces(text, section, limit)), limit)

    def _pieces(self, text: str, section: Sequence[tuple[Span, Break]], limit: int) -> Iterator[_Piece]:
        counts = self._counter.count_tokens([text[span.start : span.end] for span, _ in section])
        for (span, before), tokens in zip(section, counts, strict=True):
            if tokens <= limit:
                yield _Piece(span, before, tokens)
            else:
                yield from self._divide(text, span, before, limit)

    def _divide(self, text: str, long: Span, before: Break, limit: int) -> Iterator[_Piece]:
        """Divide a piece that does not fit: between words; a word that does not fit, anywhere."""
        words: list[Span] = []
        for match in _WORD.finditer(text, long.start, long.end):
            step = max(1, limit // 4)  # a character is at most four tokens in any tokenizer that falls back to bytes
            if match.end() - match.start() > step:
                words.extend(Span(at, min(at + step, match.end())) for at in range(match.start(), match.end(), step))
            else:
                words.append(Span(match.start(), match.end()))
        counts = self._counter.count_tokens([text[word.start : word.end] for word in words])
        first, tokens = 0, 0
        for index, count in enumerate(counts):
            if tokens + count > limit:
                yield _Piece(_trimmed(text, words[first].start, words[index - 1].end), before, tokens)
                first, tokens, before = index, 0, Break.WRAPPED
            tokens += count
        yield _Piece(_trimmed(text, words[first].start, words[-1].end), before, tokens)


def pack(pieces: Sequence[_Piece], limit: int) -> list[Span]:
    """The division into chunks of at most `limit` tokens that costs least, by dynamic programming.

    A chunk costs the square of the share of the limit it leaves empty, a break by its kind. O(pieces x pieces a chunk).
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


def _sections(page: Page, path: Headings) -> Iterator[list[tuple[Span, Break]]]:
    """Pieces grouped by Markdown section; updates `path`, heading by level, before each group is taken.

    A printed page is one section: `# Denotes a change of 100 percent or more` is a footnote there, not a heading.
    """
    text = page.text
    group: list[tuple[Span, Break]] = []
    for span, before in units(text, markdown=not _is_printed(page)):
        match = HEADING_LINE.fullmatch(text, span.start, span.end) if before is Break.HEADING else None
        if match:
            if group:
                yield group
            group = []
            level = len(match.group(1))
            for deeper in [known for known in path if known >= level]:
                del path[deeper]
            path[level] = match.group(2)
        group.append((span, before))
    if group:
        yield group


def _head(page: Page) -> str:
    """The head of a printed page and its first lines ("ACME Inc. · Consolidated Balance Sheets · (In thousands)").

    The running head counts on every page, not only where it first stands: many pages say nowhere else whose they are.
    """
    if not _is_printed(page):
        return ""
    lines = [line.strip() for line in f"{page.head}\n{page.text}".split("\n") if line.strip()]
    head = ""
    for line in [line for line in lines if not _FURNITURE.fullmatch(line)][:_HEAD_LINES]:
        if len(head) + len(line) > _HEAD_CHARACTERS:
            break
        head += (" · " if head else "") + line
    return head


def _is_printed(page: Page) -> bool:
    """Whether it is a page as printed, and not a text or a part of one, in which headings are marked."""
    return bool(page.label) and not page.label.startswith(UNIT_LABELS)


def _trimmed(text: str, start: int, end: int) -> Span:
    return Span(start, start + len(text[start:end].rstrip()))
