"""The library in PostgreSQL: rows as in SQLite, vectors in pgvector, documents written by COPY."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import cast

from rag.stores import integrity
from rag.stores.document_rows import Parts
from rag.stores.postgres.dialect import PostgresConnection, clean
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.vector_search import copy_vectors, ensure_index, read_vectors
from rag.stores.sql_library import SqlLibrary
from rag.stores.sql_statements import Connection

_BATCH = 2_000
_COPY_PAGES = b"COPY pages (document_id, number, label, text, state, note, structure) FROM STDIN"
_COPY_CHUNKS = b'COPY chunks (id, document_id, page, start, "end", heading, generation) FROM STDIN'


class PostgresLibrary(SqlLibrary):
    """A `Library` in PostgreSQL. Safe to use from several threads, processes and machines at once."""

    _database: PostgresDatabase
    _floats = ">f4"

    def __init__(self, database: PostgresDatabase, *, indexes_vectors: bool = True) -> None:
        super().__init__(database)
        self._indexes_vectors = indexes_vectors

    def findings(self) -> Iterator[str]:
        """Yield the library's inconsistencies, in words."""
        with self._database.reading() as db:
            yield from integrity.inconsistencies(db, "vector_dims(v.vector)")

    def _read_vectors(self, db: Connection, ids: Sequence[int]) -> dict[int, bytes]:
        return read_vectors(_own(db), ids)

    def _insert_parts(self, db: Connection, parts: Parts, document_id: int, generation: int) -> None:
        cursor = _own(db).raw.cursor()
        with cursor.copy(_COPY_PAGES) as copy:
            for page in parts.pages:
                copy.write_row((document_id, *map(clean, page)))
        chunks = iter(parts.chunks)
        while batch := list(islice(chunks, _BATCH)):
            numbers = db.execute("SELECT nextval('chunks_id_seq') FROM generate_series(1, ?)", (len(batch),))
            ids = [row[0] for row in numbers]
            with cursor.copy(_COPY_CHUNKS) as copy:
                for id_, (page_number, start, end, heading, _) in zip(ids, batch, strict=True):
                    copy.write_row((id_, document_id, page_number, start, end, clean(heading), generation))
            copy_vectors(_own(db), ids, [vector for *_, vector in batch])
        if parts.dimension and self._indexes_vectors:
            ensure_index(_own(db), parts.dimension)  # after the first vectors: ten times as fast as one by one


def _own(db: Connection) -> PostgresConnection:
    """Return a connection of our database as what it is."""
    return cast("PostgresConnection", db)
