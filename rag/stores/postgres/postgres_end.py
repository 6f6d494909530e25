"""A library in PostgreSQL as one end of a copy: read in one snapshot, or written by COPY."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import numpy as np
import psycopg
from psycopg import sql

from rag.errors import LibraryError
from rag.stores.copied_parts import NUMBERED, another_format, in_use
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.dialect import PostgresConnection, clean
from rag.stores.postgres.migrating import HEAD, prepare, stored_version
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.postgres_failures import explained
from rag.stores.postgres.vector_search import HEADER_BYTES, copy_vectors, drop_index, ensure_index
from rag.stores.sql_statements import Connection

_LOCK = b"SELECT pg_try_advisory_lock(7174)"
_OTHERS = b"""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'citewell' AND pid <> pg_backend_pid()
"""
_MARK = b"""
    SELECT
        (SELECT value FROM meta WHERE key = 'changes'), (SELECT count(*) FROM conversations),
        (SELECT max(updated_at) FROM conversations), (SELECT count(*) FROM exclusions),
        (SELECT count(*) FROM open_questions),
        (SELECT (count(*), sum(length(thumb) + length(remark))) FROM exchanges),
        (SELECT (count(*), max(updated_at), sum(version)) FROM notes)
"""


class PostgresEnd:
    """A library in the database of an address. `label` names it for people, without its password.

    Raises:
        SettingsError: the address cannot be used.
    """

    def __init__(self, address: str) -> None:
        self._connections = Connections(address, statement_seconds=0)  # it reads and writes whole tables
        self._database = PostgresDatabase(self._connections, "library")
        self.label = f"the database {self._connections.label}"

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def stored_meta(self) -> dict[str, str]:
        """Return what the library says of itself; nothing if there is none.

        Raises:
            LibraryError: it cannot be read, or is of another format than this program's.
        """
        with self._database.reading() as db:
            version = stored_version(db.raw)
            meta: dict[str, str] = dict(db.execute("SELECT key, value FROM meta")) if version == HEAD else {}
        if version and version != HEAD:
            raise another_format(self.label, version, is_newer=version > HEAD)
        return meta if "embedder" in meta else {}

    def prepare(self, embedder: str) -> None:
        """Make the tables, if there are none."""
        prepare(self._connections, embedder, for_copy=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Have no other copy write here meanwhile, and make sure that no other program has it open.

        Raises:
            LibraryError: one does, or has.
        """
        with self._connections.borrow() as raw:
            try:
                if raw.execute(_LOCK).fetchone() != (True,):
                    raise in_use(self.label)
                if raw.execute(_OTHERS).fetchone() != (0,):
                    raise LibraryError(
                        f"A Citewell is running on {self.label}. Stop it: it would serve what is not copied whole yet."
                    )
                yield
            except psycopg.Error as error:
                raise explained(error) from error
            finally:
                raw.close()  # and so let go of the lock

    def change_mark(self) -> tuple[object, ...]:
        """Return a mark that differs after any change of the library, and what is kept beside it."""
        with self._database.reading() as db:
            return tuple(db.raw.execute(_MARK).fetchone() or ())

    def snapshot(self) -> AbstractContextManager[Connection]:
        """Yield a connection whose statements all see one state."""
        return self._database.snapshot()

    def writing(self) -> AbstractContextManager[Connection]:
        """Yield a connection in a transaction."""
        return self._database.writing()

    def columns(self, db: Connection, table: str) -> list[str]:
        """Return the names of a table's columns, sorted."""
        query = "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        return sorted(row[0] for row in db.execute(query + "AND table_name = ?", (table,)))

    def expression(self, column: str) -> str:
        """Return a column as it is asked for: a vector in pgvector's binary format."""
        return "vector_send(vector)" if column == "vector" else f'"{column}"'

    def plain(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row with its vector, if it has one, as 32-bit floats, little-endian."""
        return tuple(_little_endian(value) if isinstance(value, bytes) else value for value in row)

    def stored(self, value: Any) -> Any:
        """Return a value as it comes back: PostgreSQL has no character of code 0."""
        return clean(value)

    def insert(self, db: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows by COPY, with vectors as the bytes of 32-bit floats, little-endian."""
        connection = cast("PostgresConnection", db)  # the one of our own database
        if table == "vectors":
            ids, vectors = zip(*rows, strict=True) if (rows := list(rows)) else ((), ())
            copy_vectors(connection, ids, [np.frombuffer(vector, dtype="<f4") for vector in vectors])
            return
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with connection.raw.cursor().copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def counters(self, db: Connection) -> dict[str, int]:
        """Return the last id that was given in each table that numbers its rows."""
        query = "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {}_id_seq"
        return {table: int(db.execute(query.format(table)).fetchone()[0]) for table in NUMBERED}

    def set_counters(self, db: Connection, counters: Mapping[str, int]) -> None:
        """Have ids begin after these."""
        for table, last in counters.items():
            db.execute(f"SELECT setval('{table}_id_seq', ?, false)", (last + 1,))

    def begin_loading(self, db: Connection) -> None:
        """Drop the index over vectors: at once is ten times as fast as one by one."""
        drop_index(db)

    def finish_loading(self, dimension: int) -> None:
        """Make the index over vectors; words are indexed before the first search."""
        with self._database.writing() as db:
            db.execute("DELETE FROM meta WHERE key = 'indexed'")
            if dimension:
                ensure_index(db, dimension)


def _little_endian(sent: bytes) -> bytes:
    return np.frombuffer(sent[HEADER_BYTES:], dtype=">f4").astype("<f4").tobytes()
