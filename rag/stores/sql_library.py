"""The library over any SQL database that Citewell knows: documents, pages, chunks, the ledger.

A document is replaced in one transaction: a reader sees all of the old one or all of the new one. Each commit
increments the generation, which tells the search indexes what they have missed.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from rag.interfaces import Changes, IndexRecord, Staging, Vectors
from rag.stores.rows import chunk_rows, document_rows, fact_rows, index_records, ledger, overview_rows
from rag.stores.rows.json_columns import structure_of
from rag.stores.rows.sql_statements import LISTED, StoredDatabase, json_ids, next_generation
from rag.types import (
    Chunk,
    Content,
    Document,
    DocumentFacts,
    LedgerEntry,
    NewDocument,
    Overview,
    Page,
    PageRecord,
    Structure,
)


class SqlLibrary(ABC):
    """A `Library` over a database, without what the databases do in ways of their own: vectors, and checks."""

    def __init__(self, database: StoredDatabase) -> None:
        self._database = database

    @abstractmethod
    def stage(self) -> Staging:
        """Start a document that comes in parts."""

    @abstractmethod
    def findings(self) -> Iterator[str]:
        """Yield the library's inconsistencies, in words."""

    @abstractmethod
    def known_vectors(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """Return those of the ids that still exist, in this order, and their vectors, shape (found, dimension)."""

    @abstractmethod
    def _parts_inserter(self, content: Content, vectors: Vectors) -> document_rows.InsertParts:
        """Return the function that inserts the parts of a document in memory."""

    def close(self) -> None:
        """Close the database; the library cannot be used afterwards."""
        self._database.close()

    @property
    def generation(self) -> int:
        """A number that grows with every committed change, in whichever process."""
        return int(self._database.meta("generation"))

    @property
    def change_mark(self) -> tuple[int, int]:
        """A mark of what is stored that differs after any change, of whatever and in whichever process."""
        return self._database.change_mark()

    @property
    def identity(self) -> str:
        """Unique name of this library, so that an index of another one is not used."""
        return self._database.meta("identity")

    @property
    def dimension(self) -> int | None:
        """Dimension of its vectors; None while it has none."""
        with self._database.reading() as db:
            return document_rows.stored_dimension(db)

    @property
    def last_removal(self) -> int:
        """Generation in which text was last deleted; 0 if none ever was."""
        return int(self._database.meta("last_removal") or 0)

    def require_sound(self, seconds: float) -> None:
        """Raise a `LibraryError` if the database is damaged, as far as that is found in so many seconds."""
        self._database.require_sound(seconds)

    # Documents

    def documents(self, owner: str | None = None) -> list[Document]:
        """Return an owner's documents by name; everybody's for None."""
        with self._database.reading() as db:
            return document_rows.documents(db, owner)

    def names(self) -> dict[int, str]:
        """Return the name of each document by its id."""
        with self._database.reading() as db:
            return dict(db.execute("SELECT id, name FROM documents"))

    def facts(self) -> dict[int, DocumentFacts]:
        """Return what each document is, by its id; without those of which nothing is known."""
        with self._database.reading() as db:
            return fact_rows.facts_by_id(db)

    def edited_facts(self, source: str, owner: str = "") -> dict[str, str]:
        """Return the facts that a person entered for the document of a source."""
        with self._database.reading() as db:
            return fact_rows.edited_facts(db, source, owner)

    def edit_facts(self, document_id: int, changes: Mapping[str, str | None]) -> bool:
        """Enter a person's facts, kept when it is read again; None restores what was found. False if it is gone."""
        with self._database.writing() as db:
            return fact_rows.edit_facts(db, document_id, changes, next_generation(db))

    def find(self, source: str, owner: str = "") -> Document | None:
        """Return the document stored for this source, or None."""
        with self._database.reading() as db:
            return document_rows.document(db, ledger.document_id(db, source, owner))

    def find_same(self, document: NewDocument) -> Document | None:
        """Return the owner's document with the same content, read and chunked the same way, whatever its source."""
        with self._database.reading() as db:
            return document_rows.document(db, ledger.same_content(db, document))

    def find_outdated(self, document: NewDocument) -> Document | None:
        """Return the owner's document with the same content that `replace` would put this newer reading into."""
        with self._database.reading() as db:
            return document_rows.document(db, ledger.outdated_content(db, document))

    def replace(self, content: Content, vectors: Vectors) -> Document:
        """Store a document in place of the one with the same source and owner, if there is one."""
        return self.replace_all([(content, vectors)])[0]

    def replace_all(self, contents: Sequence[tuple[Content, Vectors]]) -> list[Document]:
        """Store several documents in one transaction: a commit costs milliseconds, whatever its size."""
        if not contents:
            return []
        for content, vectors in contents:
            document_rows.check_lengths(content.chunks, vectors)
        with self._database.writing() as db:
            generation = next_generation(db)
            deleted = [
                document_rows.replace(
                    db,
                    content.document,
                    vectors.shape[1] if len(vectors) else 0,
                    self._parts_inserter(content, vectors),
                    generation,
                )
                for content, vectors in contents
            ]
            stored = [document_rows.stored_document(db, content.document) for content, _ in contents]
        if any(deleted):
            self._database.purge()
        return stored

    def document(self, document_id: int) -> Document | None:
        """Return the document of this id, or None."""
        with self._database.reading() as db:
            return document_rows.document(db, document_id)

    def link(self, document: NewDocument, document_id: int) -> bool:
        """Assign another source to a stored document of the same content; return False if it no longer exists."""
        with self._database.writing() as db:
            if ledger.same_content(db, document) != document_id:
                return False
            deleted = document_rows.link(db, document, document_id, next_generation(db))
        if deleted:
            self._database.purge()
        return True

    def remove(self, document_id: int) -> bool:
        """Remove a document with all its content and sources; return False if there was none."""
        return self.remove_all([document_id]) == [document_id]

    def remove_all(self, document_ids: Collection[int]) -> list[int]:
        """Remove documents likewise in one transaction; return the ids of those that there were."""
        with self._database.writing() as db:
            removed = document_rows.delete_all(db, document_ids)
        if removed:
            self._database.purge()
        return removed

    def forget(self, source: str, owner: str = "") -> bool:
        """Remove a source, and its document unless another source has it too; return False if the source is unknown."""
        with self._database.writing() as db:
            document_id = ledger.document_id(db, source, owner)
            if document_id is not None:
                generation = next_generation(db)
                if not document_rows.detach_source(db, document_id, source, generation):
                    document_rows.delete(db, document_id, generation)
            entries = db.execute("DELETE FROM ledger WHERE source = ? AND owner = ?", (source, owner)).rowcount
            known = document_id is not None or entries > 0
        self._database.purge()
        return known

    def move(self, document_id: int, collection: str) -> None:
        """Move a document to another collection; text and indexes do not change."""
        with self._database.writing() as db:
            db.execute("UPDATE documents SET collection = ? WHERE id = ?", (collection, document_id))

    def overviews(self, document_id: int) -> list[Overview]:
        """Return a document's kept overviews, the latest first."""
        with self._database.reading() as db:
            return overview_rows.overviews(db, document_id)

    def keep_overview(self, overview: Overview, chunk_ids: Collection[int]) -> bool:
        """Keep an overview of a document; return False if that has changed since: these chunks are not all there."""
        with self._database.writing() as db:
            return overview_rows.keep(db, overview, chunk_ids)

    # The ledger

    def begin(self, document: NewDocument) -> None:
        """Record in the ledger that a source is being read, so that an interrupted run shows."""
        with self._database.writing() as db:
            known = ledger.document_id(db, document.source, document.owner)
            ledger.write_entry(db, document, "reading", known)

    def fail(self, document: NewDocument, reason: str) -> None:
        """Record in the ledger that a source could not be ingested. An earlier version stays searchable."""
        with self._database.writing() as db:
            known = ledger.document_id(db, document.source, document.owner)
            ledger.write_entry(db, document, "failed", known, reason)

    def entry(self, source: str, owner: str = "") -> LedgerEntry | None:
        """Return the ledger entry of a source; None if it was never named."""
        with self._database.reading() as db:
            return ledger.entry(db, source, owner)

    def ledger(self, owner: str | None = None) -> list[LedgerEntry]:
        """Return an owner's ledger entries by name; everybody's for None."""
        with self._database.reading() as db:
            return ledger.entries(db, owner)

    def page_records(self, document_id: int) -> list[PageRecord]:
        """Return the state of each page of a document, in order."""
        with self._database.reading() as db:
            return ledger.page_records(db, document_id)

    # Pages and chunks

    def page(self, document_id: int, number: int) -> Page | None:
        """Return a page as stored, or None."""
        with self._database.reading() as db:
            return document_rows.page(db, document_id, number)

    def structures(self, document_id: int) -> list[tuple[int, str, Structure]]:
        """Return number, label and structure of the pages that have headings, tables or figures, in order."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT number, label, structure FROM pages WHERE document_id = ? AND structure <> '' ORDER BY number",
                (document_id,),
            )
            return [(number, label, structure_of(structure)) for number, label, structure in rows]

    def chunks(self, ids: Sequence[int]) -> list[Chunk]:
        """Return the chunks of these ids in this order, without those that no longer exist."""
        with self._database.reading() as db:
            return chunk_rows.chunks(db, ids)

    def chunk_ids(self, document_ids: AbstractSet[int] | None = None) -> list[int]:
        """Return the ids of all chunks, or of those of some documents, ascending."""
        with self._database.reading() as db:
            if document_ids is None:
                return [row[0] for row in db.execute("SELECT id FROM chunks ORDER BY id")]
            query = f"SELECT id FROM chunks WHERE document_id IN {LISTED} ORDER BY id"  # noqa: S608  our own
            return [row[0] for row in db.execute(query, (json_ids(document_ids),))]

    def chunk_count(self) -> int:
        """Return the number of chunks."""
        with self._database.reading() as db:
            return int(db.execute("SELECT count(*) FROM chunks").fetchone()[0])

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """Return the vectors of existing chunks in this order, shape (len(ids), dimension)."""
        found, vectors = self.known_vectors(ids)
        if len(found) != len(ids):
            raise KeyError(f"{len(ids) - len(found)} of {len(ids)} chunks are not in the library")
        return vectors

    def changes(self, since: int) -> Changes:
        """Return the chunks added and removed after generation `since` (0: everything)."""
        with self._database.snapshot() as db:
            return chunk_rows.changes(db, since)

    def index_record(self, name: str) -> IndexRecord | None:
        """Return what is known of an index; None if there never was one."""
        return index_records.loaded(self._database.meta(index_records.PREFIX + name))

    def record_index(self, name: str, record: IndexRecord) -> None:
        """Keep what an index is about to reach; the generation stays."""
        self._database.keep_meta(index_records.PREFIX + name, index_records.dumped(record))
