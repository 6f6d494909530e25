"""Users in the database of the library: whoever is added, changed or removed is so on every server at once."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from rag.stores.sql_statements import Connection, SharedDatabase
from serving.accounts import AccountFile, Password
from serving.user_store import UserStore

_SELECT = "SELECT name, salt, hash, cost, role, identity FROM accounts"
_STORE = """
    INSERT INTO accounts (name, salt, hash, cost, role, identity) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE
    SET salt = excluded.salt, hash = excluded.hash, cost = excluded.cost, role = excluded.role,
        identity = excluded.identity
"""
_FORGET_FAILURES = "DELETE FROM failed_sign_ins WHERE (kind = 'user' AND what = ?) OR instr(what, ?) = 1"


class StoredUsers(UserStore):
    """The users of a database. Nothing is remembered: each call asks it."""

    def __init__(self, database: SharedDatabase) -> None:
        super().__init__()
        self._database = database

    @property
    def place(self) -> str:
        """The database, whose address may have a password."""
        return "in the database"

    @property
    def are_there(self) -> bool:
        """True if there is a user: from then on everybody has to sign in."""
        with self._database.reading() as db:
            return db.execute("SELECT 1 FROM accounts LIMIT 1").fetchone() is not None

    def _load(self) -> AccountFile:
        with self._database.reading() as db:
            return _file(db.execute(_SELECT + " ORDER BY name"))

    def _load_one(self, name: str) -> AccountFile:
        with self._database.reading() as db:
            return _file(db.execute(_SELECT + " WHERE name = ?", (name,)))

    def _changing(self) -> AbstractContextManager[Connection]:
        return self._database.writing()

    def _write(self, file: AccountFile) -> None:
        before = self._load()
        with self._database.reading() as db:  # that of `_changing`
            for name in before.users.keys() - file.users.keys():
                db.execute("DELETE FROM accounts WHERE name = ?", (name,))
                db.execute("DELETE FROM sessions WHERE account = ?", (name,))
                db.execute(_FORGET_FAILURES, (name, f"{name}\n"))
            db.executemany(_STORE, [_row(file, name) for name in file.users if _row(file, name) != _row(before, name)])


def _file(rows: Iterable[Any]) -> AccountFile:
    file = AccountFile()
    for name, salt, hash_, cost, role, identity in rows:
        file.users[name] = Password(salt, hash_, cost)
        file.roles[name] = role
        if identity:
            file.identities[name] = identity
    return file


def _row(file: AccountFile, name: str) -> tuple[Any, ...]:
    """Return a user as a row; an empty one if there is no such user."""
    if name not in file.users:
        return ()
    password = file.users[name]
    return name, password.salt, password.hash, password.cost, file.role(name), file.identities.get(name, "")
