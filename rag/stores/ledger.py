"""The ledger: the state of every source that was ever named. Plain functions over the library's connection.

A document has one source or, if the same content was added under several names, several. Its row has the name and
source of the first; the others are only in the ledger.
"""

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from rag.stores.sql_statements import Connection
from rag.types import LedgerEntry, LedgerState, NewDocument

_COLUMNS = tuple(field.name for field in fields(LedgerEntry))
_ENTRY = f"SELECT {', '.join(_COLUMNS)} FROM ledger "  # noqa: S608  names of our own fields


def entries(db: Connection, owner: str | None) -> list[LedgerEntry]:
    """Return an owner's entries by name; everybody's for None."""
    chosen = "WHERE CAST(? AS TEXT) IS NULL OR owner = ? ORDER BY lower(name), source, owner"
    return [_entry(row) for row in db.execute(_ENTRY + chosen, (owner, owner))]


def entry(db: Connection, source: str, owner: str) -> LedgerEntry | None:
    """Return the entry of a source, or None."""
    row = db.execute(_ENTRY + "WHERE source = ? AND owner = ?", (source, owner)).fetchone()
    return _entry(row) if row else None


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    return LedgerEntry(**dict(zip(_COLUMNS, row, strict=True)))


def document_id(db: Connection, source: str, owner: str) -> int | None:
    """Return the id of the document stored for a source, or None."""
    row = db.execute("SELECT document_id FROM ledger WHERE source = ? AND owner = ?", (source, owner)).fetchone()
    return row[0] if row else None


def same_content(db: Connection, document: NewDocument) -> int | None:
    """Return the id of the owner's document with the same content, read and chunked the same way, or None."""
    if not document.sha256:
        return None
    row = db.execute(
        "SELECT id FROM documents WHERE owner = ? AND sha256 = ? AND recipe = ? ORDER BY id LIMIT 1",
        (document.owner, document.sha256, document.recipe),
    ).fetchone()
    return row[0] if row else None


def outdated_content(db: Connection, document: NewDocument) -> int | None:
    """Return the id of the owner's document with the same content that an earlier way of reading gave, or None.

    That of the same source comes first. Another reader's is none: the same bytes may be text under one name and HTML
    under another. One without a recipe (its facts were corrected) is told by the end of its name.
    """
    if not document.sha256:
        return None
    rows = db.execute(
        "SELECT d.id, d.name, d.recipe, EXISTS (SELECT 1 FROM ledger l WHERE l.document_id = d.id AND l.source = ?) "
        "FROM documents d WHERE d.owner = ? AND d.sha256 = ? AND d.recipe <> ? ORDER BY 4 DESC, 1",
        (document.source, document.owner, document.sha256, document.recipe),
    )
    for id_, name, recipe, is_own in rows:
        ends = (PurePath(name).suffix.lower(), PurePath(document.name).suffix.lower())
        if is_own or (_reader(recipe) == _reader(document.recipe) if recipe else ends[0] == ends[1] != ""):
            return int(id_)
    return None


def _reader(recipe: str) -> str:
    """Return the reader that a recipe begins with, without its version."""
    return recipe.partition("-")[0]


def write_entry(
    db: Connection, document: NewDocument, state: LedgerState, document_id: int | None, reason: str = ""
) -> None:
    """Write the entry of a source in place of its earlier one."""
    db.execute(
        "INSERT INTO ledger (source, owner, name, state, reason, note, sha256, size, at, document_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, owner) DO UPDATE SET name = excluded.name, "
        "state = excluded.state, reason = excluded.reason, note = excluded.note, sha256 = excluded.sha256, "
        "size = excluded.size, at = excluded.at, document_id = excluded.document_id",
        (
            document.source,
            document.owner,
            document.name,
            state,
            reason,
            document.note,
            document.sha256,
            document.size,
            now(),
            document_id,
        ),
    )


def other_source(db: Connection, document_id: int, source: str) -> tuple[str, str] | None:
    """Return source and name of the earliest other source of a document, or None if it has only this one."""
    row: tuple[str, str] | None = db.execute(
        "SELECT source, name FROM ledger WHERE document_id = ? AND source <> ? ORDER BY at, source LIMIT 1",
        (document_id, source),
    ).fetchone()
    return row


def now() -> str:
    """Return the current time in the stored format."""
    return datetime.now(UTC).isoformat(timespec="seconds")
