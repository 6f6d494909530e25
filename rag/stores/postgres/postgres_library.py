"""The library in PostgreSQL: rows as in SQLite, vectors in pgvector, documents written by COPY."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import numpy as np

from rag.interfaces import Vectors
from rag.stores import integrity
from rag.stores.postgres.dialect import PostgresConnection
from rag.stores.postgres.local_staging import LocalStaging
from rag.stores.postgres.part_rows import ChunkRow, PageRow, insert_parts, read_vectors
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.search.vector_search import ensure_index
from rag.stores.rows import document_rows
from rag.stores.rows.sql_statements import Connection, next_generation
from rag.stores.sql_library import SqlLibrary
from rag.types import Content, Document, NewDocument


class PostgresLibrary(SqlLibrary):
    """A `Library` in PostgreSQL. Safe to use from several threads, processes and machines at once."""

    _database: PostgresDatabase

    def __init__(self, database: PostgresDatabase, *, indexes_vectors: bool = True) -> None:
        super().__init__(database)
        self._indexes_vectors = indexes_vectors

    def findings(self) -> Iterator[str]:
        """Yield the library's inconsistencies, in words."""
        with self._database.reading() as db:
            yield from integrity.inconsistencies(db, integrity.IN_POSTGRES)

    def stage(self) -> LocalStaging:
        """Start a document that comes in parts."""
        return LocalStaging(self._store_staged)

    def known_vectors(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """Return those of the ids that still exist, in this order, and their vectors, shape (found, dimension)."""
        with self._database.reading() as db:
            dimension = document_rows.stored_dimension(db) or 0
            vectors = read_vectors(db, ids)
        found = [id_ for id_ in ids if id_ in vectors]
        joined = b"".join(vectors[id_] for id_ in found)
        return found, np.frombuffer(joined, dtype=">f4").reshape(len(found), dimension).astype(np.float32)

    def _parts_inserter(self, content: Content, vectors: Vectors) -> document_rows.InsertParts:
        pages = map(document_rows.page_row, content.pages)
        chunks: Iterator[ChunkRow] = (
            (chunk.page, chunk.start, chunk.end, chunk.heading, vector)
            for chunk, vector in zip(content.chunks, vectors, strict=True)
        )
        return self._inserter(pages, chunks, vectors.shape[1] if len(vectors) else 0)

    def _store_staged(
        self, document: NewDocument, dimension: int, pages: Iterator[PageRow], chunks: Iterator[ChunkRow]
    ) -> Document:
        with self._database.writing() as db:
            inserter = self._inserter(pages, chunks, dimension)
            document_rows.replace(db, document, dimension, inserter, next_generation(db))
            return document_rows.stored_document(db, document)

    def _inserter(
        self, pages: Iterable[PageRow], chunks: Iterable[ChunkRow], dimension: int
    ) -> document_rows.InsertParts:
        def insert(db: Connection, document_id: int, generation: int) -> None:
            connection = cast("PostgresConnection", db)  # the one of our own database
            insert_parts(connection, document_id, generation, pages, chunks)
            if dimension and self._indexes_vectors:
                ensure_index(connection, dimension)  # after the first vectors: ten times as fast as one by one

        return insert
