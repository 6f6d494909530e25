"""One SQLite file for several threads and processes: transactions, and errors as readable messages."""

import json
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore, Lock, RLock, get_ident

from rag.errors import LibraryError
from rag.stores.schema import prepare
from rag.stores.sql_statements import ELSEWHERE, keep_meta, stored_meta

DATABASE = "library.sqlite"
_BUSY_SECONDS = 30.0
_CROWDED_SECONDS = 1.0
_PURGE_SECONDS = 1.0
_MOST_WAITING = 16
"""Threads that may wait to write: a server has more, and the others go on reading."""

_IDLE_READERS = 8
_STEPS = 10_000
_DAMAGED = (
    "The library's file {file} is damaged: {error}. Restore a backup with 'citewell library restore FILE', or take "
    "what is whole into a new library with 'citewell library salvage FOLDER'."
)


class Database:
    """The connections to a library's file: one that writes, and as many as are needed that read.

    In WAL mode, readers wait for nobody, neither in this process nor in another. `for_copy` opens a copy that is not
    finished.

    Raises:
        LibraryError: the folder cannot be written, the file is damaged, newer than this program, or was built with
            another embedder.
    """

    def __init__(self, folder: Path, *, embedder: str, for_copy: bool = False) -> None:
        self._lock = RLock()
        self._room = BoundedSemaphore(_MOST_WAITING)
        self._writing = 0
        self._idle: deque[sqlite3.Connection] = deque()
        self._is_closed = False
        self._watch = _ChangeWatch()
        self._file = folder / DATABASE
        try:
            folder.mkdir(0o700, parents=True, exist_ok=True)  # documents are not for the machine's other users
            self._db = self._connect()
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("PRAGMA secure_delete = ON")
                prepare(self._db, embedder, for_copy=for_copy)
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
            if is_damage(error):
                raise LibraryError(_DAMAGED.format(file=self._file, error=error)) from error
            raise LibraryError(
                f"The library in {folder} cannot be opened: {error}. Restore {DATABASE} from a backup, "
                "or move the folder away and ingest again."
            ) from error

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        db.create_function("folded", 1, str.casefold, deterministic=True)  # SQLite's own lower() knows ASCII only
        db.create_function("said", 1, _said, deterministic=True)
        return db

    def close(self) -> None:
        """Close the file; the database cannot be used afterwards."""
        with self._lock:
            self._is_closed = True
            while self._idle:
                self._idle.pop().close()
            self._db.close()
        self._watch.end()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for reading; each statement sees the last commit.

        Within `writing` it is the connection that writes, which sees what is not committed yet.
        """
        self._require_file()
        if self._writing == get_ident():
            yield self._db
            return
        try:
            db = self._reader()
            try:
                yield db
            finally:
                self._put_back(db)
        except sqlite3.Error as error:
            raise LibraryError(self._explained(error, reading=True)) from error

    def _reader(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            if self._is_closed:
                raise sqlite3.ProgrammingError("it has been closed") from None
        db = self._connect()
        db.execute("PRAGMA query_only = ON")
        return db

    def _put_back(self, db: sqlite3.Connection) -> None:
        if self._is_closed or len(self._idle) >= _IDLE_READERS or db.in_transaction:
            db.close()
        else:
            self._idle.append(db)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for reading; all its statements see the same commit."""
        with self.reading() as db:
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection inside a transaction, committed at the end and rolled back on any error."""
        self._require_file()
        with self._turn():
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                    self.commit()
                except BaseException:
                    if self._db.in_transaction:  # a full disk may have ended the transaction already
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise LibraryError(self._explained(error)) from error

    def require_sound(self, seconds: float) -> None:
        """Look through the file's pages, for so long at most: a large library is looked through in part.

        Raises:
            LibraryError: it is damaged.
        """
        end = time.monotonic() + seconds
        with self.reading() as db:
            db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
            try:
                found = [row[0] for row in db.execute("PRAGMA quick_check(1)")]
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
                return
            finally:
                db.set_progress_handler(None, 0)
        if found != ["ok"]:
            raise LibraryError(_DAMAGED.format(file=self._file, error=" ".join(found[0].split())[:200]))

    def _explained(self, error: sqlite3.Error, *, reading: bool = False) -> str:
        if is_damage(error):
            return _DAMAGED.format(file=self._file, error=error)
        return f"The library cannot be read: {error}." if reading else _explain(error)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until no other thread writes; SQLite waits for other processes as long as is left of the time."""
        begun = time.monotonic()
        if not self._room.acquire(timeout=_CROWDED_SECONDS):
            raise LibraryError(ELSEWHERE)
        try:
            if not self._lock.acquire(timeout=_BUSY_SECONDS):
                raise LibraryError(ELSEWHERE)
            try:
                if self._is_closed:  # by the program's end, while a thread still works
                    raise LibraryError("The library cannot be written to: it has been closed.")
                self._wait_at_most(max(0.0, _BUSY_SECONDS - (time.monotonic() - begun)))
                self._writing = get_ident()
                yield
            finally:
                self._writing = 0
                self._lock.release()
        finally:
            self._room.release()

    def _wait_at_most(self, seconds: float) -> None:
        self._db.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")

    def commit(self) -> None:
        """Commit the current transaction."""
        self._db.execute("COMMIT")

    def change_mark(self) -> tuple[int, int]:
        """Return a mark that differs after any commit, of whomever: SQLite counts for each connection by itself."""
        self._require_file()
        try:
            return self._watch.mark(self._reader)
        except sqlite3.Error as error:
            self._watch.end()
            raise LibraryError(self._explained(error, reading=True)) from error

    def meta(self, key: str) -> str:
        """Return what the library says of itself under a key; "" if nothing."""
        with self.reading() as db:
            return stored_meta(db, key)

    def keep_meta(self, key: str, value: str) -> None:
        """Keep something that the library says of itself."""
        with self.writing() as db:
            keep_meta(db, key, value)

    def _require_file(self) -> None:
        """Raise if the file was deleted: an open connection would go on working, and every write would be lost."""
        if not self._file.exists():
            raise LibraryError(
                f"The library in {self._file.parent.name} is gone: it was moved or deleted. Put it back, or start "
                "Citewell again to begin a new one."
            )

    def now(self) -> datetime:
        """Return the time of this machine."""
        return datetime.now(UTC)

    def purge(self) -> None:
        """Empty the write-ahead log, which still holds deleted content.

        SQLite cannot do that while another process reads: after a second it is left to the next purge.
        """
        self._require_file()
        try:
            with self._turn():
                self._wait_at_most(_PURGE_SECONDS)
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise LibraryError(self._explained(error)) from error


class _ChangeWatch:
    """A connection that never writes, kept to count what all others commit; begun anew, its marks are others."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None
        self._begun = 0

    def mark(self, open_: Callable[[], sqlite3.Connection]) -> tuple[int, int]:
        with self._lock:
            if self._db is None:
                self._db = open_()
                self._begun += 1
            return self._begun, int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def end(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None


def _said(record: str) -> str:
    """Return question and answer of a record, folded."""
    values = json.loads(record)
    return f"{values.get('question')}\n{values.get('answer')}".casefold()


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether an error says that the file is no sound database."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _explain(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the upper bits say more about the same error
    if code == sqlite3.SQLITE_BUSY:
        return ELSEWHERE
    if code == sqlite3.SQLITE_FULL:
        return "The library cannot be written: the disk is full. Nothing was lost; make room and run the same again."
    return f"The library cannot be written: {error}. Nothing of this document was changed."
