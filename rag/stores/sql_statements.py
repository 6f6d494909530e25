"""Statements that both databases understand: the connection as the rows see it, lists of ids, the generation.

Statements are written in SQLite's style of parameters (`?`, `:name`) and with the functions that both have;
`rag.stores.postgres.dialect` translates the few that PostgreSQL calls otherwise.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Literal, Protocol

LISTED = "(SELECT CAST(value AS BIGINT) FROM json_each(?))"
"""The ids in one parameter made by `json_ids`."""

_MAX_ID = 2**63 - 1

ELSEWHERE = (
    "The library is being written by another program, and was not free in time. Nothing was changed: wait until that "
    "program is done, and try again."
)
"""What a writer is told whose turn did not come."""

INDEX_RECORD = "index "
"""Beginning of the keys in `meta` under which a library keeps what it knows of its indexes."""

SharedPart = Literal["accounts", "sessions", "failed_sign_ins", "keys", "shares"]
"""What several servers of the app share beside the library. Writers of one part take turns."""


class Cursor(Protocol):
    """The rows of a statement."""

    @property
    def rowcount(self) -> int:
        """Number of rows written."""

    def fetchone(self) -> Any:
        """Return the next row; None after the last."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection to a database, as `sqlite3.Connection` is."""

    def execute(self, statement: str, parameters: Any = ..., /) -> Cursor:
        """Run a statement."""

    def executemany(self, statement: str, parameters: Any, /) -> Cursor:
        """Run a statement once for each set of parameters."""


class SharedDatabase(Protocol):
    """A part of a database that several threads and programs write: transactions, and one clock for all of them."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Yield a connection whose statements each see the last commit; within `writing`, that of the writer."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Yield a connection in a transaction, committed at the end and rolled back on any error."""

    def now(self) -> datetime:
        """Return the time, in UTC, by a clock that all who have it open share."""


class StoredDatabase(SharedDatabase, Protocol):
    """The database of a library, whose errors are `LibraryError`s."""

    def close(self) -> None:
        """Close it; it cannot be used afterwards."""

    def snapshot(self) -> AbstractContextManager[Connection]:
        """Yield a connection whose statements all see one state."""

    def meta(self, key: str) -> str:
        """Return what the library says of itself under a key; "" if nothing."""

    def keep_meta(self, key: str, value: str) -> None:
        """Keep something that it says of itself, by itself: it is no change of what is stored."""

    def change_mark(self) -> tuple[int, int]:
        """Return a mark that differs after any change."""

    def purge(self) -> None:
        """Have nothing left of what was deleted, as far as the database can."""

    def require_sound(self, seconds: float) -> None:
        """Raise a `LibraryError` if it is damaged, as far as that is found in so many seconds."""


def stored_meta(db: Connection, key: str) -> str:
    """Return what the library says of itself under a key; "" if nothing."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def keep_meta(db: Connection, key: str, value: str) -> None:
    """Have the library say something of itself."""
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))


def next_generation(db: Connection) -> int:
    """Increment the generation and return it; what this transaction writes belongs to it."""
    row = db.execute(
        "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'generation' RETURNING value"
    ).fetchone()
    return int(row[0])


def json_ids(ids: Collection[int]) -> str:
    """Return ids as one parameter for `LISTED`: any number of them, without building SQL from data."""
    return json.dumps([int(id_) for id_ in ids if abs(id_) <= _MAX_ID])
