"""Keys where the library is: in its database, or in a file of its folder. A key that is revoked is refused at once."""

from dataclasses import astuple, fields
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.key import Key, hash_of, new_key, parts_of
from rag.errors import SettingsError
from rag.stores.library_folder import KEYS
from rag.stores.sql_statements import SharedDatabase
from serving.private_database import PrivateFile

if TYPE_CHECKING:  # `citewell keys` needs none of the parts that those bring with them
    from rag.services import Services

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
_ADD = f"INSERT INTO keys ({_COLUMNS}, hash) VALUES ({', '.join('?' * (len(_FIELDS) + 1))}) ON CONFLICT DO NOTHING"  # noqa: S608  our own names
_NO_HASH = hash_of("")
_MAX_NAME = 64


class KeyStore:
    """The keys of one library, in `database` if that is given. Every call reads anew: others may have changed them."""

    def __init__(self, library: Path, database: SharedDatabase | None = None) -> None:
        self.path = library / KEYS
        self._database = database or PrivateFile(self.path, _TABLE)

    def now(self) -> datetime:
        """Return the time by which keys end: that of the database, which is one for all servers."""
        return self._database.now()

    def add(self, key: Key) -> str:
        """Store a key under an id of its own, and return its text, which nobody can find out again.

        Raises:
            SettingsError: the name cannot be used, or another key has it.
            LibraryError: the keys cannot be written.
        """
        if not key.name.strip() or len(key.name) > _MAX_NAME or not key.name.isprintable():
            raise SettingsError(f"A key needs a name of 1 to {_MAX_NAME} characters, by which you will know it again.")
        id_, text, hashed = new_key()
        with self._database.writing() as db:
            is_new = db.execute(_ADD, (id_, *_row(key)[1:], hashed)).rowcount > 0
        if not is_new:
            raise SettingsError(
                f"There is a key '{key.name}' already. Choose another name, or revoke it first: 'citewell keys revoke "
                f"{key.name}'."
            )
        return text

    def all(self) -> list[Key]:
        """Return the keys by name.

        Raises:
            LibraryError: the keys cannot be read.
        """
        with self._database.reading() as db:
            return [_key(row) for row in db.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY name")]  # noqa: S608

    def revoke(self, name: str) -> str:
        """Delete a key, and return its id.

        Raises:
            SettingsError: there is no such key.
            LibraryError: the keys cannot be written.
        """
        found = None
        if any(key.name == name for key in self.all()):
            with self._database.writing() as db:
                found = db.execute("DELETE FROM keys WHERE name = ? RETURNING id", (name,)).fetchone()
        if found is None:
            raise SettingsError(f"There is no key '{name}'. 'citewell keys list' shows their names.")
        return str(found[0])

    def revoke_all_of(self, owner: str) -> None:
        """Delete all keys of a user.

        Raises:
            LibraryError: the keys cannot be written.
        """
        if any(key.owner == owner for key in self.all()):
            with self._database.writing() as db:
                db.execute("DELETE FROM keys WHERE owner = ?", (owner,))

    def verify(self, text: str, now: datetime | None = None) -> Key | None:
        """Return the key of this text, and note that it is used; None if there is none, or its time is over.

        Raises:
            LibraryError: the keys cannot be read or written.
        """
        parts = parts_of(text)
        if parts is None:
            return None
        with self._database.reading() as db:
            row = db.execute(f"SELECT {_COLUMNS}, hash FROM keys WHERE id = ?", (parts[0],)).fetchone()  # noqa: S608
        if not compare_digest(row[-1] if row else _NO_HASH, hash_of(parts[1])) or row is None:
            return None
        key, now = _key(row[:-1]), now or self.now()
        if key.has_expired(now):
            return None
        if not key.last_used_at or datetime.fromisoformat(key.last_used_at) <= now - _TOUCH:
            with self._database.writing() as db:
                used = now.isoformat(timespec="seconds")
                db.execute("UPDATE keys SET last_used_at = ? WHERE id = ?", (used, key.id))
        return key

    def take(self, other: "KeyStore") -> int:
        """Take over the keys of another store, which are known by the same texts here; return how many are new."""
        with other._database.reading() as db:
            rows = db.execute(f"SELECT {_COLUMNS}, hash FROM keys").fetchall()  # noqa: S608
        with self._database.writing() as db:
            return sum(db.execute(_ADD, tuple(row)).rowcount for row in rows)


def keys_of(services: "Services") -> KeyStore:
    """Return the keys of the library of these services."""
    return KeyStore(services.settings.library, services.stores.shared("keys"))


def _row(key: Key) -> tuple[Any, ...]:
    return tuple(int(value) if isinstance(value, bool) else value for value in astuple(key))


def _key(row: tuple[Any, ...]) -> Key:
    values = dict(zip(_FIELDS, row, strict=True))
    return Key(**{**values, "read_only": bool(values["read_only"])})
