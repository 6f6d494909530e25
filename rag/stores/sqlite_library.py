"""The library in one SQLite file, the only source of truth. In WAL mode, readers go on while another process writes."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from rag.stores import integrity
from rag.stores.database import Database
from rag.stores.document_rows import Parts
from rag.stores.sql_library import SqlLibrary
from rag.stores.sql_statements import LISTED, Connection, json_ids

_BATCH = 2_000
_INSERT_PAGE = """
    INSERT INTO pages (document_id, number, label, text, state, note, structure) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_LAST_CHUNK = """
    SELECT max(coalesce((SELECT max(id) FROM chunks), 0),
               coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'chunks'), 0))
"""
_INSERT_CHUNK = """
    INSERT INTO chunks (id, document_id, page, start, "end", heading, generation) VALUES (?, ?, ?, ?, ?, ?, ?)
"""


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

    def _read_vectors(self, db: Connection, ids: Sequence[int]) -> dict[int, bytes]:
        query = f"SELECT chunk_id, vector FROM vectors WHERE chunk_id IN {LISTED}"  # noqa: S608  our own
        return dict(db.execute(query, (json_ids(ids),)))

    def _insert_parts(self, db: Connection, parts: Parts, document_id: int, generation: int) -> None:
        db.executemany(_INSERT_PAGE, ((document_id, *page) for page in parts.pages))
        (last,) = db.execute(_LAST_CHUNK).fetchone()
        numbered = enumerate(parts.chunks, start=last + 1)
        while batch := list(islice(numbered, _BATCH)):
            db.executemany(
                _INSERT_CHUNK,
                [
                    (id_, document_id, page, start, end, heading, generation)
                    for id_, (page, start, end, heading, _) in batch
                ],
            )
            db.executemany(
                "INSERT INTO vectors VALUES (?, ?)",
                [(id_, vector.astype("<f4").tobytes()) for id_, (*_, vector) in batch],
            )
