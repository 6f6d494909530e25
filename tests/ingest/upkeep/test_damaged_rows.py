"""Rows of a damaged library: those that can be read are, and the others are counted."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.upkeep.damaged_rows import all_rows, each_row, insert, named, readable_rows, rows_of

_NOISE = b"\xa5" * 4096


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database with 300 rows and an index; the first page of the index and one with rows are damaged."""
    with closing(sqlite3.connect(tmp_path / "notes.sqlite")) as db, db:
        db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT, text TEXT)")
        db.execute("CREATE INDEX notes_by_owner ON notes(owner)")
        db.executemany("INSERT INTO notes (owner, text) VALUES (?, ?)", [(f"u{n}", "x" * 100) for n in range(300)])
    with closing(sqlite3.connect(tmp_path / "notes.sqlite")) as db:
        roots = [row[0] for row in db.execute("SELECT rootpage FROM sqlite_master WHERE name GLOB 'notes*'")]
    table, index = ((number - 1) * 4096 for number in roots)
    with (tmp_path / "notes.sqlite").open("r+b") as file:
        file.seek(table + 8)
        last = int.from_bytes(file.read(4), "big")
        for place in (index, (last - 1) * 4096):
            file.seek(place)
            file.write(_NOISE)
    with closing(sqlite3.connect(tmp_path / "notes.sqlite")) as db:
        db.row_factory = named
        yield db


def test_rows_are_read_one_by_one_and_the_others_counted(damaged: sqlite3.Connection) -> None:
    lost: list[str] = []
    read = list(each_row(damaged, "notes", "note", lost))
    assert 200 < len(read) < 300
    assert read[0] == {"id": 1, "owner": "u0", "text": "x" * 100}
    assert lost == [f"at most {300 - len(read)} notes, whose rows cannot be read"]


def test_where_the_index_is_damaged_the_rows_are_looked_through(damaged: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.Error):
        all_rows(damaged, "SELECT * FROM notes WHERE owner = 'u0'")
    assert readable_rows(damaged, "SELECT * FROM notes WHERE owner = 'u0'") == []
    with pytest.raises(sqlite3.Error):
        rows_of(damaged, "notes", "owner", "u0")  # a page with rows is damaged as well
    assert [row["owner"] for row in rows_of(damaged, "notes", "id", 1)] == ["u0"]
    assert rows_of(damaged, "shares", "id", 1) == []


def test_rows_are_inserted_by_the_names_of_their_columns() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE notes (text TEXT, id INTEGER PRIMARY KEY)")
        assert insert(db, "notes", [{"id": 5, "text": "a"}]) == 1
        assert insert(db, "notes", [{"id": 5, "text": "b"}], "OR IGNORE") == 1
        assert insert(db, "notes", []) == 0
        assert db.execute("SELECT * FROM notes").fetchall() == [("a", 5)]
