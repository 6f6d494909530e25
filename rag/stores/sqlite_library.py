"""The library: documents, pages, chunks and vectors in one SQLite file. The only source of truth.

One transaction replaces a document: a reader sees the old one or the new one, whole. Each commit raises the
generation, by which the derived indexes know what they missed. WAL lets readers go on while another process writes.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np

from rag.interfaces import Changes, Vectors
from rag.stores import document_rows, integrity, ledger
from rag.stores.database import Database, json_ids, next_generation
from rag.stores.staging import Staging
from rag.types import Chunk, Content, Document, LedgerEntry, NewDocument, Page, PageRecord


class SqliteLibrary:
    """A `Library` in a folder. Safe to use from several threads, and from several processes at once.

    Raises:
        LibraryError: the folder cannot be written, the file is damaged, newer than this program, or was built with
            another embedder.
    """

    def __init__(self, folder: Path, *, embedder: str) -> None:
        self._database = Database(folder, embedder=embedder)

    def close(self) -> None:
        """Close the file; the library cannot be used afterwards."""
        self._database.close()

    @property
    def generation(self) -> int:
        """Grows with every committed change, in whatever process."""
        with self._database.reading() as db:
            return int(db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])

    @property
    def identity(self) -> str:
        """Names this library: an index that was derived from another one is not taken for this one's."""
        with self._database.reading() as db:
            return str(db.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()[0])

    @property
    def dimension(self) -> int | None:
        """Length of its vectors; None while it has none."""
        with self._database.reading() as db:
            return document_rows.stored_dimension(db)

    @property
    def last_removal(self) -> int:
        """The generation in which text was last deleted; 0 if none ever was."""
        with self._database.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'last_removal'").fetchone()
            return int(row[0]) if row else 0

    def findings(self) -> Iterator[str]:
        """What is wrong in the library, in words; nothing if all is well."""
        with self._database.reading() as db:
            yield from integrity.findings(db)

    # Documents

    def documents(self, owner: str | None = None) -> list[Document]:
        """The documents of an owner, by name; None: everybody's."""
        with self._database.reading() as db:
            return document_rows.documents(db, owner)

    def names(self) -> dict[int, str]:
        """Name of each document by its id."""
        with self._database.reading() as db:
            return dict(db.execute("SELECT id, name FROM documents"))

    def find(self, source: str, owner: str = "") -> Document | None:
        """The document that answers for this source, if one is stored."""
        with self._database.reading() as db:
            return document_rows.document(db, ledger.document_of(db, source, owner))

    def find_same(self, document: NewDocument) -> Document | None:
        """The owner's document of the same content, read and cut the same way, whatever its source."""
        with self._database.reading() as db:
            return document_rows.document(db, ledger.twin_of(db, document))

    def replace(self, content: Content, vectors: Vectors) -> Document:
        """Store a document whole, in place of the one with the same source and owner if there is one."""
        return self.replace_all([(content, vectors)])[0]

    def replace_all(self, contents: Sequence[tuple[Content, Vectors]]) -> list[Document]:
        """The same for several documents in one transaction: a commit costs milliseconds, whatever it holds."""
        for content, vectors in contents:
            document_rows.check_lengths(content.chunks, vectors)
        with self._database.writing() as db:
            generation = next_generation(db)
            deleted = [
                document_rows.replace(
                    db,
                    content.document,
                    vectors.shape[1] if len(vectors) else 0,
                    document_rows.parts_of(content, vectors),
                    generation,
                )
                for content, vectors in contents
            ]
            stored = [document_rows.just_stored(db, content.document) for content, _ in contents]
        if any(deleted):
            self._database.purge()
        return stored

    def stage(self) -> Staging:
        """Begin a document that comes in parts."""
        return Staging(self._database)

    def document(self, document_id: int) -> Document | None:
        """The document of this id."""
        with self._database.reading() as db:
            return document_rows.document(db, document_id)

    def link(self, document: NewDocument, document_id: int) -> bool:
        """Let a stored document of the same content answer for another source too; False if it is gone."""
        with self._database.writing() as db:
            if ledger.twin_of(db, document) != document_id:
                return False
            deleted = document_rows.link(db, document, document_id, next_generation(db))
        if deleted:
            self._database.purge()
        return True

    def remove(self, document_id: int) -> bool:
        """Remove a document with all that belongs to it, under all its names; False if there was none."""
        with self._database.writing() as db:
            if not db.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone():
                return False
            document_rows.delete(db, document_id, next_generation(db))
        self._database.purge()
        return True

    def forget(self, source: str, owner: str = "") -> bool:
        """Forget a source, and remove its document unless another source has the same; False if it is not known."""
        with self._database.writing() as db:
            document_id = ledger.document_of(db, source, owner)
            if document_id is not None:
                generation = next_generation(db)
                if not document_rows.pass_on(db, document_id, source, generation):
                    document_rows.delete(db, document_id, generation)
            entries = db.execute("DELETE FROM ledger WHERE source = ? AND owner = ?", (source, owner)).rowcount
            known = document_id is not None or entries > 0
        self._database.purge()
        return known

    def move(self, document_id: int, collection: str) -> None:
        """Put a document into another collection; its text and its indexes stay as they are."""
        with self._database.writing() as db:
            db.execute("UPDATE documents SET collection = ? WHERE id = ?", (collection, document_id))

    # The ledger

    def begin(self, document: NewDocument) -> None:
        """Note in the ledger that a source is being read: a run that stops here is seen."""
        with self._database.writing() as db:
            ledger.note(db, document, "reading", ledger.document_of(db, document.source, document.owner))

    def fail(self, document: NewDocument, reason: str) -> None:
        """Note in the ledger that a source was not taken in. What is stored of it goes on answering."""
        with self._database.writing() as db:
            known = ledger.document_of(db, document.source, document.owner)
            ledger.note(db, document, "failed", known, reason)

    def entry(self, source: str, owner: str = "") -> LedgerEntry | None:
        """What became of one source; None if it was never named."""
        with self._database.reading() as db:
            return ledger.entry(db, source, owner)

    def ledger(self, owner: str | None = None) -> list[LedgerEntry]:
        """What became of every source that an owner named, by name; None: everybody's."""
        with self._database.reading() as db:
            return ledger.entries(db, owner)

    def page_records(self, document_id: int) -> list[PageRecord]:
        """The ledger of one document's pages, in order."""
        with self._database.reading() as db:
            return ledger.page_records(db, document_id)

    # Pages and chunks

    def page(self, document_id: int, number: int) -> Page | None:
        """One page as stored."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT number, label, text, state, note FROM pages WHERE document_id = ? AND number = ?",
                (document_id, number),
            ).fetchone()
            if row is None:
                return None
            number, label, text, state, note = row
            return Page(number=number, label=label, text=text, state=state, note=note)

    def chunks(self, ids: Sequence[int]) -> list[Chunk]:
        """The chunks of these ids, in this order; ids that are gone are left out."""
        found: dict[int, Chunk] = {}
        with self._database.reading() as db:
            for row in db.execute(
                "SELECT c.id, c.document_id, d.name, c.page, p.label, c.start, c.end, p.text, c.heading "
                "FROM chunks c JOIN documents d ON d.id = c.document_id "
                "JOIN pages p ON p.document_id = c.document_id AND p.number = c.page "
                "WHERE c.id IN (SELECT value FROM json_each(?))",
                (json_ids(ids),),
            ):
                id_, document_id, document, page, label, start, end, text, heading = row
                found[id_] = Chunk(
                    id=id_,
                    document_id=document_id,
                    document=document,
                    page=page,
                    page_label=label,
                    start=start,
                    end=end,
                    text=text[start:end],
                    heading=heading,
                )
        return [found[id_] for id_ in ids if id_ in found]

    def chunk_ids(self, document_ids: AbstractSet[int] | None = None) -> list[int]:
        """Ids of all chunks, or of those of some documents, ascending."""
        with self._database.reading() as db:
            if document_ids is None:
                return [row[0] for row in db.execute("SELECT id FROM chunks ORDER BY id")]
            rows = db.execute(
                "SELECT id FROM chunks WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY id",
                (json_ids(document_ids),),
            )
            return [row[0] for row in rows]

    def chunk_count(self) -> int:
        """Number of all chunks."""
        with self._database.reading() as db:
            return int(db.execute("SELECT count(*) FROM chunks").fetchone()[0])

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """Vectors of existing chunks, in this order, shape (len(ids), dimension)."""
        found, vectors = self.known_vectors(ids)
        if len(found) != len(ids):
            raise KeyError(f"{len(ids) - len(found)} of {len(ids)} chunks are not in the library")
        return vectors

    def known_vectors(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """The ids that are still there, in this order, and their vectors, shape (found, dimension)."""
        with self._database.reading() as db:
            dimension = document_rows.stored_dimension(db) or 0
            blobs = dict(
                db.execute(
                    "SELECT chunk_id, vector FROM vectors WHERE chunk_id IN (SELECT value FROM json_each(?))",
                    (json_ids(ids),),
                )
            )
        found = [id_ for id_ in ids if id_ in blobs]
        joined = b"".join(blobs[id_] for id_ in found)
        return found, np.frombuffer(joined, dtype="<f4").reshape(len(found), dimension).astype(np.float32)

    def changes(self, since: int) -> Changes:
        """Chunks added and removed after generation `since` (0: everything)."""
        with self._database.reading() as db:
            db.execute("BEGIN")  # one snapshot for all three
            try:
                generation = int(db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])
                added = db.execute("SELECT id FROM chunks WHERE generation > ? ORDER BY id", (since,)).fetchall()
                removed = db.execute("SELECT chunk_id FROM removals WHERE generation > ?", (since,)).fetchall()
            finally:
                db.execute("COMMIT")
        return Changes(generation, tuple(row[0] for row in added), tuple(row[0] for row in removed))
