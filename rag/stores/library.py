"""The library: documents, pages, chunks and vectors in one SQLite file. The only source of truth.

One transaction replaces a document: a reader sees the old one or the new one, whole. Each commit raises the
generation, by which the derived indexes know what they missed. WAL lets readers go on while another process writes.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

import numpy as np

from rag.errors import LibraryError
from rag.interfaces import Changes, Vectors
from rag.stores.schema import prepare
from rag.types import Chunk, Content, Document, Page

DATABASE = "library.sqlite"
_BUSY_SECONDS = 30.0

_DOCUMENT = """
    SELECT d.id, d.name, d.source, d.sha256, d.recipe, d.size,
           (SELECT count(*) FROM pages p WHERE p.document_id = d.id),
           (SELECT count(*) FROM chunks c WHERE c.document_id = d.id), d.added_at, d.collection
    FROM documents d
"""


class SqliteLibrary:
    """A `Library` in a folder. Safe to use from several threads, and from several processes at once.

    Raises:
        LibraryError: the folder cannot be written, the file is damaged, newer than this program, or was built with
            another embedder.
    """

    def __init__(self, folder: Path, *, embedder: str) -> None:
        self._lock = RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                folder / DATABASE, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.execute("PRAGMA secure_delete = ON")
            prepare(self._db, embedder)
        except OSError as error:
            raise LibraryError(
                f"The library folder {folder} cannot be used: {error.strerror}. Choose another with "
                "--library or CITEWELL_LIBRARY."
            ) from error
        except sqlite3.Error as error:
            raise LibraryError(
                f"The library in {folder} cannot be opened: {error}. Restore {DATABASE} from a backup, "
                "or move the folder away and ingest again."
            ) from error

    def close(self) -> None:
        """Close the file; the library cannot be used afterwards."""
        with self._lock:
            self._db.close()

    @property
    def generation(self) -> int:
        """Grows with every committed change, in whatever process."""
        with self._reading() as db:
            return int(db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])

    @property
    def identity(self) -> str:
        """Names this library: an index that was derived from another one is not taken for this one's."""
        with self._reading() as db:
            return str(db.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()[0])

    # Documents

    def documents(self) -> list[Document]:
        """All documents, by name."""
        with self._reading() as db:
            return [Document(*row) for row in db.execute(_DOCUMENT + "ORDER BY d.name COLLATE NOCASE, d.id")]

    def names(self) -> dict[int, str]:
        """Name of each document by its id."""
        with self._reading() as db:
            return dict(db.execute("SELECT id, name FROM documents"))

    def find(self, source: str) -> Document | None:
        """The document of this source, if it is stored."""
        with self._reading() as db:
            row = db.execute(_DOCUMENT + "WHERE d.source = ?", (source,)).fetchone()
            return Document(*row) if row else None

    def replace(self, content: Content, vectors: Vectors) -> Document:
        """Store a document whole, in place of the one with the same source if there is one."""
        return self.replace_all([(content, vectors)])[0]

    def replace_all(self, contents: Sequence[tuple[Content, Vectors]]) -> list[Document]:
        """The same for several documents in one transaction: a commit costs milliseconds, whatever it holds."""
        for content, vectors in contents:
            if len(vectors) != len(content.chunks):
                raise ValueError(f"{len(content.chunks)} chunks do not go with {len(vectors)} vectors")
        with self._writing() as db:
            generation = self._next_generation(db)
            for content, vectors in contents:
                if len(vectors):
                    self._check_dimension(db, vectors.shape[1])
                self._replace(db, content, vectors, generation)
        return [document for content, _ in contents if (document := self.find(content.document.source))]

    def remove(self, document_id: int) -> bool:
        """Remove a document with all that belongs to it; False if there was none."""
        with self._writing() as db:
            if not db.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone():
                return False
            self._empty(db, document_id, self._next_generation(db))
            db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
            return True

    def move(self, document_id: int, collection: str) -> None:
        """Put a document into another collection; its text and its indexes stay as they are."""
        with self._writing() as db:
            db.execute("UPDATE documents SET collection = ? WHERE id = ?", (collection, document_id))

    # Pages and chunks

    def page(self, document_id: int, number: int) -> Page | None:
        """One page as stored."""
        with self._reading() as db:
            row = db.execute(
                "SELECT number, label, text FROM pages WHERE document_id = ? AND number = ?", (document_id, number)
            ).fetchone()
            return Page(*row) if row else None

    def chunks(self, ids: Sequence[int]) -> list[Chunk]:
        """The chunks of these ids, in this order; ids that are gone are left out."""
        found: dict[int, Chunk] = {}
        with self._reading() as db:
            for row in db.execute(
                "SELECT c.id, c.document_id, d.name, c.page, p.label, c.start, c.end, p.text, c.heading "
                "FROM chunks c JOIN documents d ON d.id = c.document_id "
                "JOIN pages p ON p.document_id = c.document_id AND p.number = c.page "
                "WHERE c.id IN (SELECT value FROM json_each(?))",
                (_json(ids),),
            ):
                id_, document_id, document, page, label, start, end, text, heading = row
                found[id_] = Chunk(id_, document_id, document, page, label, start, end, text[start:end], heading)
        return [found[id_] for id_ in ids if id_ in found]

    def chunk_ids(self, document_ids: AbstractSet[int] | None = None) -> list[int]:
        """Ids of all chunks, or of those of some documents, ascending."""
        with self._reading() as db:
            if document_ids is None:
                return [row[0] for row in db.execute("SELECT id FROM chunks ORDER BY id")]
            rows = db.execute(
                "SELECT id FROM chunks WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY id",
                (_json(document_ids),),
            )
            return [row[0] for row in rows]

    def chunk_count(self) -> int:
        """Number of all chunks."""
        with self._reading() as db:
            return int(db.execute("SELECT count(*) FROM chunks").fetchone()[0])

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """Vectors of existing chunks, in this order, shape (len(ids), dimension)."""
        found, vectors = self.known_vectors(ids)
        if len(found) != len(ids):
            raise KeyError(f"{len(ids) - len(found)} of {len(ids)} chunks are not in the library")
        return vectors

    def known_vectors(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """The ids that are still there, in this order, and their vectors, shape (found, dimension)."""
        with self._reading() as db:
            dimension = self._stored_dimension(db) or 0
            blobs = dict(
                db.execute(
                    "SELECT chunk_id, vector FROM vectors WHERE chunk_id IN (SELECT value FROM json_each(?))",
                    (_json(ids),),
                )
            )
        found = [id_ for id_ in ids if id_ in blobs]
        joined = b"".join(blobs[id_] for id_ in found)
        return found, np.frombuffer(joined, dtype="<f4").reshape(len(found), dimension).astype(np.float32)

    def changes(self, since: int) -> Changes:
        """Chunks added and removed after generation `since` (0: everything)."""
        with self._reading() as db:
            db.execute("BEGIN")  # one snapshot for all three
            try:
                generation = int(db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])
                added = db.execute("SELECT id FROM chunks WHERE generation > ? ORDER BY id", (since,)).fetchall()
                removed = db.execute("SELECT chunk_id FROM removals WHERE generation > ?", (since,)).fetchall()
            finally:
                db.execute("COMMIT")
        return Changes(generation, tuple(row[0] for row in added), tuple(row[0] for row in removed))

    # Transactions

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise LibraryError(f"The library cannot be read: {error}.") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise LibraryError(
                    f"The library cannot be written: {error}. Nothing of this document was changed."
                ) from error

    @staticmethod
    def _next_generation(db: sqlite3.Connection) -> int:
        row = db.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation' RETURNING value").fetchone()
        return int(row[0])

    @staticmethod
    def _stored_dimension(db: sqlite3.Connection) -> int | None:
        row = db.execute("SELECT value FROM meta WHERE key = 'dimension'").fetchone()
        return int(row[0]) if row else None

    def _check_dimension(self, db: sqlite3.Connection, dimension: int) -> None:
        """The first document fixes the dimension of all."""
        stored = self._stored_dimension(db)
        if stored is None:
            db.execute("INSERT INTO meta VALUES ('dimension', ?)", (str(dimension),))
        elif stored != dimension:
            raise LibraryError(
                f"This library holds vectors of dimension {stored}, and the embedder gives {dimension}: "
                "it is another model under the same name. Build a new library with --library."
            )

    def _replace(self, db: sqlite3.Connection, content: Content, vectors: Vectors, generation: int) -> None:
        document = content.document
        old = db.execute("SELECT id FROM documents WHERE source = ?", (document.source,)).fetchone()
        if old:
            self._empty(db, old[0], generation)
        row = db.execute(
            "INSERT INTO documents (name, source, sha256, recipe, size, added_at, collection) "
            "VALUES (?, ?, ?, ?, ?, ?, coalesce(?, '')) "
            "ON CONFLICT (source) DO UPDATE SET name = excluded.name, sha256 = excluded.sha256, "
            "recipe = excluded.recipe, size = excluded.size, added_at = excluded.added_at, "
            "collection = coalesce(?, collection) RETURNING id",
            (
                document.name,
                document.source,
                document.sha256,
                document.recipe,
                document.size,
                datetime.now(UTC).isoformat(timespec="seconds"),
                document.collection,
                document.collection,
            ),
        ).fetchone()
        self._insert_parts(db, row[0], content, vectors, generation)

    @staticmethod
    def _empty(db: sqlite3.Connection, document_id: int, generation: int) -> None:
        """Delete a document's pages and chunks, vectors by cascade; keep its row, so that its id lives on."""
        db.execute("INSERT INTO removals SELECT id, ? FROM chunks WHERE document_id = ?", (generation, document_id))
        db.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,))
        db.execute("DELETE FROM pages WHERE document_id = ?", (document_id,))

    @staticmethod
    def _insert_parts(
        db: sqlite3.Connection, document_id: int, content: Content, vectors: Vectors, generation: int
    ) -> None:
        db.executemany(
            "INSERT INTO pages VALUES (?, ?, ?, ?)",
            [(document_id, page.number, page.label, page.text) for page in content.pages],
        )
        for chunk, vector in zip(content.chunks, vectors, strict=True):
            row = db.execute(
                "INSERT INTO chunks (document_id, page, start, end, heading, generation) VALUES (?, ?, ?, ?, ?, ?) "
                "RETURNING id",
                (document_id, chunk.page, chunk.start, chunk.end, chunk.heading, generation),
            ).fetchone()
            db.execute("INSERT INTO vectors VALUES (?, ?)", (row[0], vector.astype("<f4").tobytes()))


def _json(ids: Collection[int]) -> str:
    """Ids as one parameter for SQLite's json_each: any number of them, and no SQL is put together from data."""
    return json.dumps([int(id_) for id_ in ids])
