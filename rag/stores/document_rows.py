"""Read and write the rows of documents: plain functions inside the caller's transaction.

Every function that writes also updates the ledger.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from rag.errors import LibraryError
from rag.interfaces import Vectors
from rag.stores import ledger, overview_rows
from rag.stores.json_columns import facts_json, facts_of, structure_json, structure_of
from rag.types import Content, Document, NewChunk, NewDocument, Page

_DOCUMENT = """
    SELECT d.id, d.name, d.source, d.sha256, d.recipe, d.size,
           (SELECT count(*) FROM pages p WHERE p.document_id = d.id),
           (SELECT count(*) FROM chunks c WHERE c.document_id = d.id), d.added_at, d.collection, d.owner,
           json_patch(d.facts, d.edited_facts),
           (SELECT json_group_array(l.name) FROM ledger l WHERE l.document_id = d.id AND l.source <> d.source)
    FROM documents d
"""


def documents(db: sqlite3.Connection, owner: str | None) -> list[Document]:
    """Return an owner's documents by name; everybody's for None."""
    rows = db.execute(_DOCUMENT + "WHERE ? IS NULL OR d.owner = ? ORDER BY d.name COLLATE NOCASE, d.id", (owner, owner))
    return [_document(row) for row in rows]


def document(db: sqlite3.Connection, document_id: int | None) -> Document | None:
    """Return the document of this id, or None."""
    row = db.execute(_DOCUMENT + "WHERE d.id = ?", (document_id,)).fetchone()
    return _document(row) if row else None


def stored_document(db: sqlite3.Connection, new: NewDocument) -> Document:
    """Return a document just stored; call it in the same transaction, before another process can remove it."""
    found = document(db, ledger.document_id(db, new.source, new.owner))
    assert found  # noqa: S101  stored in this transaction
    return found


def _document(row: tuple[Any, ...]) -> Document:
    values = dict(zip((field.name for field in fields(Document)), row, strict=True))
    return Document(**{**values, "facts": facts_of(values["facts"]), "also": tuple(json.loads(values["also"]))})


InsertParts = Callable[[sqlite3.Connection, int, int], None]
"""Function that inserts a document's pages, chunks and vectors, given its id and the generation."""


def replace(
    db: sqlite3.Connection, document: NewDocument, dimension: int, insert_parts: InsertParts, generation: int
) -> bool:
    """Store one document in place of its earlier version; return True if anything was deleted.

    `dimension` is that of its vectors, 0 if there are none.
    """
    if dimension:
        _check_dimension(db, dimension)
    current = ledger.document_id(db, document.source, document.owner)
    same = ledger.same_content(db, document)
    if same is not None and same != current:
        return link(db, document, same, generation)
    is_other = current is not None and current != same and not _has_content(db, current, document.sha256)
    if current is not None and is_other and detach_source(db, current, document.source, generation):
        current = None  # the old content stays under its other name: this source gets a document of its own
    if current is not None:
        _delete_content(db, current, generation)
    document_id = _write_row(db, document, current)
    insert_parts(db, document_id, generation)
    ledger.write_entry(db, document, "ready", document_id)
    return current is not None


def _has_content(db: sqlite3.Connection, document_id: int, sha256: str) -> bool:
    """Return True if a document is of this content, which is only read in another way."""
    found = db.execute("SELECT 1 FROM documents WHERE id = ? AND sha256 = ? AND sha256 <> ''", (document_id, sha256))
    return found.fetchone() is not None


def link(db: sqlite3.Connection, document: NewDocument, document_id: int, generation: int) -> bool:
    """Assign a source to an existing document; return True if the document it had before was deleted."""
    current = ledger.document_id(db, document.source, document.owner)
    deleted = False
    if current is not None and current != document_id and not detach_source(db, current, document.source, generation):
        delete(db, current, generation)
        deleted = True
    ledger.write_entry(db, document, "ready", document_id)
    if document.collection is not None:
        db.execute("UPDATE documents SET collection = ? WHERE id = ?", (document.collection, document_id))
    return deleted


def detach_source(db: sqlite3.Connection, document_id: int, source: str, generation: int) -> bool:
    """Keep a document without one of its sources, under another one's name; return False if it has no other source."""
    other = ledger.other_source(db, document_id, source)
    if other is None:
        return False
    renamed = db.execute(
        "UPDATE documents SET source = ?, name = ? WHERE id = ? AND source = ?", (*other, document_id, source)
    )
    if renamed.rowcount:
        index_again(db, document_id, generation)
    return True


