"""The library in one SQLite file, the only source of truth. In WAL mode, readers go on while another process writes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.interfaces import Vectors
from rag.stores import integrity
from rag.stores.rows import document_rows
from rag.stores.rows.sql_statements import LISTED, json_ids
from rag.stores.sql_library import SqlLibrary
from rag.stores.sqlite.database import Database
from rag.stores.sqlite.staging import Staging
from rag.types import Content


class SqliteLibrary(SqlLibrary):
    """A `Library` in a folder. Safe to use from several threads, and from several processes at once.

    Raises:
        LibraryError: the folder cannot be written, the file is damaged, newer than this program, or was built with
            another embedder.
    """

    _database: Database

    def __init__(self, folder: Path, *, embedder: str) -> None:
        super().__init__(Database(folder, embedder=embedder))

    def findings(self) -> Iterator[str]:
        """Yield the library's inconsistencies, in words."""
        with self._database.reading() as db:
            yield from integrity.findings(db)

    def stage(self) -> Staging:
        """Start a document that comes in parts."""
        return Staging(self._database)

    def known_vectors(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """Return those of the ids that still exist, in this order, and their vectors, shape (found, dimension)."""
        with self._database.reading() as db:
            dimension = document_rows.stored_dimension(db) or 0
            query = f"SELECT chunk_id, vector FROM vectors WHERE chunk_id IN {LISTED}"  # noqa: S608  our own
            blobs = dict(db.execute(query, (json_ids(ids),)))
        found = [id_ for id_ in ids if id_ in blobs]
        joined = b"".join(blobs[id_] for id_ in found)
        return found, np.frombuffer(joined, dtype="<f4").reshape(len(found), dimension).astype(np.float32)

    def _parts_inserter(self, content: Content, vectors: Vectors) -> document_rows.InsertParts:
        return document_rows.parts_inserter(content, vectors)
