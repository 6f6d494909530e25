"""Libraries as earlier versions wrote them, for tests of migrations."""

import sqlite3
from pathlib import Path

SECOND = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
    """,
    """
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        source TEXT NOT NULL UNIQUE,
        sha256 TEXT NOT NULL,
        recipe TEXT NOT NULL,
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
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        heading TEXT NOT NULL,
        generation INTEGER NOT NULL
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
        vector BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE removals (
        chunk_id INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL
    )
    """,
    """
    CREATE INDEX removals_by_generation ON removals(generation)
    """,
)
"""The tables of the second format; the first had no collections."""


def write_library(folder: Path, version: int, *, removed: int = 0) -> None:
    """Write a library of format 1 or 2 with one document, id `removed` + 1, of one page with text and one without."""
    folder.mkdir(parents=True)
    db = sqlite3.connect(folder / "library.sqlite")
    with db:
        for statement in SECOND:
            db.execute(statement)
        meta = {"version": str(version), "identity": "old", "generation": "1", "embedder": "words"}
        db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        for id_ in range(1, removed + 2):
            db.execute(
                "INSERT INTO documents (id, name, source, sha256, recipe, size, added_at) "
                "VALUES (?, 'a.txt', ?, 'hash', 'recipe', 8, '2026-01-01')",
                (id_, f"/{id_}"),
            )
        db.execute("DELETE FROM documents WHERE id <= ?", (removed,))
        db.execute("INSERT INTO pages VALUES (?, 1, '1', 'old text')", (removed + 1,))
        db.execute("INSERT INTO pages VALUES (?, 2, '2', '')", (removed + 1,))
        db.execute("INSERT INTO chunks VALUES (1, ?, 1, 0, 8, '', 1)", (removed + 1,))
        if version == 1:
            db.execute("ALTER TABLE documents DROP COLUMN collection")
    db.close()