def index_again(db: sqlite3.Connection, document_id: int, generation: int) -> None:
    """Have the indexes take a document's chunks anew and drop the old words: they contain its name and its facts.

    So do its overviews, which are deleted.
    """
    overview_rows.delete(db, document_id)
    _record_removal(db, generation)
    db.execute("UPDATE chunks SET generation = ? WHERE document_id = ?", (generation, document_id))


def delete(db: sqlite3.Connection, document_id: int, generation: int) -> None:
    """Delete a document and its ledger entries (by cascade)."""
    _delete_content(db, document_id, generation)
    db.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def _delete_content(db: sqlite3.Connection, document_id: int, generation: int) -> None:
    """Delete a document's pages, chunks (vectors by cascade) and overviews, but keep its row and so its id."""
    db.execute("INSERT INTO removals SELECT id, ? FROM chunks WHERE document_id = ?", (generation, document_id))
    _record_removal(db, generation)
    db.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,))
    db.execute("DELETE FROM pages WHERE document_id = ?", (document_id,))
    overview_rows.delete(db, document_id)


def _record_removal(db: sqlite3.Connection, generation: int) -> None:
    """Record that text was deleted: the index files contain it until they are purged."""
    db.execute("INSERT OR REPLACE INTO meta VALUES ('last_removal', ?)", (str(generation),))


def _write_row(db: sqlite3.Connection, document: NewDocument, document_id: int | None) -> int:
    """Insert the document's row, or update the one of `document_id`; return its id."""
    row = db.execute(
        "INSERT INTO documents (id, name, source, owner, sha256, recipe, size, added_at, facts, collection) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, '')) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, source = excluded.source, sha256 = excluded.sha256, "
        "recipe = excluded.recipe, size = excluded.size, "
        "added_at = iif(sha256 = excluded.sha256, added_at, excluded.added_at), "
        "facts = excluded.facts, "
        "collection = coalesce(?, collection) RETURNING id",
        (
            document_id,
            document.name,
            document.source,
            document.owner,
            document.sha256,
            document.recipe,
            document.size,
            ledger.now(),
            facts_json(document.facts),
            document.collection,
            document.collection,
        ),
    ).fetchone()
    return int(row[0])


def parts_inserter(content: Content, vectors: Vectors) -> InsertParts:
    """Return a function that inserts the parts of a document in memory."""

    def insert(db: sqlite3.Connection, document_id: int, generation: int) -> None:
        db.executemany(
            "INSERT INTO pages (document_id, number, label, text, state, note, structure) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(document_id, *page_row(page)) for page in content.pages],
        )
        for chunk, vector in zip(content.chunks, vectors, strict=True):
            row = db.execute(
                "INSERT INTO chunks (document_id, page, start, end, heading, generation) VALUES (?, ?, ?, ?, ?, ?) "
                "RETURNING id",
                (document_id, chunk.page, chunk.start, chunk.end, chunk.heading, generation),
            ).fetchone()
            db.execute("INSERT INTO vectors VALUES (?, ?)", (row[0], vector.astype("<f4").tobytes()))

    return insert


def page(db: sqlite3.Connection, document_id: int, number: int) -> Page | None:
    """Return a page as stored, or None."""
    row = db.execute(
        "SELECT label, text, state, note, structure FROM pages WHERE document_id = ? AND number = ?",
        (document_id, number),
    ).fetchone()
    if row is None:
        return None
    label, text, state, note, structure = row
    return Page(number=number, label=label, text=text, state=state, note=note, structure=structure_of(structure))


def page_row(page: Page) -> tuple[int, str, str, str, str, str]:
    """Return the columns of a page: number, label, text, state, note and structure."""
    return page.number, page.label, page.text, page.state, page.note, structure_json(page.structure)


def check_lengths(chunks: Sequence[NewChunk], vectors: Vectors) -> None:
    """Raise if there is not one vector for each chunk."""
    if len(vectors) != len(chunks):
        raise ValueError(f"{len(chunks)} chunks do not go with {len(vectors)} vectors")


def stored_dimension(db: sqlite3.Connection) -> int | None:
    """Return the dimension of the library's vectors; None while it has none."""
    row = db.execute("SELECT value FROM meta WHERE key = 'dimension'").fetchone()
    return int(row[0]) if row else None


def _check_dimension(db: sqlite3.Connection, dimension: int) -> None:
    """Record the dimension with the first document; raise if a later one differs."""
    stored = stored_dimension(db)
    if stored is None:
        db.execute("INSERT INTO meta VALUES ('dimension', ?)", (str(dimension),))
    elif stored != dimension:
        raise LibraryError(
            f"This library holds vectors of dimension {stored}, and the embedder gives {dimension}: "
            "it is another model under the same name. Build a new library with --library."
        )
