"""Stage a document that comes in parts: collect them, then store it in the library in one transaction.

The staged parts are in SQLite's own temporary file, which has no name: no other process sees it or waits for it, and
nothing of it is left after a kill.
"""

from collections.abc import Sequence
from itertools import count

from rag.interfaces import Vectors
from rag.stores.rows import document_rows
from rag.stores.rows.sql_statements import Connection, next_generation
from rag.stores.sqlite.database import Database
from rag.types import Document, NewChunk, NewDocument, Page

_TABLES = (
    """
    CREATE TEMP TABLE IF NOT EXISTS staged_pages
    (staging INTEGER, number INTEGER, label TEXT, text TEXT, state TEXT, note TEXT, structure TEXT)
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS staged_chunks
    (staging INTEGER, rank INTEGER, page INTEGER, start INTEGER, end INTEGER, heading TEXT, vector BLOB)
    """,
)
_NUMBERS = count(1)


class Staging:
    """One staged document. End it with `commit` or `discard`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._number = next(_NUMBERS)
        self._chunks = 0
        self._dimension = 0
        with database.writing(deferred=True) as db:
            for table in _TABLES:
                db.execute(table)

    def add(self, pages: Sequence[Page], chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        """Stage the next pages with their chunks and the chunks' vectors."""
        document_rows.check_lengths(chunks, vectors)
        with self._database.writing(deferred=True) as db:
            db.executemany(
                "INSERT INTO staged_pages VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(self._number, *document_rows.page_row(page)) for page in pages],
            )
            db.executemany(
                "INSERT INTO staged_chunks VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (self._number, rank, c.page, c.start, c.end, c.heading, vector.astype("<f4").tobytes())
                    for rank, (c, vector) in enumerate(zip(chunks, vectors, strict=True), start=self._chunks + 1)
                ],
            )
        self._chunks += len(chunks)
        if len(vectors):
            self._dimension = vectors.shape[1]

    def commit(self, document: NewDocument) -> Document:
        """Store the document in the library in place of its earlier version."""
        with self._database.writing() as db:
            deleted = document_rows.replace(db, document, self._dimension, self._insert_parts, next_generation(db))
            stored = document_rows.stored_document(db, document)
        self.discard()
        if deleted:
            self._database.purge()
        return stored

    def discard(self) -> None:
        """Delete the staged parts."""
        with self._database.writing(deferred=True) as db:
            db.execute("DELETE FROM staged_pages WHERE staging = ?", (self._number,))
            db.execute("DELETE FROM staged_chunks WHERE staging = ?", (self._number,))

    def _insert_parts(self, db: Connection, document_id: int, generation: int) -> None:
        db.execute(
            "INSERT INTO pages (document_id, number, label, text, state, note, structure) "
            "SELECT ?, number, label, text, state, note, structure FROM staged_pages WHERE staging = ?",
            (document_id, self._number),
        )
        row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").fetchone()
        before = row[0] if row else 0
        db.execute(
            'INSERT INTO chunks (id, document_id, page, start, "end", heading, generation) '
            'SELECT ? + rank, ?, page, start, "end", heading, ? FROM staged_chunks WHERE staging = ? ORDER BY rank',
            (before, document_id, generation, self._number),
        )
        db.execute(
            "INSERT INTO vectors SELECT ? + rank, vector FROM staged_chunks WHERE staging = ? ORDER BY rank",
            (before, self._number),
        )
