"""The library's tables, their migrations, and the checks when a library is opened."""

import sqlite3
from uuid import uuid4

from rag.errors import LibraryError

LEDGER = """
    CREATE TABLE ledger (                           -- every source that was ever named, and its state
        source TEXT NOT NULL,
        owner TEXT NOT NULL DEFAULT '',
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        note TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        at TEXT NOT NULL,
        document_id INTEGER REFERENCES documents(id) ON DELETE CASCADE,    -- shared where the content is the same
        PRIMARY KEY (source, owner)
    ) WITHOUT ROWID
    """

CONVERSATIONS = (
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,                       -- random: it appears in URLs and must not be guessable
        owner TEXT NOT NULL,
        name TEXT NOT NULL,
        settings TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    )
    """,
    """
    CREATE INDEX conversations_by_owner ON conversations(owner, updated_at)
    """,
    """
    CREATE TABLE exchanges (
        conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        asked_at TEXT NOT NULL,
        record TEXT NOT NULL,                      -- the whole answer as JSON, without anything of removed documents
        thumb TEXT NOT NULL DEFAULT '',
        remark TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (conversation_id, number)
    )
    """,
)

EXCLUSIONS = """
    CREATE TABLE exclusions (                       -- documents that a conversation does not search
        conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        PRIMARY KEY (conversation_id, document_id)
    ) WITHOUT ROWID
    """

OVERVIEWS = """
    CREATE TABLE overviews (                        -- summaries of documents that were asked for, or made ahead
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        language TEXT NOT NULL,
        model TEXT NOT NULL,
        record TEXT NOT NULL,                      -- the whole answer as JSON
        made_at TEXT NOT NULL,
        PRIMARY KEY (document_id, language)
    ) WITHOUT ROWID
    """

SCHEMA = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
    """,
    """
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,      -- never reused: an old citation cannot point to a new document
        name TEXT NOT NULL,
        source TEXT NOT NULL,
        owner TEXT NOT NULL DEFAULT '',            -- '': the person at the shell, who has no account
        sha256 TEXT NOT NULL,
        recipe TEXT NOT NULL,                      -- how it was read and chunked: if that changes, it is read again
        size INTEGER NOT NULL,
        added_at TEXT NOT NULL,
        collection TEXT NOT NULL DEFAULT '',
        facts TEXT NOT NULL DEFAULT '{}',          -- what the document is, as it was found
        edited_facts TEXT NOT NULL DEFAULT '{}',   -- and as a person corrected it: kept when it is read again
        UNIQUE (source, owner)
    )
    """,
    """
    CREATE INDEX documents_by_content ON documents(owner, sha256)
    """,
    LEDGER,
    """
    CREATE INDEX ledger_by_document ON ledger(document_id)
    """,
    """
    CREATE TABLE pages (
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        label TEXT NOT NULL,
        text TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'ready',
        note TEXT NOT NULL DEFAULT '',
        structure TEXT NOT NULL DEFAULT '',        -- headings, tables and figures as JSON; '' if there are none
        PRIMARY KEY (document_id, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        page INTEGER NOT NULL,
        start INTEGER NOT NULL,                     -- characters of pages.text: the chunk's text is not stored twice
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
    CREATE TABLE removals (                         -- chunks that the search indexes must remove
        chunk_id INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL
    )
    """,
    """
    CREATE INDEX removals_by_generation ON removals(generation)
    """,
    *CONVERSATIONS,
    EXCLUSIONS,
    """
    CREATE INDEX exclusions_by_document ON exclusions(document_id)
    """,
    OVERVIEWS,
)

VERSION = 7
"""Incremented with every change of the tables; a library of a higher version is refused."""

MIGRATIONS = {
    1: ("ALTER TABLE documents ADD COLUMN collection TEXT NOT NULL DEFAULT ''",),
    2: (
        # SQLite cannot drop UNIQUE from a column: the table is recreated and continues its id sequence.
        """
        CREATE TABLE documents_3 (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            source TEXT NOT NULL,
            owner TEXT NOT NULL DEFAULT '',
            sha256 TEXT NOT NULL,
            recipe TEXT NOT NULL,
            size INTEGER NOT NULL,
            added_at TEXT NOT NULL,
            collection TEXT NOT NULL DEFAULT '',
            UNIQUE (source, owner)
        )
        """,
        "INSERT INTO sqlite_sequence SELECT 'documents_3', seq FROM sqlite_sequence WHERE name = 'documents'",
        """
        INSERT INTO documents_3 (id, name, source, sha256, recipe, size, added_at, collection)
        SELECT id, name, source, sha256, recipe, size, added_at, collection FROM documents
        """,
        "DROP TABLE documents",
        "ALTER TABLE documents_3 RENAME TO documents",
        "CREATE INDEX documents_by_content ON documents(owner, sha256)",
        LEDGER,
        "CREATE INDEX ledger_by_document ON ledger(document_id)",
        "INSERT INTO ledger SELECT source, '', name, 'ready', '', '', sha256, size, added_at, id FROM documents",
        "ALTER TABLE pages ADD COLUMN state TEXT NOT NULL DEFAULT 'ready'",
        "ALTER TABLE pages ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        "UPDATE pages SET state = 'empty' WHERE text = ''",
    ),
    3: CONVERSATIONS,
    4: (EXCLUSIONS, "CREATE INDEX exclusions_by_document ON exclusions(document_id)"),
    5: (
        "ALTER TABLE documents ADD COLUMN facts TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE documents ADD COLUMN edited_facts TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE pages ADD COLUMN structure TEXT NOT NULL DEFAULT ''",
    ),
    6: (OVERVIEWS,),
}
"""Statements that migrate each version to the next. Foreign keys are not enforced meanwhile."""


def prepare(db: sqlite3.Connection, embedder: str) -> None:
    """Create the tables of a new library, or check that an existing one can be used and migrate it.

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
        raise LibraryError(_another_embedder(meta["embedder"], embedder))


def _another_embedder(stored: str, embedder: str) -> str:
    model = stored.partition(";")[0]
    prefixes = " and the embedder's prefixes as they were" if ";" in stored + embedder else ""
    return (
        f'This library was built with the embedder "{stored}", and "{embedder}" is set. Set '
        f"CITEWELL_EMBEDDER={model}{prefixes}, or build a new library with --library."
    )
