"""The library's tables, and the checks made when a library is opened."""

import sqlite3
from uuid import uuid4

from rag.errors import LibraryError

SCHEMA = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
    """,
    """
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,      -- never used twice: an old citation cannot meet a new document
        name TEXT NOT NULL,
        source TEXT NOT NULL UNIQUE,
        sha256 TEXT NOT NULL,
        recipe TEXT NOT NULL,                      -- how it was read and cut: another recipe means reading it again
        size INTEGER NOT NULL,
        added_at TEXT NOT NULL,
        collection TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    CREATE TABLE pages (
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        label TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (document_id, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        page INTEGER NOT NULL,
        start INTEGER NOT NULL,                     -- characters of pages.text: the chunk's text is not stored again
        end INTEGER NOT NULL,
        heading TEXT NOT NULL,
        generation INTEGER NOT NULL                 -- the commit that added it
    )
    """,
    """
    CREATE INDEX chunks_by_document ON chunks(document_id)
    """,
    """
    CREATE INDEX chunks_by_generation ON chunks(generation)
    """,
    """
    CREATE TABLE vectors (
        chunk_id INTEGER PRIMARY KEY REFERENCES chunks(id) ON DELETE CASCADE,
        vector BLOB NOT NULL                        -- float32, little-endian
    )
    """,
    """
    CREATE TABLE removals (                         -- what derived indexes must forget
        chunk_id INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL
    )
    """,
    """
    CREATE INDEX removals_by_generation ON removals(generation)
    """,
)

VERSION = 2
"""Raised with every change of the tables; a library of a higher version is refused."""

MIGRATIONS = {
    1: ("ALTER TABLE documents ADD COLUMN collection TEXT NOT NULL DEFAULT ''",),
}
"""What brings a library of each earlier version to the next."""


def prepare(db: sqlite3.Connection, embedder: str) -> None:
    """Create the tables in a new library, or check that an existing one can be used and bring it up to date.

    Raises:
        LibraryError: the library is newer than this program, or was built with another embedder.
    """
    with db:
        db.execute("BEGIN IMMEDIATE")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            for statement in SCHEMA:
                db.execute(statement)
            db.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [
                    ("version", str(VERSION)),
                    ("identity", uuid4().hex),
                    ("generation", "0"),
                    ("embedder", embedder),
                ],
            )
        meta = dict(db.execute("SELECT key, value FROM meta"))
        for version in range(int(meta["version"]), VERSION):
            for statement in MIGRATIONS[version]:
                db.execute(statement)
            db.execute("UPDATE meta SET value = ? WHERE key = 'version'", (str(version + 1),))
    if int(meta["version"]) > VERSION:
        raise LibraryError(
            f"This library was written by a newer Citewell (format {meta['version']}, this one reads "
            f"{VERSION}). Upgrade Citewell, or choose another folder with --library."
        )
    if meta["embedder"] != embedder:
        raise LibraryError(
            f"This library was built with the embedder '{meta['embedder']}', and '{embedder}' is "
            f"set. Set CITEWELL_EMBEDDER={meta['embedder']}, or build a new library with --library."
        )
