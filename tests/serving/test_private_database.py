"""Files of secrets are their owner's alone, and one that is no database is a sentence."""

import os
from pathlib import Path

import pytest

from rag.errors import LibraryError
from serving.private_database import PrivateFile, private_database

TABLE = "CREATE TABLE IF NOT EXISTS things (name TEXT)"


def test_a_file_is_made_for_its_owner_and_keeps_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "things.sqlite"
    with private_database(path, TABLE) as db:
        db.execute("INSERT INTO things VALUES ('a')")
    with private_database(path, TABLE) as db:
        assert db.execute("SELECT name FROM things").fetchall() == [("a",)]
    if os.name == "posix":
        assert (path.stat().st_mode | path.parent.stat().st_mode) & 0o077 == 0  # the folder may be a new library


def test_nothing_is_kept_of_a_transaction_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "things.sqlite"
    with pytest.raises(LibraryError, match="bindings"), private_database(path, TABLE) as db:
        db.executemany("INSERT INTO things VALUES (?)", [("a",), ("b", "one too many")])
    with private_database(path, TABLE) as db:
        assert db.execute("SELECT count(*) FROM things").fetchone() == (0,)


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "things.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(LibraryError, match="cannot be used"), private_database(path, TABLE):
        pass


def test_a_file_is_made_when_something_is_first_written(tmp_path: Path) -> None:
    file = PrivateFile(tmp_path / "new" / "file.sqlite", "CREATE TABLE IF NOT EXISTS words (word TEXT)")
    with file.reading() as db:
        assert db.execute("SELECT * FROM words").fetchall() == []
    assert not (tmp_path / "new").exists()
    with file.writing() as db:
        db.execute("INSERT INTO words VALUES ('birch')")
    with file.reading() as db:
        assert db.execute("SELECT * FROM words").fetchall() == [("birch",)]
