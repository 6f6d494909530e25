"""Take what is whole out of a damaged library into a new one, row by row, and tell what was lost.

A document is taken with all its pages, chunks and vectors, or not at all. Where the list of documents is damaged, it is
made anew from the ledger. Each row is asked for by its id, so that a damaged page loses only what is on it. Rows are
taken by the names of their columns, since a damaged library of an earlier format cannot be migrated first.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.errors import LibraryError
from rag.runtime.audit_log import AUDIT_LOG
from rag.stores.database import DATABASE, Database
from rag.stores.integrity import findings
from rag.stores.library_folder import BESIDE, FOLLOWED, ORIGINALS
from rag.stores.schema import require_known_format

Row = dict[str, Any]

_META = "SELECT value FROM meta WHERE key = ?"
_SOURCES = "SELECT * FROM ledger WHERE +document_id IS NULL ORDER BY source {0}, owner {0}"
"""The sources without a document, by the table's own order: what was recorded of what could not be read."""

_LISTS = (FOLLOWED, f"{AUDIT_LOG}*")
"""Files of the folder itself: the folders that are followed, the audit log with its earlier parts."""

_COUNTED = ("documents", "chunks")


@dataclass(slots=True)
class Salvaged:
    """The numbers of what was taken, and what was lost, in words."""

    documents: int = 0
    conversations: int = 0
    notes: int = 0
    lost: list[str] = field(default_factory=list)


def salvage(library: Path, target: Path, embedder: str) -> Salvaged:
    """Make a new library in `target` of what is whole in a damaged one, which is only read.

    Raises:
        LibraryError: there is no library, it is of a newer format, or the target is not empty.
    """
    if not (library / DATABASE).is_file():
        raise LibraryError(f"There is no library in {library}. Choose another with --library.")
    if target.exists() and any(target.iterdir()):
        raise LibraryError(f"The folder {target} is not empty. Name another.")
    result = Salvaged()
    address = f"{(library / DATABASE).resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as damaged:
        damaged.row_factory = named
        require_known_format(next((row["value"] for row in readable_rows(damaged, _META, "version")), "0"))
        with closing(Database(target, embedder=embedder)) as database:
            with database.writing() as new:
                _take_meta(damaged, new)
                _take_documents(damaged, new, result)
                _take_sources(damaged, new, result)
                _take_conversations(damaged, new, result)
                result.notes = sum(
                    insert(new, "notes", [row]) for row in each_row(damaged, "notes", "note", result.lost)
                )
                _count_on(damaged, new)
            with database.reading() as new:
                result.lost += [f"not sound in the new library: {finding}" for finding in findings(new)]
    _copy_files(library, target, result)
    return result


def _take_meta(damaged: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Take the counters over: generations must not be given twice."""
    for key in ("generation", "dimension"):
        for row in readable_rows(damaged, _META, key):
            new.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, row["value"]))


def _count_on(damaged: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Have ids go on after all that were given: a citation of what was lost must not come to mean another document."""
    for table in _COUNTED:
        given = [row["seq"] for row in readable_rows(damaged, "SELECT seq FROM sqlite_sequence WHERE name = ?", table)]
        taken = new.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        new.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        last = max([*given, *(taken or ())], default=0)
        new.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))


def _take_documents(damaged: sqlite3.Connection, new: sqlite3.Connection, result: Salvaged) -> None:
    """Take the documents of the list, then those that the list has lost and the ledger knows."""
    read, unread = set[int](), list[str]()
    for document in each_row(damaged, "documents", "document", unread):
        read.add(document["id"])
        _take_document(damaged, new, document, result)
    remade = 0
    known, is_whole = _in_ledger(damaged)
    for id_ in sorted(known - read):
        try:
            document = _document_of(rows_of(damaged, "ledger", "document_id", id_))
        except sqlite3.Error:
            is_whole = False
            continue
        remade += _take_document(damaged, new, document, result)
    if not is_whole:
        result.lost += unread
    if remade:
        count = "1 document" if remade == 1 else f"{remade} documents"
        result.lost.append(f"the collection and corrected facts of {count}, listed anew from the ledger")


def _in_ledger(damaged: sqlite3.Connection) -> tuple[set[int], bool]:
    """Return the ids of documents that the ledger has, and whether these are all."""
    if has_table(damaged, "ledger"):
        for column in ("document_id", "+document_id"):  # by the index, else by the rows
            with suppress(sqlite3.Error):
                found = all_rows(damaged, f"SELECT {column} AS id FROM ledger WHERE {column} IS NOT NULL")  # noqa: S608
                return {row["id"] for row in found}, True
    return set(), False


