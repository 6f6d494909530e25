"""The ledger: the state of every source that was ever named. Plain functions over the library's connection.

A document has one source or, if the same content was added under several names, several. Its row has the name and
source of the first; the others are only in the ledger.
"""

import sqlite3
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from rag.types import LedgerEntry, LedgerState, NewDocument, PageRecord

_COLUMNS = tuple(field.name for field in fields(LedgerEntry))
_ENTRY = f"SELECT {', '.join(_COLUMNS)} FROM ledger "  # noqa: S608  names of our own fields


def entries(db: sqlite3.Connection, owner: str | None) -> list[LedgerEntry]:
    """Return an owner's entries by name; everybody's for None."""
    chosen = "WHERE ? IS NULL OR owner = ? ORDER BY name COLLATE NOCASE, source, owner"
    return [_entry(row) for row in db.execute(_ENTRY + chosen, (owner, owner))]


def entry(db: sqlite3.Connection, source: str, owner: str) -> LedgerEntry | None:
    """Return the entry of a source, or None."""
    row = db.execute(_ENTRY + "WHERE source = ? AND owner = ?", (source, owner)).fetchone()
    return _entry(row) if row else None


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    return LedgerEntry(**dict(zip(_COLUMNS, row, strict=True)))


def page_records(db: sqlite3.Connection, document_id: int) -> list[PageRecord]:
    """Return the state of each page of a document, in order."""
    rows = db.execute(
        "SELECT number, label, state, note, length(text) FROM pages WHERE document_id = ? ORDER BY number",
        (document_id,),
    )
    return [PageRecord(*row) for row in rows]


def document_id(db: sqlite3.Connection, source: str, owner: str) -> int | None:
    """Return the id of the document stored for a source, or None."""
    row = db.execute("SELECT document_id FROM ledger WHERE source = ? AND owner = ?", (source, owner)).fetchone()
    return row[0] if row else None


def same_content(db: sqlite3.Connection, document: NewDocument) -> int | None:
    """Return the id of the owner's document with the same content, read and chunked the same way, or None."""
    if not document.sha256:
        return None
    row = db.execute(
        "SELECT id FROM documents WHERE owner = ? AND sha256 = ? AND recipe = ? ORDER BY id LIMIT 1",
        (document.owner, document.sha256, document.recipe),
    ).fetchone()
    return row[0] if row else None


def write_entry(
    db: sqlite3.Connection, document: NewDocument, state: LedgerState, document_id: int | None, reason: str = ""
) -> None:
    """Write the entry of a source in place of its earlier one."""
    db.execute(
        "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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


def other_source(db: sqlite3.Connection, document_id: int, source: str) -> tuple[str, str] | None:
    """Return source and name of the earliest other source of a document, or None if it has only this one."""
    row: tuple[str, str] | None = db.execute(
        "SELECT source, name FROM ledger WHERE document_id = ? AND source <> ? ORDER BY at, source LIMIT 1",
        (document_id, source),
    ).fetchone()
    return row


def now() -> str:
    """Return the current time in the stored format."""
    return datetime.now(UTC).isoformat(timespec="seconds")
