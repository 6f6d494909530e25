"""Read and write the rows of documents: plain functions inside the caller's transaction.

Every function that writes also updates the ledger.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from dataclasses import replace as with_fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rag.errors import LibraryError
from rag.interfaces import Vectors
from rag.stores import ledger
from rag.stores.json_columns import facts_json, facts_of, structure_json
from rag.stores.sql_statements import LISTED, Connection, json_ids, keep_meta, next_generation, stored_meta
from rag.types import Content, Document, NewChunk, NewDocument, Page

_DOCUMENT = """
    SELECT d.id, d.name, d.source, d.sha256, d.recipe, d.size,
           (SELECT count(*) FROM pages p WHERE p.document_id = d.id),
           (SELECT count(*) FROM chunks c WHERE c.document_id = d.id), d.added_at, d.collection, d.owner,
           d.facts, d.edited_facts,
           (SELECT json_group_array(l.name) FROM ledger l WHERE l.document_id = d.id AND l.source <> d.source)
    FROM documents d
"""
_DELETE_OVERVIEWS = "DELETE FROM overviews WHERE document_id = ?"
_PLAIN_FIELDS = tuple(field.name for field in fields(Document) if field.name not in ("facts", "also"))
"""The fields of a document that are columns as they are, in their order."""

_IN_CONTEXT = ("title", "organisation", "period")
"""Facts that are part of each chunk's context in the search: `rag.text.document_names.search_title`."""


def documents(db: Connection, owner: str | None) -> list[Document]:
    """Return an owner's documents by name; everybody's for None."""
    rows = db.execute(
        _DOCUMENT + "WHERE CAST(? AS TEXT) IS NULL OR d.owner = ? ORDER BY lower(d.name), d.id", (owner, owner)
    )
    return [_document(row) for row in rows]


def document(db: Connection, document_id: int | None) -> Document | None:
    """Return the document of this id, or None."""
    row = db.execute(_DOCUMENT + "WHERE d.id = ?", (document_id,)).fetchone()
    return _document(row) if row else None


def stored_document(db: Connection, new: NewDocument) -> Document:
    """Return a document just stored; call it in the same transaction, before another process can remove it."""
    found = document(db, ledger.document_id(db, new.source, new.owner))
    assert found  # noqa: S101  stored in this transaction
    return found


def _document(row: tuple[Any, ...]) -> Document:
    *columns, facts, edited_facts, also = row
    values = dict(zip(_PLAIN_FIELDS, columns, strict=True))
    return Document(**values, facts=facts_of(facts, edited_facts), also=tuple(json.loads(also or "[]")))


PageRow = tuple[int, str, str, str, str, str]
"""Number, label, text, state, note and structure of a page."""

ChunkRow = tuple[int, int, int, str, npt.NDArray[np.float32]]
"""Page, start, end, heading and vector of a chunk."""


class Parts(NamedTuple):
    """A document with its pages, its chunks and the dimension of their vectors, 0 if there are none."""

    document: NewDocument
    pages: Iterable[PageRow]
    chunks: Iterable[ChunkRow]
    dimension: int


InsertParts = Callable[[Connection, Parts, int, int], None]
"""Function that inserts a document's pages, chunks and vectors, given its id and the generation."""


def parts_of(content: Content, vectors: Vectors) -> Parts:
    """Return the parts of a document that is in memory."""
    check_lengths(content.chunks, vectors)
    chunks = (
        (chunk.page, chunk.start, chunk.end, chunk.heading, vector)
        for chunk, vector in zip(content.chunks, vectors, strict=True)
    )
    return Parts(content.document, map(page_row, content.pages), chunks, vectors.shape[1] if len(vectors) else 0)