def _document_of(entries: list[Row]) -> Row:
    """Return a row for a document whose own was lost. It is out of date, so that its file is read again if it is there.

    The hash is left out where the ledger has that of a version that could not be read.
    """
    entry = min(entries, key=lambda each: str(each["state"]) != "ready")
    same = {column: entry[column] for column in ("source", "owner", "name", "size")}
    sha256 = entry["sha256"] if entry["state"] == "ready" else ""
    return same | {"id": entry["document_id"], "added_at": entry["at"], "sha256": sha256, "recipe": ""}


def _take_document(damaged: sqlite3.Connection, new: sqlite3.Connection, document: Row, result: Salvaged) -> bool:
    """Take a document with all its pages, chunks and vectors; return False if some of them are lost."""
    id_, name = document["id"], document["name"]
    try:
        parts = _parts_of(damaged, id_)
    except sqlite3.Error as error:
        result.lost.append(f"document '{name}': {error}")
        return False
    if not parts["pages"] or len(parts["chunks"]) != len(parts["vectors"]):
        result.lost.append(f"document '{name}': some of its rows are missing")
        return False
    insert(new, "documents", [document])
    for table, rows in parts.items():
        insert(new, table, rows)
    if "state" not in parts["pages"][0]:  # as a migration of the format would do
        new.execute("UPDATE pages SET state = 'empty' WHERE document_id = ? AND text = ''", (id_,))
    with suppress(sqlite3.Error):
        insert(new, "ledger", rows_of(damaged, "ledger", "document_id", id_))
    if not new.execute("SELECT 1 FROM ledger WHERE document_id = ?", (id_,)).fetchone():
        insert(new, "ledger", [_entry_of(document)], "OR IGNORE")
    result.documents += 1
    try:
        insert(new, "overviews", rows_of(damaged, "overviews", "document_id", id_))
    except sqlite3.Error as error:
        result.lost.append(f"the overviews of document '{name}': {error}")
    return True


def _parts_of(damaged: sqlite3.Connection, id_: int) -> dict[str, list[Row]]:
    """Return the rows of a document by table.

    Raises:
        sqlite3.Error: one cannot be read.
    """
    pages = rows_of(damaged, "pages", "document_id", id_)
    chunks = rows_of(damaged, "chunks", "document_id", id_)
    vectors = [row for chunk in chunks for row in rows_of(damaged, "vectors", "chunk_id", chunk["id"])]
    return {"pages": pages, "chunks": chunks, "vectors": vectors}


def _entry_of(document: Row) -> Row:
    """Return the row of the ledger that stands for a document whose own was lost."""
    same = {column: document[column] for column in ("source", "name", "sha256", "size")}
    kept = {"owner": document.get("owner", ""), "at": document["added_at"], "document_id": document["id"]}
    return same | kept | {"state": "ready", "reason": "", "note": ""}


def _take_sources(damaged: sqlite3.Connection, new: sqlite3.Connection, result: Salvaged) -> None:
    """Take what the ledger says of sources without a document: from both ends, up to what cannot be read."""
    if not has_table(damaged, "ledger"):
        return
    for order in ("ASC", "DESC"):
        try:
            for row in damaged.execute(_SOURCES.format(order)):
                insert(new, "ledger", [row], "OR IGNORE")
        except sqlite3.Error as error:
            if order == "ASC":
                result.lost.append(f"some sources without a document, such as files that could not be read: {error}")
            continue
        break


def _take_conversations(damaged: sqlite3.Connection, new: sqlite3.Connection, result: Salvaged) -> None:
    for conversation in each_row(damaged, "conversations", "conversation", result.lost):
        id_, name = conversation["id"], conversation["name"]
        try:
            exchanges = all_rows(damaged, "SELECT * FROM exchanges WHERE conversation_id = ? ORDER BY number", id_)
        except sqlite3.Error as error:
            result.lost.append(f"conversation '{name}': {error}")
            continue
        insert(new, "conversations", [conversation])
        insert(new, "exchanges", exchanges)
        result.conversations += 1
        try:
            insert(new, "open_questions", rows_of(damaged, "open_questions", "conversation_id", id_))
        except sqlite3.Error as error:
            result.lost.append(f"the question of conversation '{name}' that has no answer yet: {error}")
        try:
            excluded = rows_of(damaged, "exclusions", "conversation_id", id_)
        except sqlite3.Error as error:
            result.lost.append(f"which documents conversation '{name}' does not search: {error}")
            continue
        there = {row[0] for row in new.execute("SELECT id FROM documents")} if excluded else set()
        insert(new, "exclusions", [row for row in excluded if row["document_id"] in there])


def _copy_files(library: Path, target: Path, result: Salvaged) -> None:
    paths = [path for name in ORIGINALS for path in sorted((library / name).rglob("*")) if path.is_file()]
    lists = [path for name in (*BESIDE, *_LISTS) for path in sorted(library.glob(name)) if path.is_file()]
    for path in [*paths, *lists]:
        copy = target / path.relative_to(library)
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
        except OSError as error:
            result.lost.append(f"file '{path.name}': {error.strerror}")


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
