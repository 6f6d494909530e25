"""The database file: whole transactions, errors as readable messages, and a log without deleted content."""

import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest

from rag.errors import LibraryError
from rag.stores import database as database_module
from rag.stores.database import DATABASE, Database
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sql_statements import next_generation


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "library", embedder="words")
    yield opened
    opened.close()


@contextmanager
def held_elsewhere(folder: Path) -> Iterator[None]:
    """Hold the write lock of a library as another program does."""
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")


def generation(database: Database) -> int:
    with database.reading() as db:
        return int(db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_new_folder_is_its_owners_alone_and_another_is_left_as_it_is(database: Database, tmp_path: Path) -> None:
    assert (tmp_path / "library").stat().st_mode & 0o777 == 0o700
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o750)
    Database(shared, embedder="words").close()
    assert shared.stat().st_mode & 0o777 == 0o750


def test_errors_of_sqlite_are_readable(database: Database) -> None:
    written = r"cannot be written: .*Nothing of this document was changed"
    with pytest.raises(LibraryError, match=written), database.writing() as db:
        db.execute("INSERT INTO nowhere VALUES (1)")
    with pytest.raises(LibraryError, match="cannot be read: no such table"), database.reading() as db:
        db.execute("SELECT * FROM nowhere")


def test_a_library_that_is_moved_away_is_said_to_be_gone_and_goes_on_once_it_is_back(
    database: Database, tmp_path: Path
) -> None:
    conversations = SqlConversations(database)
    id_ = conversations.create("ann").id
    (tmp_path / "library").rename(tmp_path / "moved")
    with pytest.raises(LibraryError, match="is gone: it was moved or deleted"):
        conversations.add(id_, "ann", {"question": "Lost?", "answer": ""})
    with pytest.raises(LibraryError, match="is gone"):
        conversations.conversations("ann")
    (tmp_path / "moved").rename(tmp_path / "library")
    conversations.add(id_, "ann", {"question": "Found?", "answer": ""})
    assert len(conversations.exchanges(id_, "ann")) == 1


def test_a_purge_empties_the_log(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        db.execute("INSERT INTO meta VALUES ('secret', 'confidential')")
    log = tmp_path / "library" / f"{DATABASE}-wal"
    assert log.stat().st_size > 0
    database.purge()
    assert log.stat().st_size == 0


def test_reading_waits_for_no_writer(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        next_generation(db)
        assert generation(database) == 1  # in its own thread it sees what it has written
        with ThreadPoolExecutor(1) as other:
            assert other.submit(generation, database).result(timeout=10) == 0
    with held_elsewhere(tmp_path / "library"):
        assert generation(database) == 1


def test_a_library_is_opened_while_another_program_writes(database: Database, tmp_path: Path) -> None:
    with held_elsewhere(tmp_path / "library"):
        other = Database(tmp_path / "library", embedder="words")
        assert generation(other) == 0
        other.close()


def test_writing_ends_in_a_sentence_if_another_program_keeps_writing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_BUSY_SECONDS", 0.1)
    with (
        held_elsewhere(tmp_path / "library"),
        pytest.raises(LibraryError, match="is being written by another program"),
        database.writing(),
    ):
        pass
    with database.writing() as db:  # and goes on afterwards
        assert next_generation(db) == 1


def test_only_some_threads_wait_to_write(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "_CROWDED_SECONDS", 0.01)
    free = Event()

    def write() -> int:
        with database.writing() as db:
            free.wait(30)
            return next_generation(db)

    with ThreadPoolExecutor(database_module._MOST_WAITING + 1) as threads:
        waiting = [threads.submit(write) for _ in range(database_module._MOST_WAITING + 1)]
        (refused,), writing = wait(waiting, 30, FIRST_COMPLETED)
        free.set()
        assert isinstance(refused.exception(), LibraryError)
        assert sorted(each.result(30) for each in writing) == list(range(1, database_module._MOST_WAITING + 1))


def test_the_mark_differs_after_any_change_whichever_connections_are_in_use(database: Database, tmp_path: Path) -> None:
    def change(by: Database) -> None:
        with by.writing() as db:
            next_generation(db)

    marks = [database.change_mark()]
    with closing(Database(tmp_path / "library", embedder="words")) as other:
        for by in (database, other, database):
            change(by)
            marks.append(database.change_mark())
        with database.reading() as one:  # a second reader is opened, which comes to the others' numbers later
            one.execute("SELECT 1 FROM meta").fetchone()
            for by in (other, database, other):
                change(by)
                marks.append(database.change_mark())
    assert len(set(marks)) == len(marks)
    assert database.change_mark() == marks[-1]
    database._watch.end()  # as after an error of its connection
    assert database.change_mark() not in marks
    database.close()
    with pytest.raises(LibraryError, match="closed"):
        database.change_mark()


def test_writing_to_a_library_that_has_been_closed_is_an_error_of_ours(database: Database) -> None:
    database.close()
    with pytest.raises(LibraryError, match="it has been closed"):
        database.keep_meta("colour", "red")


def test_a_damaged_library_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / DATABASE).write_bytes(b"this is not a database" * 100)
    with pytest.raises(LibraryError, match="is damaged"):
        Database(tmp_path / "bad", embedder="words")
