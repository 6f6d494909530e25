"""Stage a document that comes in parts, in a temporary file of this machine; then store it in one transaction.

The file is SQLite's own and has no name: no other process sees it or waits for it, nothing of it is left after a kill,
and a connection to a database that is cut meanwhile costs nothing.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from rag.errors import LibraryError
from rag.interfaces import Vectors
from rag.stores.document_rows import ChunkRow, Parts, check_lengths, page_row
from rag.types import Document, NewChunk, NewDocument, Page


class StagedDocument:
    """A `Staging` that hands its parts to a function that stores them. End it with `commit` or `discard`."""

    def __init__(self, store: Callable[[Parts], Document]) -> None:
        self._store = store
        self._file = sqlite3.connect("", check_same_thread=False)
        self._file.execute("CREATE TABLE pages (number, label, text, state, note, structure)")
        self._file.execute('CREATE TABLE chunks (page, start, "end", heading, vector)')
        self._dimension = 0

    def add(self, pages: Sequence[Page], chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        """Stage the next pages with their chunks and the chunks' vectors."""
        check_lengths(chunks, vectors)
        with _told(), self._file as file:
            file.executemany("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?)", map(page_row, pages))
            file.executemany(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)",
                [
                    (chunk.page, chunk.start, chunk.end, chunk.heading, vector.astype("<f4").tobytes())
                    for chunk, vector in zip(chunks, vectors, strict=True)
                ],
            )
        if len(vectors):
            self._dimension = vectors.shape[1]

    def commit(self, document: NewDocument) -> Document:
        """Store the document in the library in place of its earlier version."""
        with _told():
            pages = self._file.execute("SELECT * FROM pages ORDER BY rowid")
            stored = self._store(Parts(document, pages, self._chunks(), self._dimension))
        self.discard()
        return stored

    def discard(self) -> None:
        """Delete the staged parts."""
        self._file.close()

    def _chunks(self) -> Iterator[ChunkRow]:
        for page, start, end, heading, vector in self._file.execute("SELECT * FROM chunks ORDER BY rowid"):
            yield page, start, end, heading, np.frombuffer(vector, dtype="<f4")


@contextmanager
def _told() -> Iterator[None]:
    """Turn an error of the temporary file into a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise LibraryError(
            f"The parts of a large document cannot be kept in a temporary file: {error}. Nothing was stored: make room "
            "for temporary files, and run the same again."
        ) from error
