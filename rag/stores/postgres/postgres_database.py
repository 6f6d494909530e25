"""A library's tables in PostgreSQL for several threads, processes and machines: transactions, errors as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import local
from typing import Literal, get_args

import psycopg
from psycopg.rows import TupleRow

from rag.errors import LibraryError
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.dialect import PostgresConnection
from rag.stores.postgres.patient_connection import PatientConnection
from rag.stores.postgres.postgres_failures import UNKNOWN, explained_on, is_cut
from rag.stores.sql_statements import SharedPart, keep_meta, stored_meta

Part = Literal["library", "conversations", "notes", "indexes"] | SharedPart

_LOCKS: dict[Part, int] = {"library": 7170, "conversations": 7171, "notes": 7172, "indexes": 7173}
_LOCKS |= {part: 7180 + number for number, part in enumerate(get_args(SharedPart))}
"""Numbers of the locks by which one writer at a time changes a part, in whichever process: the rows rely on it."""

_LONG: dict[Part, float | None] = {"library": 600.0, "indexes": None}
"""Seconds that the server may be silent while these are written: a document has thousands of rows, and the building of
an index takes any time. Other statements end before `_SHORT_SECONDS`, the wait for a turn included."""

_SHORT_SECONDS = 40
_BEGIN = "BEGIN; SET LOCAL lock_timeout = '30s'; SET LOCAL statement_timeout = '%ds'"
_WAIT_FOR_TURN = b"SELECT pg_advisory_xact_lock(%d)"
_TAKE_TURN = b"SELECT pg_try_advisory_xact_lock(%d)"
_COUNT_CHANGE = b"UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'changes'"


class PostgresDatabase:
    """One part of a library's tables. Readers wait for nobody; writers of one part take turns."""

    def __init__(self, connections: Connections, part: Part) -> None:
        self._connections = connections
        self._part = part
        self._writer = local()

    def close(self) -> None:
        """Do nothing: the connections are shared, and closed by whoever opened them."""

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """Yield a connection for reading; each statement sees the last commit.

        Within `writing` it is the connection that writes, which sees what is not committed yet.
        """
        if (writer := getattr(self._writer, "connection", None)) is not None:
            yield writer
            return
        with self._connections.borrow() as raw:
            try:
                yield PostgresConnection(raw)
            except psycopg.Error as error:
                raise explained_on(raw, error, reading=True) from error

    @contextmanager
    def snapshot(self) -> Iterator[PostgresConnection]:
        """Yield a connection for reading; all its statements see the same commit."""
        if (writer := getattr(self._writer, "connection", None)) is not None:
            yield writer  # nobody else writes meanwhile
            return
        with self.reading() as db:
            db.raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield db
            finally:
                _roll_back(db.raw)

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        """Yield a connection inside a transaction, committed at the end and rolled back on any error."""
        with self._connections.borrow() as raw, self._transaction(raw) as db:
            raw.execute(_WAIT_FOR_TURN % _LOCKS[self._part])
            if self._part == "library":
                raw.execute(_COUNT_CHANGE)
            self._writer.connection = db
            yield db

    @contextmanager
    def writing_if_free(self) -> Iterator[PostgresConnection | None]:
        """Yield a connection as `writing` does, or None at once if another writer has its turn."""
        with self._connections.borrow() as raw, self._transaction(raw) as db:
            row = raw.execute(_TAKE_TURN % _LOCKS[self._part]).fetchone()
            self._writer.connection = db if row and row[0] else None
            yield self._writer.connection

    @contextmanager
    def _transaction(self, raw: PatientConnection) -> Iterator[PostgresConnection]:
        try:
            if raw.usual_patience is not None:
                raw.patience = _LONG.get(self._part, _SHORT_SECONDS * 1.1)
            seconds = 0 if self._part in _LONG or raw.usual_patience is None else _SHORT_SECONDS
            raw.execute((_BEGIN % seconds).encode())
            yield PostgresConnection(raw)
            self._writer.connection = None
            _commit(raw)
        except psycopg.Error as error:
            raise explained_on(raw, error) from error
        finally:
            self._writer.connection = None
            _roll_back(raw)

    def now(self) -> datetime:
        """Return the time of the database's clock, which is one for all who ask."""
        with self.reading() as db:
            ((moment,),) = db.execute("SELECT clock_timestamp()")
            return datetime.fromtimestamp(moment.timestamp(), UTC)

    def meta(self, key: str) -> str:
        """Return what the library says of itself under a key; "" if nothing."""
        with self.reading() as db:
            return stored_meta(db, key)

    def keep_meta(self, key: str, value: str) -> None:
        """Keep something that the library says of itself; no turn of a writer is waited for."""
        with self._connections.borrow() as raw:
            try:
                keep_meta(PostgresConnection(raw), key, value)
            except psycopg.Error as error:
                raise explained_on(raw, error) from error

    def change_mark(self) -> tuple[int, int]:
        """Return a mark that differs after any change of the library, by whomever."""
        return int(self.meta("changes")), 0

    def purge(self) -> None:
        """Do nothing: the server clears away what was deleted, when its autovacuum comes to the table."""

    def require_sound(self, seconds: float) -> None:  # noqa: ARG002  nothing here takes long
        """Raise a `LibraryError` if the server does not answer; its files are its own to check."""
        self.meta("identity")


def _commit(raw: psycopg.Connection[TupleRow]) -> None:
    try:
        raw.execute("COMMIT")
    except psycopg.Error as error:
        if is_cut(error):
            raise LibraryError(UNKNOWN) from error
        raise


def _roll_back(raw: psycopg.Connection[TupleRow]) -> None:
    """End the transaction if there still is one. A connection that was cut has none."""
    if raw.closed or raw.info.transaction_status.name == "IDLE":
        return
    try:
        raw.execute("ROLLBACK")
    except psycopg.Error:
        raw.close()
