"""Documents as the tables have them. Plain functions over the library's connection."""

import json
import sqlite3
from typing import Any

from rag.stores import ledger
from rag.types import Document, NewDocument

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
    values = [*row[:-1], tuple(json.loads(row[-1]))]
    return Document(*values)
