"""The rows of a damaged library: each is asked for by its id, so that a damaged page loses only what is on it."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

Row = dict[str, Any]


def named(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    """Make a row with the names of its columns: a row factory of SQLite."""
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def each_row(damaged: sqlite3.Connection, table: str, noun: str, lost: list[str]) -> Iterator[Row]:
    """Yield the rows of a table one by one, by their row ids, and tell in `lost` of those that cannot be read."""
    if not has_table(damaged, table):
        return
    last, is_certain = _last_id(damaged, table)
    unread = 0
    for id_ in range(1, last + 1):
        try:
            row = damaged.execute(f"SELECT * FROM {table} WHERE rowid = ?", (id_,)).fetchone()  # noqa: S608  our own names
        except sqlite3.Error:
            unread += 1
            continue
        if row:
            yield row
    if unread:
        lost.append(f"at most {unread} {noun}{'' if unread == 1 else 's'}, whose rows cannot be read")
    if not is_certain:
        after = f" after the first {last}" if last else ""
        lost.append(f"all {noun}s{after}: how many there are cannot be read")


def _last_id(damaged: sqlite3.Connection, table: str) -> tuple[int, bool]:
    """Return the largest id that a row may have, from whichever place can be read, and whether there is such a place.

    An index has the ids of all rows, too. If nothing has, it is the last id that comes before the damage.
    """
    index = {"conversations": "conversations_by_owner", "notes": "notes_by_owner"}.get(table)
    queries = (
        f"SELECT max(rowid) AS last FROM {table}",  # noqa: S608
        f"SELECT seq AS last FROM sqlite_sequence WHERE name = '{table}'",  # noqa: S608
        *((f"SELECT max(rowid) AS last FROM {table} INDEXED BY {index}",) if index else ()),  # noqa: S608
        *(("SELECT max(document_id) AS last FROM ledger",) if table == "documents" else ()),
    )
    found = [row["last"] or 0 for query in queries for row in readable_rows(damaged, query)]
    if found:
        return max(found), True
    last = 0
    with suppress(sqlite3.Error):
        for row in damaged.execute(f"SELECT rowid AS id FROM {table} ORDER BY rowid"):  # noqa: S608
            last = row["id"]
    return last, False


def has_table(damaged: sqlite3.Connection, table: str) -> bool:
    """Return whether a library of this format has a table."""
    return bool(all_rows(damaged, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table))


def rows_of(damaged: sqlite3.Connection, table: str, column: str, value: object) -> list[Row]:
    """Return the rows of a table with a value; none if this format has no such table.

    If an index over the column cannot be read, the rows themselves are looked through.

    Raises:
        sqlite3.Error: they cannot be read either.
    """
    if not has_table(damaged, table):
        return []
    try:
        return all_rows(damaged, f"SELECT * FROM {table} WHERE {column} = ?", value)  # noqa: S608  our own names
    except sqlite3.Error:
        return all_rows(damaged, f"SELECT * FROM {table} NOT INDEXED WHERE +{column} = ?", value)  # noqa: S608


def all_rows(damaged: sqlite3.Connection, query: str, *values: object) -> list[Row]:
    """Return the rows of a query.

    Raises:
        sqlite3.Error: they cannot be read.
    """
    return damaged.execute(query, values).fetchall()


def readable_rows(damaged: sqlite3.Connection, query: str, *values: object) -> list[Row]:
    """Return the rows of a query; none if they cannot be read."""
    with suppress(sqlite3.Error):
        return all_rows(damaged, query, *values)
    return []


def insert(new: sqlite3.Connection, table: str, rows: Iterable[Row], conflict: str = "") -> int:
    """Insert rows by the names of their columns, and return how many there were."""
    rows = list(rows)
    if rows:
        names = ", ".join(f'"{column}"' for column in rows[0])
        places = ", ".join("?" * len(rows[0]))
        statement = f"INSERT {conflict} INTO {table} ({names}) VALUES ({places})"  # noqa: S608
        new.executemany(statement, [tuple(row.values()) for row in rows])
    return len(rows)
