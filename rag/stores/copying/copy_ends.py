"""The two ends of a copy, by what a person names: a folder, or the address of a PostgreSQL database."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from rag.errors import SettingsError
from rag.stores.copying.copied_parts import Row, RowSource
from rag.stores.open_stores import needing_extra
from rag.stores.rows.sql_statements import Connection

_ADDRESSES = ("postgresql://", "postgres://")


class CopyEnd(RowSource, Protocol):
    """A library as one end of a copy. A source is only read; a target is locked, then prepared, then written.

    `label` names it for people, without its password.
    """

    label: str

    def close(self) -> None:
        """Close what was opened."""

    def stored_meta(self) -> dict[str, str]:
        """Return what the library says of itself; nothing if there is none.

        Raises:
            LibraryError: it cannot be read, or is of another format than this program's.
        """

    def prepare(self, embedder: str) -> None:
        """Make the tables, if there are none, and open them for writing.

        Raises:
            LibraryError: that cannot be done.
        """

    def locked(self) -> AbstractContextManager[None]:
        """Have no other copy write here meanwhile.

        Raises:
            LibraryError: another one does.
        """

    def change_mark(self) -> tuple[object, ...]:
        """Return a mark that differs after any change, by whomever."""

    def snapshot(self) -> AbstractContextManager[Connection]:
        """Yield a connection whose statements all see one state."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Yield a connection in a transaction."""

    def stored(self, value: Any) -> Any:
        """Return a value as it comes back when it was stored here."""

    def insert(self, db: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert rows, with vectors as the bytes of 32-bit floats, little-endian."""

    def counters(self, db: Connection) -> dict[str, int]:
        """Return the last id that was given in each table that numbers its rows."""

    def set_counters(self, db: Connection, counters: Mapping[str, int]) -> None:
        """Have ids begin after these."""

    def begin_loading(self, db: Connection) -> None:
        """Take away what is faster to make when all rows are there."""

    def finish_loading(self, dimension: int) -> None:
        """Make what was taken away; `dimension` is that of the vectors, 0 if there are none."""


def open_end(named: str) -> CopyEnd:
    """Return the end of a copy at a folder or an address. Nothing is made or changed yet.

    Raises:
        SettingsError: it is an address that cannot be used, or the extra `postgres` is not installed.
    """
    if not named.startswith(_ADDRESSES):
        if "://" in named:  # perhaps with a password: it is not shown
            raise SettingsError(
                "That is no address of PostgreSQL. Write 'postgresql://USER@HOST:PORT/NAME', or a folder."
            )
        from rag.stores.copying.sqlite_end import SqliteEnd

        return SqliteEnd(Path(named).expanduser())
    with needing_extra():
        from rag.stores.postgres.postgres_end import PostgresEnd
    return PostgresEnd(named)
