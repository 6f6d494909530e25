"""The database file: whole transactions, errors as readable messages, and a log without deleted content."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.database import DATABASE, Database, json_ids, next_generation


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "library", embedder="words")
    yield opened
    opened.close()


def generation(database: Database) -> int:
    with database.reading() as db:
        return int(db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])


def test_a_transaction_is_committed_at_its_end(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        assert next_generation(db) == 1
    other = Database(tmp_path / "library", embedder="words")
    assert generation(other) == 1
    other.close()


@pytest.mark.parametrize("deferred", [False, True])
def test_an_error_rolls_the_transaction_back(database: Database, deferred: bool) -> None:
    def fail_after_a_write() -> None:
        with database.writing(deferred=deferred) as db:
            next_generation(db)
            raise KeyError

    with pytest.raises(KeyError):
        fail_after_a_write()
    assert generation(database) == 0


def test_errors_of_sqlite_are_readable(database: Database) -> None:
    written = r"cannot be written: .*Nothing of this document was changed"
    with pytest.raises(LibraryError, match=written), database.writing() as db:
        db.execute("INSERT INTO nowhere VALUES (1)")
    with pytest.raises(LibraryError, match="cannot be read: no such table"), database.reading() as db:
        db.execute("SELECT * FROM nowhere")


def test_a_deleted_file_is_noticed_before_anything_is_written(database: Database, tmp_path: Path) -> None:
    (tmp_path / "library" / DATABASE).unlink()
    with pytest.raises(LibraryError, match="is gone: it was moved or deleted"), database.writing():
        pass


def test_a_purge_empties_the_log(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        db.execute("INSERT INTO meta VALUES ('secret', 'confidential')")
    log = tmp_path / "library" / f"{DATABASE}-wal"
    assert log.stat().st_size > 0
    database.purge()
    assert log.stat().st_size == 0


def test_any_number_of_ids_is_one_parameter(database: Database) -> None:
    with database.reading() as db:
        (count,) = db.execute("SELECT count(*) FROM json_each(?)", (json_ids(range(100_000)),)).fetchone()
    assert count == 100_000
