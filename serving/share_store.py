"""Shares where the library is: in its database, or in a file of its folder. What is withdrawn is refused at once."""

from datetime import datetime
from pathlib import Path
from typing import Any

from rag.stores.library_folder import SHARES
from rag.stores.sql_statements import SharedDatabase
from serving.private_database import PrivateFile
from serving.share import CollectionShare, ConversationShare, Link, ShareRole, hash_of_token, moment_text

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS collections (
        owner TEXT NOT NULL, collection TEXT NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL, shared_at TEXT NOT NULL,
        PRIMARY KEY (owner, collection, user)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS conversations (
        owner TEXT NOT NULL, conversation TEXT NOT NULL, user TEXT NOT NULL, shared_at TEXT NOT NULL,
        PRIMARY KEY (conversation, user)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS links (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, conversation TEXT NOT NULL, created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS borrowed (conversation TEXT PRIMARY KEY) WITHOUT ROWID
    """,  # conversations with answers from documents that are not their owner's
)
_IN_DATABASE = "shared_"
"""Begins the names of the tables in a database, which has conversations of its own."""

_COLLECTIONS = 'SELECT owner, collection, "user", role, shared_at FROM {}collections WHERE '
_CONVERSATIONS = 'SELECT owner, conversation, "user", shared_at FROM {}conversations WHERE '
_LINKS = "SELECT id, owner, conversation, created_at, expires_at FROM {}links WHERE "
_ORDER = ' ORDER BY shared_at, "user"'
_SHARE_COLLECTION = """
    INSERT INTO {}collections VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (owner, collection, "user") DO UPDATE SET role = excluded.role, shared_at = excluded.shared_at
"""
_SHARE_CONVERSATION = """
    INSERT INTO {}conversations VALUES (?, ?, ?, ?)
    ON CONFLICT (conversation, "user") DO UPDATE SET owner = excluded.owner, shared_at = excluded.shared_at
"""


class ShareStore:
    """The shares of one library, in `database` if that is given.

    Who may share what, `serving.ownership` and `serving.granting` decide.
    """

    def __init__(self, library: Path, database: SharedDatabase | None = None) -> None:
        self.path = library / SHARES
        self._database = database or PrivateFile(self.path, *_TABLES)
        self._prefix = _IN_DATABASE if database else ""

    def now(self) -> datetime:
        """Return the time by which links end: that of the database, which is one for all servers."""
        return self._database.now()

    def share_collection(self, owner: str, collection: str, user: str, role: ShareRole) -> None:
        """Share a collection with a user, or change their role."""
        self._write(_SHARE_COLLECTION, owner, collection, user, role, moment_text(self.now()))

    def withdraw_collection(self, owner: str, collection: str, user: str) -> None:
        """Withdraw a collection from a user."""
        statement = 'DELETE FROM {}collections WHERE owner = ? AND collection = ? AND "user" = ?'
        self._write(statement, owner, collection, user)

    def collections_of(self, owner: str) -> list[CollectionShare]:
        """Return the shares that an owner has made of collections."""
        return [CollectionShare(*row) for row in self._rows(_COLLECTIONS + "owner = ?" + _ORDER, owner)]

    def collections_for(self, user: str) -> list[CollectionShare]:
        """Return the collections that are shared with a user."""
        return [CollectionShare(*row) for row in self._rows(_COLLECTIONS + '"user" = ?' + _ORDER, user)]

    def share_conversation(self, owner: str, conversation: str, user: str) -> None:
        """Let a user read a conversation."""
        self._write(_SHARE_CONVERSATION, owner, conversation, user, moment_text(self.now()))

    def withdraw_conversation(self, owner: str, conversation: str, user: str) -> None:
        """Withdraw a conversation from a user."""
        statement = 'DELETE FROM {}conversations WHERE owner = ? AND conversation = ? AND "user" = ?'
        self._write(statement, owner, conversation, user)

    def conversations_of(self, owner: str) -> list[ConversationShare]:
        """Return the shares that an owner has made of conversations."""
        return [ConversationShare(*row) for row in self._rows(_CONVERSATIONS + "owner = ?" + _ORDER, owner)]

    def conversations_for(self, user: str) -> list[ConversationShare]:
        """Return the conversations that are shared with a user."""
        return [ConversationShare(*row) for row in self._rows(_CONVERSATIONS + '"user" = ?' + _ORDER, user)]

    def add_link(self, link: Link, token: str) -> None:
        """Store a link with the hash of its token."""
        values = (link.id, link.owner, link.conversation, link.created_at, link.expires_at, hash_of_token(token))
        self._write("INSERT INTO {}links VALUES (?, ?, ?, ?, ?, ?)", *values)

    def withdraw_link(self, owner: str, id_: str) -> None:
        """Withdraw a link of this owner's."""
        self._write("DELETE FROM {}links WHERE owner = ? AND id = ?", owner, id_)

    def links_of(self, owner: str) -> list[Link]:
        """Return an owner's links, those that have expired too, the oldest first."""
        return [Link(*row) for row in self._rows(_LINKS + "owner = ? ORDER BY created_at, id", owner)]

    def find_link(self, token: str) -> Link | None:
        """Return the link of a token; None if there is none, or its time is over."""
        hashed = hash_of_token(token)
        rows = self._rows(_LINKS + "hash = ?", hashed) if hashed else []
        link = Link(*rows[0]) if rows else None
        return None if link is None or link.has_expired(self.now()) else link

    def mark_borrowed(self, conversation: str) -> None:
        """Note that a conversation has an answer from documents that are not its owner's."""
        self._write("INSERT INTO {}borrowed VALUES (?) ON CONFLICT DO NOTHING", conversation)

    def has_borrowed(self, conversation: str) -> bool:
        """Return whether a conversation has an answer from documents that are not its owner's."""
        return bool(self._rows("SELECT 1 FROM {}borrowed WHERE conversation = ?", conversation))

    def forget_conversation(self, conversation: str) -> None:
        """Withdraw a conversation from everybody, its links included."""
        with self._database.writing() as db:
            for table in ("conversations", "links", "borrowed"):
                db.execute(f"DELETE FROM {self._prefix}{table} WHERE conversation = ?", (conversation,))  # noqa: S608  our own names

    def forget_user(self, user: str) -> None:
        """Withdraw all that a user has shared, and all that is shared with them."""
        with self._database.writing() as db:
            for table in ("collections", "conversations"):
                db.execute(f'DELETE FROM {self._prefix}{table} WHERE owner = ? OR "user" = ?', (user, user))  # noqa: S608
            db.execute(f"DELETE FROM {self._prefix}links WHERE owner = ?", (user,))  # noqa: S608

    def take(self, other: "ShareStore") -> None:
        """Take over what another store has; what is here already stays."""
        with other._database.reading() as read, self._database.writing() as db:
            for table, columns in (("collections", 5), ("conversations", 4), ("links", 6), ("borrowed", 1)):
                rows = read.execute(f"SELECT * FROM {other._prefix}{table}").fetchall()  # noqa: S608
                values = ", ".join("?" * columns)
                statement = f"INSERT INTO {self._prefix}{table} VALUES ({values}) ON CONFLICT DO NOTHING"  # noqa: S608
                db.executemany(statement, rows)

    def _rows(self, query: str, value: str) -> list[tuple[Any, ...]]:
        with self._database.reading() as db:
            return db.execute(query.format(self._prefix), (value,)).fetchall()

    def _write(self, statement: str, *values: str) -> None:
        with self._database.writing() as db:
            db.execute(statement.format(self._prefix), values)
