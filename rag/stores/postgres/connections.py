"""The connections of one process to a PostgreSQL database: reused while they live, opened anew when they are cut."""

import select
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

import psycopg
from psycopg import conninfo
from psycopg.rows import TupleRow
from psycopg.types.string import TextLoader

from rag.errors import LibraryError, SettingsError
from rag.stores.postgres.patient_connection import PatientConnection
from rag.stores.postgres.postgres_failures import explained, not_connected

_MOST = 24
"""Connections of a process at once: a server has 100 by default, for all its clients."""

_WAIT_SECONDS = 30.0
_CONNECT_SECONDS = 10
_DEFAULTS: dict[str, Any] = {
    "application_name": "citewell",
    "connect_timeout": _CONNECT_SECONDS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Parameters of libpq unless the address has others. The system's own are quarters of an hour until a host is given up
that lost its power or its network."""

_STATEMENT_SECONDS = 20
"""A statement takes a fraction of it, on a million chunks too."""

_GRACE_SECONDS = 5.0
"""The server ends a statement itself, if it can: so much later it is given up."""

_SESSION = """
    SET jit = off;
    SET hnsw.iterative_scan = strict_order;
    SELECT set_config('statement_timeout', '%ds', false)
    FROM pg_settings WHERE name = 'statement_timeout' AND source = 'default';
    SELECT set_config('hnsw.ef_search', CASE WHEN max(reltuples) > 400000 THEN '500' ELSE '200' END, false)
    FROM pg_class WHERE oid = to_regclass('vectors');
    SELECT CAST(setting AS INTEGER) FROM pg_settings WHERE name = 'statement_timeout'
"""
"""Without iterative scan, a filter is applied to the nearest few only: recall .37 where it is .998 with it. The
candidates are those of each part of the vectors: 200 find .997 of 100,000 and .928 of a million, more find .95."""


class Connections:
    """Connections to the database of an address, as libpq takes it: several hosts, options and environment included.

    Statements that read end after `statement_seconds` (0: never), unless the address, the user or the server has a
    `statement_timeout`.

    Raises:
        SettingsError: the address cannot be used.
    """

    def __init__(self, address: str, *, statement_seconds: int = _STATEMENT_SECONDS) -> None:
        try:
            given = conninfo.conninfo_to_dict(address)
        except psycopg.Error:  # its message would tell parts of the address, such as the password
            raise SettingsError(
                "The setting 'database' is no address of PostgreSQL. Write 'postgresql://USER@HOST:PORT/NAME'; "
                "characters such as @ and / in a password as %40 and %2F."
            ) from None
        self._conninfo = conninfo.make_conninfo(**_DEFAULTS | given | {"client_encoding": "utf8"})
        self._session = (_SESSION % statement_seconds).encode()
        self.label = f"{given.get('host', 'localhost')}/{given.get('dbname', given.get('user', ''))}"
        self._idle: deque[PatientConnection] = deque()
        self._room = BoundedSemaphore(_MOST)
        self._is_closed = False

    def close(self) -> None:
        """Close the idle connections, and each other one when it is given back."""
        self._is_closed = True
        self._close_idle()

    @contextmanager
    def borrow(self) -> Iterator[PatientConnection]:
        """Yield a connection in autocommit mode, for one thread.

        Raises:
            LibraryError: the database cannot be reached, or all connections are in use.
        """
        if not self._room.acquire(timeout=_WAIT_SECONDS):
            raise LibraryError("All connections to the database are in use. Try again in a moment.")
        try:
            connection = self._living() or self.connect()
            try:
                yield connection
            finally:
                self._put_back(connection)
        finally:
            self._room.release()

    def connect(self) -> PatientConnection:
        """Open a connection.

        Raises:
            LibraryError: the database cannot be reached, ends as it is, or has been closed by us.
        """
        if self._is_closed:
            raise LibraryError("The library cannot be read: it has been closed.")
        connection = self.connect_plainly()
        try:
            connection.autocommit = True
            connection.adapters.register_loader("json", TextLoader)  # the rows parse JSON themselves
            connection.patience = _CONNECT_SECONDS
            connection.usual_patience = connection.patience = _patience(connection.execute(self._session))
        except psycopg.Error as error:
            connection.close()
            raise explained(error, reading=True) from error
        return connection

    def connect_plainly(self) -> PatientConnection:
        """Open a connection that nothing is set for, and that is not counted.

        Raises:
            LibraryError: the database cannot be reached.
        """
        try:
            return PatientConnection.connect(self._conninfo)
        except psycopg.OperationalError as error:
            raise not_connected(error, self.label) from None  # the error holds the connection's parameters

    def _living(self) -> PatientConnection | None:
        """Return an idle connection that was not cut meanwhile."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if not connection.closed and not _has_word(connection):
                return connection
            connection.close()
        return None

    def _put_back(self, connection: PatientConnection) -> None:
        connection.patience = connection.usual_patience
        if connection.has_been_silent:
            self._close_idle()  # they are of the same server, and each would be waited for in turn
        if self._is_closed or connection.closed or connection.info.transaction_status.name != "IDLE":
            connection.close()
        else:
            self._idle.append(connection)

    def _close_idle(self) -> None:
        while self._idle:
            try:
                self._idle.pop().close()
            except IndexError:  # another thread took the last one
                return


def _patience(session: psycopg.Cursor[TupleRow]) -> float | None:
    """Return how long a server may be silent, from the last result of what was set: its own limit, in ms."""
    while session.nextset():
        pass
    row = session.fetchone()
    return row[0] / 1000 + _GRACE_SECONDS if row and row[0] else None


def _has_word(connection: psycopg.Connection[TupleRow]) -> bool:
    """Return whether the server said something unasked: that it ends, or nothing any more."""
    poller = select.poll()
    try:
        poller.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    except psycopg.Error:  # it has no socket any more
        return True
    return bool(poller.poll(0))
