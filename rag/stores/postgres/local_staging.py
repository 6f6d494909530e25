"""Stage a document that comes in parts, in a temporary file of this machine; then send it to the database in one go.

The file has no name, so nothing is left of it after a kill, and a connection that is cut meanwhile costs nothing.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rag.interfaces import Vectors
from rag.stores.postgres.part_rows import ChunkRow, PageRow
from rag.stores.rows import document_rows
from rag.types import Document, NewChunk, NewDocument, Page

Commit = Callable[[NewDocument, int, Iterator[PageRow], Iterator[ChunkRow]], Document]
"""Function that stores a document, given the dimension of its vectors, its pages, and its chunks with their vectors."""


class LocalStaging:
    """One staged document. End it with `commit` or `discard`."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("CREATE TABLE pages (number, label, text, state, note, structure)")
        self._file.execute('CREATE TABLE chunks (page, start, "end", heading, vector)')
        self._dimension = 0

    def add(self, pages: Sequence[Page], chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        """Stage the next pages with their chunks and the chunks' vectors."""
        document_rows.check_lengths(chunks, vectors)
        self._file.executemany(
            "INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?)", [document_rows.page_row(page) for page in pages]
        )
        self._file.executemany(
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
        pages: Iterator[PageRow] = iter(self._file.execute("SELECT * FROM pages ORDER BY rowid"))
        stored = self._commit(document, self._dimension, pages, self._staged_chunks())
        self.discard()
        return stored

    def discard(self) -> None:
        """Delete the staged parts."""
        self._file.close()

    def _staged_chunks(self) -> Iterator[ChunkRow]:
        for page, start, end, heading, vector in self._file.execute("SELECT * FROM chunks ORDER BY rowid"):
            yield page, start, end, heading, np.frombuffer(vector, dtype="<f4")
