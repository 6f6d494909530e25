"""Small SQLite files of secrets and permissions in the library's folder: only their owner may read them."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import LibraryError

_BUSY_SECONDS = 30.0


@contextmanager
def private_database(path: Path, *tables: str) -> Iterator[sqlite3.Connection]:
    """Yield the file with these tables, in a transaction. It is opened anew each time: others may have changed it.

    Raises:
        LibraryError: it cannot be used.
    """
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as db, db:
            db.execute("PRAGMA secure_delete = ON")
            for table in tables:
                db.execute(table)
            yield db
    except (OSError, sqlite3.Error) as error:
        raise LibraryError(f"The file {path} cannot be used: {error}.") from error


class PrivateFile:
    """Such a file as a `SharedDatabase`. It is made when something is first written into it."""

    def __init__(self, path: Path, *tables: str) -> None:
        self._path = path
        self._tables = tables

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Yield a connection; to tables without rows, as long as there is no file."""
        return self.writing() if self._path.exists() else _nothing(self._tables)

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Yield a connection in a transaction."""
        return private_database(self._path, *self._tables)

    def now(self) -> datetime:
        """Return the time of this machine."""
        return datetime.now(UTC)


@contextmanager
def _nothing(tables: tuple[str, ...]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as db:
        for table in tables:
            db.execute(table)
        yield db
