"""One SQLite file for several threads and processes: transactions, and errors as readable messages."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from rag.errors import LibraryError
from rag.stores.schema import prepare

DATABASE = "library.sqlite"
_BUSY_SECONDS = 30.0
_PURGE_SECONDS = 1.0


class Database:
    """The connection to a library's file. In WAL mode, readers continue while another process writes.

    Raises:
        LibraryError: the folder cannot be written, the file is damaged, newer than this program, or was built with
            another embedder.
    """

    def __init__(self, folder: Path, *, embedder: str) -> None:
        self._lock = RLock()
        self._file = folder / DATABASE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                folder / DATABASE, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("PRAGMA secure_delete = ON")
                prepare(self._db, embedder)
                self._db.execute("PRAGMA foreign_keys = ON")
            except BaseException:
                self._db.close()
                raise
        except OSError as error:
            raise LibraryError(
                f"The library folder {folder} cannot be used: {error.strerror}. Choose another with "
                "--library or CITEWELL_LIBRARY."
            ) from error
        except sqlite3.Error as error:
            raise LibraryError(
                f"The library in {folder} cannot be opened: {error}. Restore {DATABASE} from a backup, "
                "or move the folder away and ingest again."
            ) from error

    def close(self) -> None:
        """Close the file; the database cannot be used afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection for reading; each statement sees the last commit."""
        self._require_file()
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise LibraryError(f"The library cannot be read: {error}.") from error

    @contextmanager
    def writing(self, *, deferred: bool = False) -> Iterator[sqlite3.Connection]:
        """Yield the connection inside a transaction, committed at the end and rolled back on any error.

        A `deferred` transaction takes the write lock only if it writes to the library's own tables.
        """
        self._require_file()
        with self._lock:
            try:
                self._db.execute("BEGIN DEFERRED" if deferred else "BEGIN IMMEDIATE")
                try:
                    yield self._db
                    self.commit()
                except BaseException:
                    if self._db.in_transaction:  # a full disk may have ended the transaction already
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise LibraryError(_explain(error)) from error

    def commit(self) -> None:
        """Commit the current transaction."""
        self._db.execute("COMMIT")

    def _require_file(self) -> None:
        """Raise if the file was deleted: an open connection would go on working, and every write would be lost."""
        if not self._file.exists():
            raise LibraryError(
                f"The library in {self._file.parent.name} is gone: it was moved or deleted. Put it back, or start "
                "Citewell again to begin a new one."
            )

    def purge(self) -> None:
        """Empty the write-ahead log, which still holds deleted content.

        SQLite cannot do that while another process reads: after a second it is left to the next purge.
        """
        with self.reading() as db:
            db.execute(f"PRAGMA busy_timeout = {_PURGE_SECONDS * 1000:.0f}")
            try:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                db.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000:.0f}")


def next_generation(db: sqlite3.Connection) -> int:
    """Increment the generation and return it; what this transaction writes belongs to it."""
    row = db.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation' RETURNING value").fetchone()
    return int(row[0])


def json_ids(ids: Collection[int]) -> str:
    """Return ids as one parameter for SQLite's json_each: any number of them, without building SQL from data."""
    return json.dumps([int(id_) for id_ in ids])


def _explain(error: sqlite3.Error) -> str:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return "The library cannot be written: the disk is full. Nothing was lost; make room and run the same again."
    return f"The library cannot be written: {error}. Nothing of this document was changed."
