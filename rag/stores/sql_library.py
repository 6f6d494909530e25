"""The library over any SQL database that Citewell knows: documents, pages, chunks, the ledger.

A document is replaced in one transaction: a reader sees all of the old one or all of the new one. Each commit
increments the generation, which tells the search indexes what they have missed.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from rag.errors import LibraryError
from rag.interfaces import Changes, IndexRecord, Vectors
from rag.stores import document_rows, ledger
from rag.stores.document_rows import Parts
from rag.stores.json_columns import facts_of, structure_of
from rag.stores.sql_statements import (
    INDEX_RECORD,
    LISTED,
    Connection,
    StoredDatabase,
    json_ids,
    next_generation,
    stored_meta,
)
from rag.stores.staging import StagedDocument
from rag.text.document_names import search_title
from rag.text.locations import first_line
from rag.text.page_heads import page_head
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

_CHUNKS = f"""
    SELECT c.id, c.document_id, d.name, c.page, p.label, c.start, c.end, p.text, c.heading, d.facts, d.edited_facts
    FROM chunks c JOIN documents d ON d.id = c.document_id
    JOIN pages p ON p.document_id = c.document_id AND p.number = c.page
    WHERE c.id IN {LISTED}
"""  # noqa: S608  our own
_OVERVIEWS = """
    SELECT language, model, record, made_at FROM overviews WHERE document_id = ? ORDER BY made_at DESC, language
