"""Cuts pages into chunks (pure, given a token counter).

Sentences are packed until the next would not fit. A chunk lies within one page and one section, and
`chunk.text == page.text[chunk.start:chunk.end]` always. The heading path goes with the chunk as context for the
embedding; the token budget counts it, so the embedder's window is never overrun and nothing is cut in silence.
"""

import re
from collections.abc import Iterator, Sequence

from rag.interfaces import TokenCounter
from rag.sentences import sentence_spans
from rag.types import NewChunk, Page, Span

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t#]*")
_WORD = re.compile(r"\S+\s*")
_MAX_HEADING_CHARACTERS = 160
VERSION = 1
"""Raised when the same pages would give other chunks."""

_TITLE_LEVEL = 0

Piece = tuple[Span, int]
"""A span that fits into a chunk, and its tokens."""


class SentenceChunker:
    """A `Chunker` that packs whole sentences.

    `chunk_tokens` bounds a chunk with its heading, in the embedder's tokens; consecutive chunks of a section share
    the last `overlap` sentences where these fit.
    """

    def __init__(self, counter: TokenCounter, *, chunk_tokens: int, overlap: int) -> None:
        self._counter = counter
        self._chunk_tokens = chunk_tokens
        self._overlap = overlap

    def chunk(self, pages: Sequence[Page], title: str = "") -> list[NewChunk]:
        """Chunks of all pages in reading order. The heading in force carries over from page to page.

        `title` is the document's: it leads every heading path.
        """
        path: dict[int, str] = {_TITLE_LEVEL: title} if title else {}
        chunks: list[NewChunk] = []
        for page in pages:
            for section in _sections(page.text, path):
                heading = _joined(path)
                chunks.extend(
                    NewChunk(page.number, span.start, span.end, page.text[span.start : span.end], heading)
                    for span in self._pack(page.text, section, heading)
                )
        return chunks

    def _pack(self, text: str, sentences: Sequence[Span], heading: str) -> Iterator[Span]:
        limit = max(self._chunk_tokens - sum(self._counter.count_tokens([heading])), self._chunk_tokens // 2)
        current: list[Piece] = []
        for piece in self._pieces(text, sentences, limit):
            if current and _tokens(current) + piece[1] > limit:
                yield _whole(current)
                current = self._carried_over(current, piece, limit)
            current.append(piece)
        if current:
            yield _whole(current)

    def _carried_over(self, current: list[Piece], following: Piece, limit: int) -> list[Piece]:
        """The sentences that the next chunk repeats: never all of them, and only if the next one still fits."""
        shared = current[1:][-self._overlap :] if self._overlap else []
        while shared and _tokens(shared) + following[1] > limit:
            shared = shared[1:]
        return shared

    def _pieces(self, text: str, sentences: Sequence[Span], limit: int) -> Iterator[Piece]:
        counts = self._counter.count_tokens([text[span.start : span.end] for span in sentences])
        for span, tokens in zip(sentences, counts, strict=True):
            if tokens <= limit:
                yield span, tokens
            else:
                yield from self._divide(text, span, limit)

    def _divide(self, text: str, sentence: Span, limit: int) -> Iterator[Piece]:
        """Divide a sentence that does not fit, between words; a word that does not fit, anywhere."""
        words: list[Span] = []
        for match in _WORD.finditer(text, sentence.start, sentence.end):
            step = max(1, limit // 4)  # a character is at most four tokens in any tokenizer that falls back to bytes
            long = match.end() - match.start() > step
            cuts = range(match.start(), match.end(), step) if long else (match.start(),)
            words.extend(Span(cut, min(cut + step, match.end()) if long else match.end()) for cut in cuts)
        counts = self._counter.count_tokens([text[word.start : word.end] for word in words])
        current: list[Piece] = []
        for piece in zip(words, counts, strict=True):
            if current and _tokens(current) + piece[1] > limit:
                yield _trimmed(text, current), _tokens(current)
                current = []
            current.append(piece)
        if current:
            yield _trimmed(text, current), _tokens(current)


def _sections(text: str, path: dict[int, str]) -> Iterator[list[Span]]:
    """Sentences grouped by Markdown section; updates `path`, heading by level, before each group is taken."""
    group: list[Span] = []
    for span in sentence_spans(text):
        match = _HEADING.fullmatch(text, span.start, span.end)
        if match:
            if group:
                yield group
            group = []
            level = len(match.group(1))
            for deeper in [known for known in path if known >= level]:
                del path[deeper]
            path[level] = match.group(2)
        group.append(span)
    if group:
        yield group


def _joined(path: dict[int, str]) -> str:
    return " › ".join(path[level] for level in sorted(path))[:_MAX_HEADING_CHARACTERS]


def _tokens(pieces: Sequence[Piece]) -> int:
    return sum(tokens for _, tokens in pieces)


def _whole(pieces: Sequence[Piece]) -> Span:
    return Span(pieces[0][0].start, pieces[-1][0].end)


def _trimmed(text: str, pieces: Sequence[Piece]) -> Span:
    span = _whole(pieces)
    return Span(span.start, span.start + len(text[span.start : span.end].rstrip()))