def replace(db: Connection, parts: Parts, insert_parts: InsertParts, generation: int) -> bool:
    """Store one document in place of its earlier version; return True if anything was deleted."""
    document = parts.document
    if parts.dimension:
        _check_dimension(db, parts.dimension)
    current = ledger.document_id(db, document.source, document.owner)
    same = ledger.same_content(db, document)
    if same is not None and same != current:
        return link(db, document, same, generation)
    outdated = ledger.outdated_content(db, document) if same is None else None
    if outdated is not None and outdated != current:
        link(db, document, outdated, generation)  # stored once: that one is read anew in its place, and stays itself
        current = outdated
    is_other = current is not None and current not in (same, outdated)
    if current is not None and is_other and detach_source(db, current, document.source, generation):
        current = None  # the old content stays under its other name: this source gets a document of its own
    if current is not None:
        _delete_content(db, current, generation)
    document_id = _write_row(db, document, current)
    insert_parts(db, parts, document_id, generation)
    ledger.write_entry(db, document, "ready", document_id)
    return current is not None


def link(db: Connection, document: NewDocument, document_id: int, generation: int) -> bool:
    """Assign a source to an existing document; return True if the document it had before was deleted.

    One of the same content, of an earlier way of reading, is deleted with all its sources, and hands over what people
    made of it.
    """
    current = ledger.document_id(db, document.source, document.owner)
    deleted = False
    if current is not None and current != document_id:
        if _is_same(db, current, document_id):
            _hand_over(db, current, document_id, generation)
            deleted = True
        else:
            deleted = not detach_source(db, current, document.source, generation)
        if deleted:
            delete(db, current, generation)
    ledger.write_entry(db, document, "ready", document_id)
    if document.collection is not None:
        db.execute("UPDATE documents SET collection = ? WHERE id = ?", (document.collection, document_id))
    return deleted


def _is_same(db: Connection, one: int, other: int) -> bool:
    """Return True if two documents are of the same content."""
    query = "SELECT 1 FROM documents a JOIN documents b ON a.sha256 = b.sha256 WHERE a.id = ? AND b.id = ?"
    return db.execute(query + " AND a.sha256 <> ''", (one, other)).fetchone() is not None


def _hand_over(db: Connection, old: int, new: int, generation: int) -> None:
    """Give a document another one's sources, exclusions, collection and corrections, where it has none of its own."""
    query = "SELECT edited_facts FROM documents WHERE id = ?"
    theirs, own = (json.loads(db.execute(query, (id_,)).fetchone()[0]) for id_ in (old, new))
    if theirs | own != own:
        index_again(db, new, generation)
        values = (json.dumps(theirs | own), new)
        db.execute("UPDATE documents SET edited_facts = ?, recipe = '' WHERE id = ?", values)  # as in `edit_facts`
    db.execute(
        "UPDATE documents SET collection = (SELECT o.collection FROM documents o WHERE o.id = ?) "
        "WHERE id = ? AND collection = ''",
        (old, new),
    )
    db.execute(
        "INSERT INTO exclusions SELECT conversation_id, CAST(? AS BIGINT) FROM exclusions WHERE document_id = ? "
        "ON CONFLICT DO NOTHING",
        (new, old),
    )
    db.execute("UPDATE ledger SET document_id = ? WHERE document_id = ?", (new, old))


def detach_source(db: Connection, document_id: int, source: str, generation: int) -> bool:
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


def index_again(db: Connection, document_id: int, generation: int) -> None:
    """Have the indexes take a document's chunks anew and drop the old words: they contain its name and its facts.

    So do its overviews, which are deleted.
    """
    db.execute(_DELETE_OVERVIEWS, (document_id,))
    _record_removal(db, generation)
    db.execute("UPDATE chunks SET generation = ? WHERE document_id = ?", (generation, document_id))


def edit_facts(db: Connection, document_id: int, changes: Mapping[str, str | None], generation: int) -> bool:
    """Enter a person's facts; None restores what was found. Return False if there is no such document.

    They are kept beside those that were found, so that reading a document again changes only the latter. If the search
    has them in its context, the keyword index gets the chunks again, and the document loses its recipe: it counts as
    read in another way, and so is read and embedded again in time.
    """
    before = document(db, document_id)
    if before is None:
        return False
    (column,) = db.execute("SELECT edited_facts FROM documents WHERE id = ?", (document_id,)).fetchone()
    edited = {fact: value for fact, value in (json.loads(column) | dict(changes)).items() if value is not None}
    db.execute("UPDATE documents SET edited_facts = ? WHERE id = ?", (json.dumps(edited), document_id))
    after = document(db, document_id)
    if after and any(getattr(before.facts, fact) != getattr(after.facts, fact) for fact in _IN_CONTEXT):
        index_again(db, document_id, generation)
        db.execute("UPDATE documents SET recipe = '' WHERE id = ?", (document_id,))
    return True


