"""Documents as rows of the library's tables: plain functions inside the caller's transaction.

Whatever writes keeps the ledger true.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from rag.errors import LibraryError
from rag.interfaces import Vectors
from rag.stores import ledger
from rag.types import Content, Document, NewChunk, NewDocument

_DOCUMENT = """
    SELECT d.id, d.name, d.source, d.sha256, d.recipe, d.size,
           (SELECT count(*) FROM pages p WHERE p.document_id = d.id),
           (SELECT count(*) FROM chunks c WHERE c.document_id = d.id), d.added_at, d.collection, d.owner,
           (SELECT json_group_array(l.name) FROM ledger l WHERE l.document_id = d.id AND l.source <> d.source)
    FROM documents d
"""


def documents(db: sqlite3.Connection, owner: str | None) -> list[Document]:
    """The documents of an owner, by name; None: everybody's."""
    rows = db.execute(_DOCUMENT + "WHERE ?1 IS NULL OR d.owner = ?1 ORDER BY d.name COLLATE NOCASE, d.id", (owner,))
    return [_document(row) for row in rows]


def document(db: sqlite3.Connection, document_id: int | None) -> Document | None:
    """The document of this id."""
    row = db.execute(_DOCUMENT + "WHERE d.id = ?", (document_id,)).fetchone()
    return _document(row) if row else None


def just_stored(db: sqlite3.Connection, new: NewDocument) -> Document:
    """What the transaction that stored it reads of it: a moment later another process may have removed it."""
    found = document(db, ledger.document_of(db, new.source, new.owner))
    assert found  # noqa: S101  nobody else writes in between
    return found


def _document(row: tuple[Any, ...]) -> Document:
    values = dict(zip((field.name for field in fields(Document)), row, strict=True))
    return Document(**{**values, "also": tuple(json.loads(values["also"]))})


InsertParts = Callable[[sqlite3.Connection, int, int], None]
"""Inserts a document's pages, chunks and vectors, given its id and the generation."""


def replace(
    db: sqlite3.Connection, document: NewDocument, dimension: int, insert_parts: InsertParts, generation: int
) -> bool:
    """Store one document, its vectors of this dimension (0: it has none); whether anything was deleted for it."""
    if dimension:
        _check_dimension(db, dimension)
    own = ledger.document_of(db, document.source, document.owner)
    twin = ledger.twin_of(db, document)
    if twin is not None and twin != own:
        return link(db, document, twin, generation)
    if own is not None and own != twin and pass_on(db, own, document.source, generation):
        own = None  # the old content stays under its other name: this source begins a document of its own
    if own is not None:
        _empty(db, own, generation)
    document_id = _write_row(db, document, own)
    insert_parts(db, document_id, generation)
    ledger.note(db, document, "ready", document_id)
    return own is not None


def link(db: sqlite3.Connection, document: NewDocument, document_id: int, generation: int) -> bool:
    """Let a document answer for a source, and no other one; whether anything stored was deleted for it."""
    own = ledger.document_of(db, document.source, document.owner)
    deleted = False
    if own is not None and own != document_id and not pass_on(db, own, document.source, generation):
        delete(db, own, generation)
        deleted = True
    ledger.note(db, document, "ready", document_id)
    if document.collection is not None:
        db.execute("UPDATE documents SET collection = ? WHERE id = ?", (document.collection, document_id))
    return deleted


def pass_on(db: sqlite3.Connection, document_id: int, source: str, generation: int) -> bool:
    """Keep a document that one of its sources leaves under the name of another one; False if there is no other."""
    heir = ledger.heir_of(db, document_id, source)
    if heir is None:
        return False
    renamed = db.execute(
        "UPDATE documents SET source = ?, name = ? WHERE id = ? AND source = ?", (*heir, document_id, source)
    )
    if renamed.rowcount:  # the indexes know the name: they must take its chunks anew, and lose the old name's words
        _note_removal(db, generation)
        db.execute("UPDATE chunks SET generation = ? WHERE document_id = ?", (generation, document_id))
    return True


def delete(db: sqlite3.Connection, document_id: int, generation: int) -> None:
    """Delete a document; its entries in the ledger go with it."""
    _empty(db, document_id, generation)
    db.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def _empty(db: sqlite3.Connection, document_id: int, generation: int) -> None:
    """Delete a document's pages and chunks, vectors by cascade; keep its row, so that its id lives on."""
    db.execute("INSERT INTO removals SELECT id, ? FROM chunks WHERE document_id = ?", (generation, document_id))
    _note_removal(db, generation)
    db.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,))
    db.execute("DELETE FROM pages WHERE document_id = ?", (document_id,))


def _note_removal(db: sqlite3.Connection, generation: int) -> None:
    """Note that text was deleted: the indexes' files have it until they are purged."""
    db.execute("INSERT OR REPLACE INTO meta VALUES ('last_removal', ?)", (str(generation),))


def _write_row(db: sqlite3.Connection, document: NewDocument, document_id: int | None) -> int:
    """The id of the document's row, written anew or over the one it had."""
    row = db.execute(
        "INSERT INTO documents (id, name, source, owner, sha256, recipe, size, added_at, collection) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce(?9, '')) "
        "ON CONFLICT (id) DO UPDATE SET name = ?2, source = ?3, sha256 = ?5, recipe = ?6, size = ?7, added_at = ?8, "
        "collection = coalesce(?9, collection) RETURNING id",
        (
            document_id,
            document.name,
            document.source,
            document.owner,
            document.sha256,
            document.recipe,
            document.size,
            ledger.now(),
            document.collection,
        ),
    ).fetchone()
    return int(row[0])


def parts_of(content: Content, vectors: Vectors) -> InsertParts:
    """What inserts the parts of a document that is in memory."""

    def insert(db: sqlite3.Connection, document_id: int, generation: int) -> None:
        db.executemany(
            "INSERT INTO pages (document_id, number, label, text, state, note) VALUES (?, ?, ?, ?, ?, ?)",
            [(document_id, page.number, page.label, page.text, page.state, page.note) for page in content.pages],
        )
        for chunk, vector in zip(content.chunks, vectors, strict=True):
            row = db.execute(
                "INSERT INTO chunks (document_id, page, start, end, heading, generation) VALUES (?, ?, ?, ?, ?, ?) "
                "RETURNING id",
                (document_id, chunk.page, chunk.start, chunk.end, chunk.heading, generation),
            ).fetchone()
            db.execute("INSERT INTO vectors VALUES (?, ?)", (row[0], vector.astype("<f4").tobytes()))

    return insert


def check_lengths(chunks: Sequence[NewChunk], vectors: Vectors) -> None:
    """Raise if there is not one vector for each chunk."""
    if len(vectors) != len(chunks):
        raise ValueError(f"{len(chunks)} chunks do not go with {len(vectors)} vectors")


def stored_dimension(db: sqlite3.Connection) -> int | None:
    """Length of the library's vectors; None while it has none."""
    row = db.execute("SELECT value FROM meta WHERE key = 'dimension'").fetchone()
    return int(row[0]) if row else None


def _check_dimension(db: sqlite3.Connection, dimension: int) -> None:
    """The first document fixes the dimension of all."""
    stored = stored_dimension(db)
    if stored is None:
        db.execute("INSERT INTO meta VALUES ('dimension', ?)", (str(dimension),))
    elif stored != dimension:
        raise LibraryError(
            f"This library holds vectors of dimension {stored}, and the embedder gives {dimension}: "
            "it is another model under the same name. Build a new library with --library."
        )
