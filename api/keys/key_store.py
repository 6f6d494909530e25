"""Keys in a file of the library's folder. A key that is revoked is refused at once, in whichever process."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api.keys.key import Key, hash_of, is_same, new_key, parts_of
from rag.errors import LibraryError, SettingsError

FILE = "api_keys.sqlite"
_BUSY_SECONDS = 30.0
_TOUCH = timedelta(minutes=1)
"""A key's last use is written down at most so often."""

_TABLE = """
    CREATE TABLE IF NOT EXISTS keys (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        owner TEXT NOT NULL,
        collection TEXT,                           -- NULL: all of the owner's documents
        read_only INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        last_used_at TEXT NOT NULL,
        hash TEXT NOT NULL
    )
"""
_FIELDS = tuple(field.name for field in fields(Key))
_COLUMNS = ", ".join(_FIELDS)
_NO_HASH = hash_of("")
_MAX_NAME = 64


class KeyStore:
    """The keys of one library. Every call opens the file anew: it is small, and others may have changed it."""

    def __init__(self, library: Path) -> None:
        self.path = library / FILE

    def add(self, key: Key) -> str:
        """Store a key under an id of its own, and return its text, which nobody can find out again.

        Raises:
            SettingsError: the name cannot be used, or another key has it.
            LibraryError: the file cannot be written.
        """
        if not key.name.strip() or len(key.name) > _MAX_NAME or not key.name.isprintable():
            raise SettingsError(f"A key needs a name of 1 to {_MAX_NAME} characters, by which you will know it again.")
        id_, text, hashed = new_key()
        values = [id_, *(getattr(key, name) for name in _FIELDS[1:]), hashed]
        with self._open() as db:
            try:
                db.execute(f"INSERT INTO keys ({_COLUMNS}, hash) VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608  our own names
            except sqlite3.IntegrityError as error:
                raise SettingsError(
                    f"There is a key '{key.name}' already. Choose another name, or revoke it first: 'citewell keys "
                    f"revoke {key.name}'."
                ) from error
        return text

    def all(self) -> list[Key]:
        """Return the keys by name.

        Raises:
            LibraryError: the file cannot be read.
        """
        if not self.path.exists():
            return []
        with self._open() as db:
            return [_key(row) for row in db.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY name")]  # noqa: S608

    def revoke(self, name: str) -> None:
        """Delete a key.

        Raises:
            SettingsError: there is no such key.
            LibraryError: the file cannot be written.
        """
        found = 0
        if self.path.exists():
            with self._open() as db:
                found = db.execute("DELETE FROM keys WHERE name = ?", (name,)).rowcount
        if not found:
            raise SettingsError(f"There is no key '{name}'. 'citewell keys list' shows their names.")

    def verify(self, text: str, now: datetime | None = None) -> Key | None:
        """Return the key of this text, and note that it is used; None if there is none, or its time is over.

        Raises:
            LibraryError: the file cannot be read or written.
        """
        parts = parts_of(text)
        if parts is None or not self.path.exists():
            return None
        now = now or datetime.now(UTC)
        with self._open() as db:
            row = db.execute(f"SELECT {_COLUMNS}, hash FROM keys WHERE id = ?", (parts[0],)).fetchone()  # noqa: S608
            if not is_same(row[-1] if row else _NO_HASH, hash_of(parts[1])) or row is None:
                return None
            key = _key(row[:-1])
            if key.has_expired(now):
                return None
            if not key.last_used_at or datetime.fromisoformat(key.last_used_at) <= now - _TOUCH:
                used = now.isoformat(timespec="seconds")
                db.execute("UPDATE keys SET last_used_at = ? WHERE id = ?", (used, key.id))
        return key

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Yield the file, in a transaction. Only its owner may read it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS)) as db, db:
                db.execute(_TABLE)
                yield db
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(f"The keys in {self.path} cannot be used: {error}.") from error


def _key(row: tuple[Any, ...]) -> Key:
    values = dict(zip(_FIELDS, row, strict=True))
    return Key(**{**values, "read_only": bool(values["read_only"])})
