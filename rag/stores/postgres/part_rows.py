"""Write the pages, chunks and vectors of a document by COPY, and read vectors: in pgvector's binary format.

That is the dimension and a reserved number, both of 16 bits, then the values as 32-bit floats, all big-endian.
"""

import struct
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.interfaces import Vectors
from rag.stores.postgres.dialect import PostgresConnection, clean

PageRow = tuple[int, str, str, str, str, str]
"""Number, label, text, state, note and structure."""

ChunkRow = tuple[int, int, int, str, npt.NDArray[np.float32]]
"""Page, start, end, heading and vector."""

_BATCH = 2_000
_HEADER = struct.Struct(">hh")
HEADER_BYTES = _HEADER.size
_COPY_PAGES = b"COPY pages (document_id, number, label, text, state, note, structure) FROM STDIN"
_COPY_CHUNKS = b'COPY chunks (id, document_id, page, start, "end", heading, generation) FROM STDIN'
_COPY_VECTORS = b"COPY vectors (chunk_id, vector) FROM STDIN WITH (FORMAT BINARY)"


def insert_parts(
    db: PostgresConnection, document_id: int, generation: int, pages: Iterable[PageRow], chunks: Iterable[ChunkRow]
) -> None:
    """Insert the parts of a document; chunks get ascending ids in their order."""
    with db.raw.cursor().copy(_COPY_PAGES) as copy:
        for page in pages:
            copy.write_row((document_id, *map(clean, page)))
    left = iter(chunks)
    while batch := list(islice(left, _BATCH)):
        numbers = db.execute("SELECT nextval('chunks_id_seq') FROM generate_series(1, ?)", (len(batch),))
        ids = [row[0] for row in numbers]
        with db.raw.cursor().copy(_COPY_CHUNKS) as copy:
            for id_, (page_number, start, end, heading, _) in zip(ids, batch, strict=True):
                copy.write_row((id_, document_id, page_number, start, end, clean(heading), generation))
        copy_vectors(db, ids, [vector for *_, vector in batch])


def copy_vectors(db: PostgresConnection, ids: Sequence[int], vectors: Sequence[Any] | Vectors) -> None:
    """Insert vectors under ids that have none."""
    with db.raw.cursor().copy(_COPY_VECTORS) as copy:
        copy.set_types(["int8", "bytea"])
        for id_, vector in zip(ids, vectors, strict=True):
            copy.write_row((id_, _HEADER.pack(len(vector), 0) + vector.astype(">f4").tobytes()))


def read_vectors(db: PostgresConnection, ids: Sequence[int]) -> dict[int, bytes]:
    """Return the values of the vectors of those ids that there are, big-endian."""
    rows = db.raw.execute(
        b"SELECT chunk_id, vector_send(vector) FROM vectors WHERE chunk_id = ANY(%s)", (list(ids),), binary=True
    )
    return {id_: sent[_HEADER.size :] for id_, sent in rows}


def literal(vector: Vectors) -> str:
    """Return a vector as pgvector writes it."""
    return "[" + ",".join(map(repr, vector.tolist())) + "]"
