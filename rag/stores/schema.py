"""The library's tables, their migrations, and the checks when a library is opened."""

import json
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

OPEN_QUESTIONS = """
    CREATE TABLE open_questions (                   -- asked and not answered yet, so that a server may die meanwhile
        conversation_id TEXT PRIMARY KEY REFERENCES conversations(id) ON DELETE CASCADE,
        key TEXT NOT NULL,                         -- of whoever answers it
        question TEXT NOT NULL,
        held_until TEXT NOT NULL                   -- moved on while it is being answered
    ) WITHOUT ROWID
    """

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

NOTES = (
    """
    CREATE TABLE notes (
        id TEXT PRIMARY KEY,                       -- random, as of conversations
        owner TEXT NOT NULL,
        place INTEGER NOT NULL,                    -- the order that the owner gave them
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        record TEXT NOT NULL,                      -- a saved answer or quote as JSON; 'null' if it is only written
        version INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    )
    """,
    """
    CREATE INDEX notes_by_owner ON notes(owner, place)
    """,
)

SCHEMA = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
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
    "CREATE INDEX documents_by_content ON documents(owner, sha256)",
    LEDGER,
    "CREATE INDEX ledger_by_document ON ledger(document_id)",
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
    "CREATE INDEX chunks_by_document ON chunks(document_id)",
    "CREATE INDEX chunks_by_generation ON chunks(generation)",
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
    "CREATE INDEX removals_by_generation ON removals(generation)",
    *CONVERSATIONS,
    EXCLUSIONS,
    "CREATE INDEX exclusions_by_document ON exclusions(document_id)",
    OVERVIEWS,
    *NOTES,
    OPEN_QUESTIONS,
)

VERSION = 9
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
    7: NOTES,
    8: (OPEN_QUESTIONS,),
}
"""Statements that migrate each version to the next. Foreign keys are not enforced meanwhile."""


UNFINISHED = "copying"
"""Key in `meta` of a library that is being copied from elsewhere: the copy's source, as JSON."""


def prepare(db: sqlite3.Connection, embedder: str, *, for_copy: bool = False) -> None:
    """Create the tables of a new library, or check that an existing one can be used and migrate it.

    Raises:
        LibraryError: the library is newer than this program, was built with another embedder, or is a copy that was not
            finished; that one is opened `for_copy`.
    """
    meta = read_meta(db)
    if meta.get("version") != str(VERSION):  # otherwise nothing need be written, and another program may be writing
        meta = _write_tables(db, embedder)
    require_known_format(meta["version"])
    if meta["embedder"] != embedder:
        raise LibraryError(another_embedder(meta["embedder"], embedder))
    if UNFINISHED in meta and not for_copy:
        raise LibraryError(unfinished_copy(meta[UNFINISHED]))


def require_known_format(version: str) -> None:
    """Raise a `LibraryError` if a library is of a format that this program does not know."""
    if int(version) > VERSION:
        raise LibraryError(
            f"This library was written by a newer Citewell (format {version}, this one reads "
            f"{VERSION}). Upgrade Citewell, or choose another folder with --library."
        )


def read_meta(db: sqlite3.Connection) -> dict[str, str]:
    """Return what the library says of itself; nothing of a new one."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        return {}
    return dict(db.execute("SELECT key, value FROM meta"))


def _write_tables(db: sqlite3.Connection, embedder: str) -> dict[str, str]:
    """Create the tables, or migrate those of an earlier version; return what the library says of itself."""
    with db:
        db.execute("BEGIN IMMEDIATE")
        if not read_meta(db):
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
        for version in range(int(read_meta(db)["version"]), VERSION):
            for statement in MIGRATIONS[version]:
                db.execute(statement)
            db.execute("UPDATE meta SET value = ? WHERE key = 'version'", (str(version + 1),))
    return read_meta(db)


def another_embedder(stored: str, embedder: str) -> str:
    """Return how to go on with a library that another embedder built."""
    model = stored.partition(";")[0]
    prefixes = " and the embedder's prefixes as they were" if ";" in stored + embedder else ""
    return (
        f'This library was built with the embedder "{stored}", and "{embedder}" is set. Set '
        f"CITEWELL_EMBEDDER={model}{prefixes}, or build a new library with --library."
    )


def unfinished_copy(marker: str) -> str:
    """Return how to go on with a library that is only a part of another."""
    return (
        f"This library is a copy of {json.loads(marker)['label']} that is not finished. Run the same 'citewell library "
        "copy FROM TO' again: it goes on where it was."
    )
