"""Read the whole section around a hit instead of the hit alone.

Lists and explanations go on where a chunk ends. A section is what stands below one heading in the tree of headings of
its document; reading it whole is small-to-big retrieval (compare RAPTOR, Sarthi et al. 2024, 2401.18059).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rag.interfaces import Library
from rag.text.locations import PATH
from rag.types import Chunk, Passage
from rag.understanding.lengths import section_number

_MAX_CHUNKS = 400
"""Chunks looked at in each direction from a hit."""


class DocumentChunks:
    """The chunks of documents in reading order, read when needed and kept for one question."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.ids = cache(lambda document_id: library.chunk_ids({document_id}))
        """Return the ids of a document's chunks in reading order."""

    def around(self, chunk: Chunk) -> tuple[list[Chunk], int]:
        """Return the chunks around a chunk, that one too, and its place among them; -1 if gone."""
        ids = self.ids(chunk.document_id)
        if chunk.id not in ids:
            return [], -1
        at = ids.index(chunk.id)
        chunks = self._library.chunks(ids[max(0, at - _MAX_CHUNKS) : at + _MAX_CHUNKS + 1])
        places = [place for place, other in enumerate(chunks) if other.id == chunk.id]
        return chunks, places[0] if places else -1


def section_around(passage: Passage, chunks: DocumentChunks, max_characters: int) -> list[Passage]:
    """Return the passage's section in reading order: the largest around it that has room, else the passage alone."""
    found, at = chunks.around(passage.chunk)
    if at < 0:
        return [passage]
    best = range(at, at + 1)
    for heading in _paths(passage.chunk.heading):
        section = _section(found, at, heading)
        if sum(len(found[place].text) for place in section) > max_characters:
            break
        best = section
    return [passage if place == at else Passage(found[place], passage.score) for place in best]


def whole_document(passage: Passage, chunks: DocumentChunks, max_characters: int) -> list[Passage]:
    """Return all of a passage's document in reading order if it has room; else nothing."""
    found, _ = chunks.around(passage.chunk)
    is_whole = len(found) == len(chunks.ids(passage.chunk.document_id))
    if not is_whole or sum(len(chunk.text) for chunk in found) > max_characters:
        return []
    return [passage if chunk.id == passage.chunk.id else Passage(chunk, passage.score) for chunk in found]


def _paths(heading: str) -> Iterator[str]:
    """Yield the path of headings, then the paths above it; the document's own title is left to summaries."""
    parts = heading.split(PATH)
    for length in range(len(parts), 1 if len(parts) > 1 else 0, -1):
        yield PATH.join(parts[:length])


def _section(chunks: Sequence[Chunk], at: int, heading: str) -> range:
    first = last = at
    while first and _is_below(chunks[first - 1], heading):
        first -= 1
    while last + 1 < len(chunks) and _is_below(chunks[last + 1], heading):
        last += 1
    return range(first, last + 1)


def _is_below(chunk: Chunk, heading: str) -> bool:
    return chunk.heading == heading or chunk.heading.startswith(heading + PATH)


def named_section(section: str, chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return the chunks in the section that a question names ("section 6"), subsections included; none if unknown."""
    number = section_number(section).lower()
    if not number:
        return []
    return [chunk for chunk in chunks if any(_is_in(title, section, number) for title in chunk.heading.split(PATH))]


def _is_in(title: str, section: str, number: str) -> bool:
    """Return True for the title of a section or of a part of it: "6. Committee", "Chapter 6" and "6.2 Powers"."""
    title = title.lower().lstrip("§ ")
    return any(re.match(re.escape(start) + r"(?!\w)", title) for start in (number, section.lower()))
