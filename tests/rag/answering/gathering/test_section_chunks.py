"""The section around a hit, and the section that a question names."""

from collections.abc import Iterator

import numpy as np
import pytest

from rag.answering.gathering.section_chunks import DocumentChunks, named_section, section_around
from rag.interfaces import Library
from rag.stores.sqlite.sqlite_library import SqliteLibrary
from rag.types import Chunk, Content, NewChunk, NewDocument, Page, Passage

HEADINGS = [
    "Rules",
    "Rules › 1. Board",
    "Rules › 1. Board",
    "Rules › 2. Votes › 2.1. Quorum",
    "Rules › 2. Votes › 2.2. Count",
]


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    text = "".join(f"Sentence {number} of the rules. " for number in range(len(HEADINGS)))
    size = len(text) // len(HEADINGS)
    chunks = tuple(
        NewChunk(1, at * size, (at + 1) * size, text[at * size : (at + 1) * size], heading)
        for at, heading in enumerate(HEADINGS)
    )
    document = NewDocument(name="rules.md", source="rules.md", sha256="1", recipe="r", size=len(text))
    library = SqliteLibrary(tmp_path_factory.mktemp("library"), embedder="e")
    library.replace(Content(document, (Page(number=1, label="", text=text),), chunks), np.eye(5, dtype=np.float32))
    yield library
    library.close()


def chunks_of(library: Library) -> list[Chunk]:
    return library.chunks(library.chunk_ids())


def headings(passages: list[Passage]) -> list[str]:
    return [passage.chunk.heading for passage in passages]


def test_the_largest_section_that_has_room_is_read_in_order(library: Library) -> None:
    hit = Passage(chunks_of(library)[4], 0.9)
    chunks = DocumentChunks(library)
    assert headings(section_around(hit, chunks, 1000)) == HEADINGS[3:]
    assert section_around(hit, chunks, 40) == [hit]


def test_a_named_section_is_found_by_its_number(library: Library) -> None:
    chunks = chunks_of(library)
    assert [chunk.heading for chunk in named_section("section 2", chunks)] == HEADINGS[3:]
    assert [chunk.heading for chunk in named_section("section 2.2", chunks)] == HEADINGS[4:]
    assert named_section("section 22", chunks) == []
    assert named_section("", chunks) == []
