"""Vectors in pgvector: the library's own, with HNSW indexes in half precision over them.

The indexes are part of the table: a search sees what is committed, with nothing to bring up to date. Vectors travel in
pgvector's binary format: the dimension and a reserved number, both of 16 bits, then the values as 32-bit floats, all
big-endian.
"""

import struct
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from rag.interfaces import Vectors
from rag.stores.postgres.dialect import PostgresConnection
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.sql_statements import Connection

_MAX_INDEXED = 4_000
"""Dimensions that pgvector can index in half precision; vectors of more are all compared."""

_MAX_COMPARED = 20_000
"""Vectors of a filter that are compared one by one, some 40 ms at 384 dimensions: more are filtered along the index."""

_CANDIDATES = 128
"""Candidates when a vector is added to the index: twice the default, for a recall of .997 instead of .98."""

PARTS = 8
"""Parts of the vectors, by id, with an index each. Passages that are much alike have no neighbours but each other, and
searches do not find the way to many of them: in a part they are fewer. Indexes are made one after the other, so that
the server needs an eighth of the memory for that."""

_HEADER = struct.Struct(">hh")
HEADER_BYTES = _HEADER.size
_COPY = b"COPY vectors (chunk_id, vector) FROM STDIN WITH (FORMAT BINARY)"
_INDEXES = tuple(f"vectors_nearest_{part}" for part in range(PARTS))
_NEAREST_OF_PART = """
    (SELECT chunk_id, vector FROM vectors
    WHERE mod(chunk_id, {parts}) = {part} AND (%(within)s::bigint[] IS NULL OR chunk_id = ANY(%(within)s))
    ORDER BY vector::halfvec({dimension}) <#> %(vector)s::halfvec({dimension}) LIMIT %(limit)s)
"""
_COMPARED = b"""
    WITH chosen AS MATERIALIZED (SELECT chunk_id, vector FROM vectors WHERE chunk_id = ANY(%(within)s))
    SELECT chunk_id, -(vector <#> %(vector)s::vector) AS similarity FROM chosen
    ORDER BY similarity DESC, chunk_id LIMIT %(limit)s
"""


def copy_vectors(db: PostgresConnection, ids: Sequence[int], vectors: Sequence[Any] | Vectors) -> None:
    """Insert vectors under ids that have none."""
    with db.raw.cursor().copy(_COPY) as copy:
        copy.set_types(["int8", "bytea"])
        for id_, vector in zip(ids, vectors, strict=True):
            copy.write_row((id_, _HEADER.pack(len(vector), 0) + vector.astype(">f4").tobytes()))


def read_vectors(db: PostgresConnection, ids: Sequence[int]) -> dict[int, bytes]:
    """Return the values of the vectors of those ids that there are, big-endian."""
    rows = db.raw.execute(
        b"SELECT chunk_id, vector_send(vector) FROM vectors WHERE chunk_id = ANY(%s)", (list(ids),), binary=True
    )
    return {id_: sent[_HEADER.size :] for id_, sent in rows}


def ensure_index(db: PostgresConnection, dimension: int) -> None:
    """Make the indexes over the vectors that there are, if there are none."""
    if dimension > _MAX_INDEXED or db.execute("SELECT to_regclass(?)", (_INDEXES[-1],)).fetchone() != (None,):
        return
    for part, name in enumerate(_INDEXES):
        db.execute(
            f"CREATE INDEX {name} ON vectors USING hnsw ((vector::halfvec({int(dimension)})) halfvec_ip_ops) "
            f"WITH (ef_construction = {_CANDIDATES}) WHERE mod(chunk_id, {PARTS}) = {part}"
        )


def drop_index(db: Connection) -> None:
    """Drop the indexes over the vectors, if there are any."""
    db.execute(f"DROP INDEX IF EXISTS {', '.join(_INDEXES)}")


def nearest(dimension: int) -> bytes:
    """Return the statement that finds the `limit` nearest to a `vector` along the indexes, `within` ids or not."""
    parts = " UNION ALL ".join(
        _NEAREST_OF_PART.format(parts=PARTS, part=part, dimension=int(dimension)) for part in range(PARTS)
    )
    return (
        f"SELECT chunk_id, -(vector <#> %(vector)s::vector) AS similarity FROM ({parts}) AS nearest "  # noqa: S608
        "ORDER BY similarity DESC, chunk_id LIMIT %(limit)s"
    ).encode()


class PgvectorIndex:
    """A `VectorIndex` over the vectors of a library."""

    def __init__(self, database: PostgresDatabase, dimension: int) -> None:
        self._database = database
        self._dimension = dimension
        self._nearest = nearest(dimension)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors under ids; replace ids already present. Those of the library are there already."""
        with self._database.writing() as db:
            ensure_index(db, self._dimension)
            db.raw.execute(b"DELETE FROM vectors WHERE chunk_id = ANY(%s)", (list(ids),))
            copy_vectors(db, ids, vectors)

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""
        with self._database.writing() as db:
            db.raw.execute(b"DELETE FROM vectors WHERE chunk_id = ANY(%s)", (list(ids),))

    def search(self, vector: Vectors, limit: int, within: AbstractSet[int] | None = None) -> list[tuple[int, float]]:
        """Return the best (id, similarity) pairs, best first. Up to `_MAX_COMPARED` of a filter, it is exact."""
        if limit < 1 or (within is not None and not within):
            return []
        chosen = None if within is None else sorted(within)
        values = {"vector": str(vector.tolist()), "limit": limit, "within": chosen}
        is_compared = chosen is not None and len(chosen) <= _MAX_COMPARED
        query = _COMPARED if is_compared else self._nearest
        with self._database.reading() as db:
            rows = db.raw.execute(query, values, prepare=False).fetchall()
        return [(id_, float(similarity)) for id_, similarity in rows]

    def ids(self) -> set[int]:
        """Return all ids in the index."""
        with self._database.reading() as db:
            return {row[0] for row in db.execute("SELECT chunk_id FROM vectors")}
