"""The parts of a library that is copied, its two ends, and how rows are read, compared and deleted in either.

A part consists of units, such as a document with its pages, chunks and vectors: a unit is copied in one transaction,
and is the same in both libraries if the hash over all its rows is.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from rag.errors import LibraryError
from rag.stores.sql_statements import LISTED, Connection

Key = int | str
Row = tuple[Any, ...]

_READ_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedTable:
    """A table of a part: the column with the key of the unit that a row belongs to, and what orders its rows."""

    name: str
    unit: str
    order: str

    def rows(self, columns: str, chosen: str) -> str:
        """Return the query for the rows of chosen units: the unit's key, then these columns."""
        return (
            f"SELECT {self.unit}, {columns} FROM {self.name} WHERE {self.unit} IN {chosen} "  # noqa: S608  our own
            f"ORDER BY {self.unit}, {self.order}"
        )

    def deletion(self, chosen: str) -> str:
        """Return the statement that deletes the rows of chosen units."""
        return f"DELETE FROM {self.name} WHERE {self.unit} IN {chosen}"  # noqa: S608


class _Vectors(CopiedTable):
    """The vectors: of which document one is, its chunk says."""

    __slots__ = ()

    def rows(self, columns: str, chosen: str) -> str:
        return (
            f"SELECT c.document_id, {columns} FROM vectors JOIN chunks c ON c.id = chunk_id "  # noqa: S608
            f"WHERE c.document_id IN {chosen} ORDER BY c.document_id, chunk_id"
        )

    def deletion(self, chosen: str) -> str:
        return f"DELETE FROM vectors WHERE chunk_id IN (SELECT id FROM chunks WHERE document_id IN {chosen})"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedPart:
    """A part of a library: its tables, those first that others refer to, and the query for its units and their rows."""

    name: str
    units: str
    tables: tuple[CopiedTable, ...]
    is_numbered: bool = False

    def chosen(self) -> str:
        """Return the keys in one parameter, as a list in SQL."""
        return LISTED if self.is_numbered else "(SELECT value FROM json_each(?))"


PARTS = (
    CopiedPart(
        name="documents",
        units=(
            "SELECT d.id, (SELECT count(*) FROM pages WHERE document_id = d.id) + "
            "(SELECT count(*) FROM chunks WHERE document_id = d.id) FROM documents d ORDER BY d.id"
        ),
        tables=(
            CopiedTable(name="documents", unit="id", order="id"),
            CopiedTable(name="pages", unit="document_id", order="number"),
            CopiedTable(name="chunks", unit="document_id", order="id"),
            _Vectors(name="vectors", unit="chunk_id", order="chunk_id"),
            CopiedTable(name="overviews", unit="document_id", order="language"),
        ),
        is_numbered=True,
    ),
    CopiedPart(
        name="sources",
        units="SELECT source, count(*) FROM ledger GROUP BY source ORDER BY source",
        tables=(CopiedTable(name="ledger", unit="source", order="owner"),),
    ),
    CopiedPart(
        name="removals",
        units="SELECT chunk_id, 1 FROM removals ORDER BY chunk_id",
        tables=(CopiedTable(name="removals", unit="chunk_id", order="chunk_id"),),
        is_numbered=True,
    ),
    CopiedPart(
        name="conversations",
        units=(
            "SELECT c.id, (SELECT count(*) FROM exchanges WHERE conversation_id = c.id) FROM conversations c ORDER BY 1"
        ),
        tables=(
            CopiedTable(name="conversations", unit="id", order="id"),
            CopiedTable(name="exchanges", unit="conversation_id", order="number"),
            CopiedTable(name="exclusions", unit="conversation_id", order="document_id"),
            CopiedTable(name="open_questions", unit="conversation_id", order="key"),
        ),
    ),
    CopiedPart(
        name="notes",
        units="SELECT id, 1 FROM notes ORDER BY id",
        tables=(CopiedTable(name="notes", unit="id", order="id"),),
    ),
)
"""The parts, those first that others refer to. What else has rows that belong to a library is added here."""

