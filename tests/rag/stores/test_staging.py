"""Staged documents: unseen until they are committed, then stored whole in one transaction."""

from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import NewChunk, NewDocument, Page

DOCUMENT = NewDocument(name="a.txt", source="/a.txt", sha256="hash", recipe="r", size=9)


def part(
    number: int, text: str
) -> tuple[list[Page], list[NewChunk], np.ndarray[tuple[int, int], np.dtype[np.float32]]]:
    """One page with one chunk and its vector."""
    vector = np.full((1, 48), number, np.float32)
    return [Page(number=number, label=str(number), text=text)], [NewChunk(number, 0, len(text), text)], vector


def test_two_documents_are_staged_at_a_time(library: SqliteLibrary) -> None:
    first, second = library.stage(), library.stage()
    first.add(*part(1, "first"))
    second.add(*part(1, "second"))
    first.discard()
    second.commit(DOCUMENT)
    assert [chunk.text for chunk in library.chunks(library.chunk_ids())] == ["second"]


def test_a_discarded_document_leaves_nothing_on_disk(library: SqliteLibrary, tmp_path: Path) -> None:
    staging = library.stage()
    staging.add(*part(1, "confidential " * 5000))
    staging.discard()
    files = [path for path in (tmp_path / "library").rglob("*") if path.is_file()]
    assert files
    assert not [path.name for path in files if b"confidential" in path.read_bytes()]


def test_a_full_disk_is_told(library: SqliteLibrary) -> None:
    staging = library.stage()
    staging._file.execute("PRAGMA max_page_count = 4")
    with pytest.raises(LibraryError, match=r"temporary file: .*is full.*make room"):
        staging.add(*part(1, "text " * 5000))
    staging.discard()
    assert library.documents() == []


def test_every_staged_chunk_needs_a_vector(library: SqliteLibrary) -> None:
    pages, chunks, vector = part(1, "one")
    staging = library.stage()
    with pytest.raises(ValueError, match="1 chunks do not go with 0 vectors"):
        staging.add(pages, chunks, vector[:0])
    staging.discard()