def delete_all(db: Connection, document_ids: Collection[int]) -> list[int]:
    """Delete documents as `delete` does; return the ids of those that there were."""
    rows = db.execute(f"SELECT id FROM documents WHERE id IN {LISTED}", (json_ids(document_ids),))  # noqa: S608  our own
    found = [row[0] for row in rows]
    if found:
        generation = next_generation(db)
        for id_ in found:
            delete(db, id_, generation)
    return found


def delete(db: Connection, document_id: int, generation: int) -> None:
    """Delete a document and its ledger entries (by cascade)."""
    _delete_content(db, document_id, generation)
    db.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def _delete_content(db: Connection, document_id: int, generation: int) -> None:
    """Delete a document's pages, chunks, vectors and overviews, but keep its row and so its id."""
    db.execute("INSERT INTO removals SELECT id, ? FROM chunks WHERE document_id = ?", (generation, document_id))
    _record_removal(db, generation)
    db.execute("DELETE FROM vectors WHERE chunk_id IN (SELECT id FROM chunks WHERE document_id = ?)", (document_id,))
    db.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,))
    db.execute("DELETE FROM pages WHERE document_id = ?", (document_id,))
    db.execute(_DELETE_OVERVIEWS, (document_id,))


def _record_removal(db: Connection, generation: int) -> None:
    """Record that text was deleted: the index files contain it until they are purged."""
    keep_meta(db, "last_removal", str(generation))


def _write_row(db: Connection, document: NewDocument, document_id: int | None) -> int:
    """Insert the document's row, or update the one of `document_id`; return its id."""
    now = ledger.now()
    new = document if document_id is None else _as_known(db, document, document_id)
    columns = (new.name, new.source, new.recipe, new.size, facts_json(new.facts))
    if document_id is not None:
        db.execute(
            "UPDATE documents SET name = ?, source = ?, recipe = ?, size = ?, facts = ?, sha256 = ?, "
            "added_at = CASE WHEN sha256 = ? THEN added_at ELSE ? END, collection = coalesce(?, collection) "
            "WHERE id = ?",
            (*columns, new.sha256, new.sha256, now, new.collection, document_id),
        )
        return document_id
    row = db.execute(
        "INSERT INTO documents (name, source, recipe, size, facts, owner, sha256, added_at, collection) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, '')) RETURNING id",
        (*columns, new.owner, new.sha256, now, new.collection),
    ).fetchone()
    return int(row[0])


def _as_known(db: Connection, new: NewDocument, document_id: int) -> NewDocument:
    """Return a reading with the name and address of the source by which its content came first, if there is one."""
    stored = document(db, document_id)
    if stored is None or stored.sha256 != new.sha256 or not new.sha256 or stored.source == new.source:
        return new
    facts = with_fields(new.facts, address=stored.facts.address or new.facts.address)
    return with_fields(new, name=stored.name, source=stored.source, facts=facts)


def page_row(page: Page) -> PageRow:
    """Return the columns of a page."""
    return page.number, page.label, page.text, page.state, page.note, structure_json(page.structure)


def check_lengths(chunks: Sequence[NewChunk], vectors: Vectors) -> None:
    """Raise if there is not one vector for each chunk."""
    if len(vectors) != len(chunks):
        raise ValueError(f"{len(chunks)} chunks do not go with {len(vectors)} vectors")


def stored_dimension(db: Connection) -> int | None:
    """Return the dimension of the library's vectors; None while it has none."""
    stored = stored_meta(db, "dimension")
    return int(stored) if stored else None


def _check_dimension(db: Connection, dimension: int) -> None:
    """Record the dimension with the first document; raise if a later one differs."""
    stored = stored_dimension(db)
    if stored is None:
        keep_meta(db, "dimension", str(dimension))
    elif stored != dimension:
        raise LibraryError(
            f"This library holds vectors of dimension {stored}, and the embedder gives {dimension}: "
            "it is another model under the same name. Build a new library with --library."
        )