"""
_COUNT_OF_THESE = f"SELECT count(*) FROM chunks WHERE document_id = ? AND id IN {LISTED}"  # noqa: S608
_KEEP_OVERVIEW = """
    INSERT INTO overviews (document_id, language, model, record, made_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (document_id, language) DO UPDATE
    SET model = excluded.model, record = excluded.record, made_at = excluded.made_at
"""


class SqlLibrary(ABC):
    """A `Library` over a database, without what the databases do in ways of their own: vectors, and checks."""

    _floats = "<f4"

    def __init__(self, database: StoredDatabase) -> None:
        self._database = database

    @abstractmethod
    def findings(self) -> Iterator[str]:
        """Yield the library's inconsistencies, in words."""

    @abstractmethod
    def _read_vectors(self, db: Connection, ids: Sequence[int]) -> dict[int, bytes]:
        """Return the vectors of those ids that there are, as bytes of `_floats`."""

    @abstractmethod
    def _insert_parts(self, db: Connection, parts: Parts, document_id: int, generation: int) -> None:
        """Insert the pages, chunks and vectors of a document; chunks get ascending ids in their order."""

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
            rows = db.execute("SELECT id, facts, edited_facts FROM documents WHERE facts || edited_facts <> '{}{}'")
            return {id_: facts_of(*columns) for id_, *columns in rows}

    def edited_facts(self, source: str, owner: str = "") -> dict[str, str]:
        """Return the facts that a person entered for the document of a source."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT d.edited_facts FROM documents d JOIN ledger l ON l.document_id = d.id "
                "WHERE l.source = ? AND l.owner = ?",
                (source, owner),
            ).fetchone()
            return dict(json.loads(row[0])) if row else {}

    def edit_facts(self, document_id: int, changes: Mapping[str, str | None]) -> bool:
        """Enter a person's facts, kept when it is read again; None restores what was found. False if it is gone."""
        with self._database.writing() as db:
            return document_rows.edit_facts(db, document_id, changes, next_generation(db))

    def find(self, source: str, owner: str = "") -> Document | None:
        """Return the document stored for this source, or None."""
        with self._database.reading() as db:
            return document_rows.document(db, ledger.document_id(db, source, owner))

    def find_same(self, document: NewDocument) -> Document | None:
        """Return the owner's document with the same content, read and chunked the same way, whatever its source."""
        with self._database.reading() as db:
            return document_rows.document(db, ledger.same_content(db, document))

    def find_outdated(self, document: NewDocument) -> Document | None:
        """Return the owner's document with the same content that this newer reading would go into."""
        with self._database.reading() as db:
            return document_rows.document(db, ledger.outdated_content(db, document))

    def replace_all(self, contents: Sequence[tuple[Content, Vectors]]) -> list[Document]:
        """Store documents, each in place of the one with the same source and owner, if there is one.

        They share a transaction: a commit costs milliseconds, whatever its size.
        """
        return self._store([document_rows.parts_of(content, vectors) for content, vectors in contents])

    def stage(self) -> StagedDocument:
        """Start a document that comes in parts."""
        return StagedDocument(lambda parts: self._store([parts])[0])

    def _store(self, documents: Sequence[Parts]) -> list[Document]:
        if not documents:
            return []
        with self._database.writing() as db:
            generation = next_generation(db)
            deleted = [document_rows.replace(db, parts, self._insert_parts, generation) for parts in documents]
            stored = [document_rows.stored_document(db, parts.document) for parts in documents]
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

    def remove_all(self, document_ids: Collection[int]) -> list[int]:
        """Remove documents with content and sources in one transaction; return the ids of those that there were."""
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
        """Return a document's kept overviews, the latest first.

        Raises:
            LibraryError: one is damaged.
        """
        with self._database.reading() as db:
            rows = db.execute(_OVERVIEWS, (document_id,)).fetchall()
        try:
            return [
                Overview(
                    document_id=document_id, language=language, model=model, record=json.loads(record), made_at=made_at
                )
                for language, model, record, made_at in rows
            ]
        except ValueError as error:
            raise LibraryError(
                "The overview of a document cannot be read. Remove the document and add it again, or restore "
                "library.sqlite from a backup."
            ) from error

    def keep_overview(self, overview: Overview, chunk_ids: Collection[int]) -> bool:
        """Keep an overview of a document; return False if that has changed since: these chunks are not all there."""
        with self._database.writing() as db:
            row = db.execute(_COUNT_OF_THESE, (overview.document_id, json_ids(set(chunk_ids)))).fetchone()
            if not chunk_ids or row[0] != len(set(chunk_ids)):
                return False
            record = json.dumps(dict(overview.record), ensure_ascii=False)
            values = (overview.document_id, overview.language, overview.model, record, overview.made_at)
            db.execute(_KEEP_OVERVIEW, values)
            return True

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
            rows = db.execute(
                "SELECT number, label, state, note, length(text) FROM pages WHERE document_id = ? ORDER BY number",
                (document_id,),
            )
            return [PageRecord(*row) for row in rows]

    # Pages and chunks

    def page(self, document_id: int, number: int) -> Page | None:
        """Return a page as stored, or None."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT label, text, state, note, structure FROM pages WHERE document_id = ? AND number = ?",
                (document_id, number),
            ).fetchone()
        if row is None:
            return None
        label, text, state, note, structure = row
        return Page(number=number, label=label, text=text, state=state, note=note, structure=structure_of(structure))

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
        found: dict[int, Chunk] = {}
        with self._database.reading() as db:
            for row in db.execute(_CHUNKS, (json_ids(ids),)):
                id_, document_id, document, page, label, start, end, text, heading, *facts = row
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
                    title=search_title(document, facts_of(*facts)),
                    page_head=page_head(text),
                    line=line + text.count("\n", 0, start) if (line := first_line(label)) else 0,
                )
        return [found[id_] for id_ in ids if id_ in found]

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

    def known_vectors(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """Return those of the ids that still exist, in this order, and their vectors, shape (found, dimension)."""
        with self._database.reading() as db:
            dimension = document_rows.stored_dimension(db) or 0
            stored = self._read_vectors(db, ids)
        found = [id_ for id_ in ids if id_ in stored]
        joined = b"".join(stored[id_] for id_ in found)
        return found, np.frombuffer(joined, dtype=self._floats).reshape(len(found), dimension).astype(np.float32)

    def changes(self, since: int) -> Changes:
        """Return the chunks added and removed after generation `since` (0: everything)."""
        with self._database.snapshot() as db:
            generation = int(stored_meta(db, "generation"))
            added = db.execute("SELECT id FROM chunks WHERE generation > ? ORDER BY id", (since,)).fetchall()
            removed = db.execute("SELECT chunk_id FROM removals WHERE generation > ?", (since,)).fetchall()
        return Changes(generation, tuple(row[0] for row in added), tuple(row[0] for row in removed))

    def index_record(self, name: str) -> IndexRecord | None:
        """Return what is known of an index; None if there never was one."""
        stored = self._database.meta(INDEX_RECORD + name)
        return IndexRecord(*json.loads(stored)) if stored else None

    def record_index(self, name: str, record: IndexRecord) -> None:
        """Keep what an index is about to reach; the generation stays."""
        self._database.keep_meta(INDEX_RECORD + name, json.dumps([record.build, record.generation]))