TABLES = tuple(table.name for part in PARTS for table in part.tables)
NUMBERED = ("chunks", "documents")
"""The tables that give their rows ids in turn, none of them twice."""


class CopyEnd(Protocol):
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

    def columns(self, db: Connection, table: str) -> list[str]:
        """Return the names of a table's columns, sorted."""

    def expression(self, column: str) -> str:
        """Return a column as it is asked for."""

    def plain(self, row: Row) -> Row:
        """Return a row with vectors as the bytes of 32-bit floats, little-endian."""

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


@dataclass(frozen=True, slots=True)
class UnitReader:
    """Reads the units of one end; `stored` returns a value as the target of the copy can store it."""

    source: CopyEnd
    db: Connection
    stored: Callable[[Any], Any]

    def units(self, part: CopiedPart) -> dict[Key, int]:
        """Return the keys of a part's units in order, and the number of rows that each has, roughly."""
        return {key: int(rows) + 1 for key, rows in self.db.execute(part.units)}

    def columns(self, table: CopiedTable) -> list[str]:
        """Return the names of a table's columns."""
        return self.source.columns(self.db, table.name)

    def rows(self, part: CopiedPart, table: CopiedTable, keys: Sequence[Key]) -> Iterator[tuple[Key, Row]]:
        """Yield the rows of units, each with its unit's key."""
        asked = ", ".join(map(self.source.expression, self.columns(table)))
        found = self.db.execute(table.rows(asked, part.chosen()), (json.dumps(list(keys)),))
        for key, *row in found:
            yield key, tuple(map(self.stored, self.source.plain(tuple(row))))

    def hashes(self, part: CopiedPart, keys: Sequence[Key]) -> dict[Key, bytes]:
        """Return the hash of each unit."""
        hashes = UnitHashes(keys)
        for table in part.tables:
            for key, row in self.rows(part, table, keys):
                hashes.add(key, row)
        return hashes.digests()

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        return {
            table: int(self.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  our own names
            for table in TABLES
        }


class UnitHashes:
    """The hashes of some units, over their rows in the order of the tables."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._hashes = {key: hashlib.sha256() for key in keys}

    def add(self, key: Key, row: Row) -> None:
        """Take in the next row of a unit."""
        self._hashes[key].update(repr(row).encode())

    def digests(self) -> dict[Key, bytes]:
        """Return the hashes."""
        return {key: each.digest() for key, each in self._hashes.items()}


def delete(db: Connection, part: CopiedPart, keys: Sequence[Key]) -> None:
    """Delete units, those of their rows first that refer to others."""
    for start in range(0, len(keys), _READ_AT_ONCE):
        chosen = json.dumps(list(keys[start : start + _READ_AT_ONCE]))
        for table in reversed(part.tables):
            db.execute(table.deletion(part.chosen()), (chosen,))


def batches(units: Mapping[Key, int], rows: int = _READ_AT_ONCE) -> Iterator[list[Key]]:
    """Yield the keys of units that have so many rows together, or of one that alone has more."""
    batch: list[Key] = []
    total = 0
    for key, count in units.items():
        if batch and total + count > rows:
            yield batch
            batch, total = [], 0
        batch.append(key)
        total += count
    if batch:
        yield batch


def in_use(label: str) -> LibraryError:
    """Return what to do while another copy into the same place runs."""
    return LibraryError(f"Another copy into {label} is running. Wait until it is done.")


def another_format(label: str, version: str, *, is_newer: bool) -> LibraryError:
    """Return how to go on with a library whose tables are not of this program's version."""
    way = "Upgrade Citewell" if is_newer else "Open it once with 'citewell library list', which brings it up to date"
    return LibraryError(
        f"The library in {label} is of another format ({version}) than this Citewell copies. {way}, and try again."
    )
