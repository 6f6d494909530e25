"""A library in a folder as one end of a copy: read without being changed, or written."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from rag.errors import LibraryError
from rag.stores.copied_parts import NUMBERED, another_format, in_use
from rag.stores.database import DATABASE, Database
from rag.stores.library_folder import COPY_LOCK
from rag.stores.schema import VERSION, read_meta
from rag.stores.sql_statements import Connection


class SqliteEnd:
    """A library in a folder. `label` names it for people."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._file = self._folder / DATABASE
        self._database: Database | None = None
        self._watching = ExitStack()
        self._watcher: sqlite3.Connection | None = None
        self.label = f"the folder {self._folder}"

    def close(self) -> None:
        """Close the file."""
        self._watching.close()
        if self._database is not None:
            self._database.close()

    def stored_meta(self) -> dict[str, str]:
        """Return what the library says of itself; nothing if there is none.

        Raises:
            LibraryError: it cannot be read, or is of another format than this program's.
        """
        if not self._file.is_file():
            return {}
        with self._reading() as db:
            meta = read_meta(db)
        if meta and meta["version"] != str(VERSION):
            raise another_format(self.label, meta["version"], is_newer=int(meta["version"]) > VERSION)
        return meta

    def prepare(self, embedder: str) -> None:
        """Make the tables, if there are none, and open them for writing."""
        self._database = Database(self._folder, embedder=embedder, for_copy=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Have no other copy write here meanwhile.

        Raises:
            LibraryError: another one does, or nothing can be written.
        """
        try:
            self._folder.mkdir(0o700, parents=True, exist_ok=True)
            with FileLock(self._folder / COPY_LOCK, timeout=0):
                yield
        except Timeout:
            raise in_use(self.label) from None
        except OSError as error:
            raise LibraryError(f"{self.label} cannot be written: {error.strerror}. Name another.") from error

    def change_mark(self) -> tuple[object, ...]:
        """Return a mark that differs after any change: one connection sees what others have committed."""
        if self._watcher is None:
            self._watcher = self._watching.enter_context(self._reading())
        return tuple(self._watcher.execute("PRAGMA data_version").fetchone())

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Yield a connection whose statements all see one state."""
        with self._reading() as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction."""
        assert self._database, "it has been prepared"  # noqa: S101
        with self._database.writing() as db:
            yield db

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
                yield db
        except sqlite3.Error as error:
            raise LibraryError(
                f"The library in {self.label} cannot be read: {error}. 'citewell library verify' tells more."
            ) from error

    def columns(self, db: Connection, table: str) -> list[str]:
        """Return the names of a table's columns, sorted."""
        return sorted(row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (table,)))

    def expression(self, column: str) -> str:
        """Return a column as it is asked for."""
        return f'"{column}"'

    def plain(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row as it is: vectors are stored as 32-bit floats, little-endian."""
        return row

    def stored(self, value: Any) -> Any:
        """Return a value as it is: every one can be stored."""
        return value

    def insert(self, db: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows."""
        names = ", ".join(map(self.expression, columns))
        places = ", ".join("?" * len(columns))
        db.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608  our own names

    def counters(self, db: Connection) -> dict[str, int]:
        """Return the last id that was given in each table that numbers its rows."""
        found = dict(db.execute("SELECT name, seq FROM sqlite_sequence"))
        return {table: int(found.get(table, 0)) for table in NUMBERED}

    def set_counters(self, db: Connection, counters: Mapping[str, int]) -> None:
        """Have ids begin after these."""
        for table, last in counters.items():
            db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))

    def begin_loading(self, db: Connection) -> None:
        """Do nothing: indexes are files beside, made at the first search."""

    def finish_loading(self, dimension: int) -> None:  # noqa: ARG002  for others
        """Empty the write-ahead log."""
        assert self._database  # noqa: S101
        self._database.purge()
