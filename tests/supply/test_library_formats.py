"""A library of every format from the first on is opened by today's code, with everything that was in it."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest.backup import back_up, restore
from ingest.salvage import salvage
from rag.errors import LibraryError
from rag.stores.database import DATABASE, Database
from rag.stores.schema import MIGRATIONS, VERSION
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sql_notes import SqlNotes
from rag.stores.sqlite_library import SqliteLibrary
from tests.supply.library_formats import CHUNK, FOLDER, TEXT
from tests.support.stored_texts import put
from tests.support.values import content


def write(folder: Path, version: int) -> Path:
    """Write the library of a format to a folder, and return it."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.executescript((FOLDER / f"format-{version}.sql").read_text())
    return folder


def test_there_is_a_fixture_of_every_format_and_a_migration_from_each_to_the_next() -> None:
    assert set(MIGRATIONS) == set(range(1, VERSION))
    assert [path.name for path in sorted(FOLDER.iterdir())] == [f"format-{n}.sql" for n in range(1, VERSION + 1)]


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_library_of_a_format_is_opened_whole(version: int, tmp_path: Path) -> None:
    folder, owner = write(tmp_path / "library", version), "ann" if version >= 3 else ""
    for _ in range(2):  # the second time there is nothing left to do
        library = SqliteLibrary(folder, embedder="words")
        (document,) = library.documents(owner)
        page = library.page(7, 1)
        assert (document.id, document.name, page and page.text) == (7, "trees.txt", TEXT)
        assert (document.owner, document.also) == (owner, ())
        assert document.collection == ("Trees" if version >= 2 else "")
        assert document.facts.title == ("On trees" if version >= 6 else "")
        assert [chunk.text for chunk in library.chunks([3])] == [CHUNK]
        assert library.known_vectors([3])[1].tolist() == [[1, 0, 0]]
        assert [(e.source, e.state, e.document_id) for e in library.ledger(owner)] == [("/trees.txt", "ready", 7)]
        assert [overview.made_at[:4] for overview in library.overviews(7)] == (["2026"] if version >= 7 else [])
        assert list(library.findings()) == []
        library.close()
    conversations = SqlConversations(Database(folder, embedder="words"))
    assert [each.name for each in conversations.conversations("ann")] == (["Birches"] if version >= 4 else [])
    if version >= 4:
        assert [each.unanswered for each in conversations.conversations("ann")] == ["Dark?" if version >= 9 else ""]
        assert conversations.exchanges("c1", "ann")[0].record == {"answer": "White."}
        assert conversations.excluded("c1", "ann") == (frozenset({7}) if version >= 5 else frozenset())
    conversations.close()
    notes = SqlNotes(Database(folder, embedder="words"))
    assert [note.title for note in notes.notes("ann")] == (["Yews"] if version >= 8 else [])
    notes.close()


def columns(folder: Path) -> dict[str, set[str]]:
    """Return the names of the columns of each table of a library."""
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: {row[1] for row in db.execute(f"PRAGMA table_info({table})")} for table in tables}


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_library_of_a_format_gets_the_tables_of_a_new_one(version: int, tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", version), tmp_path / "new"
    for folder in (old, new):
        SqliteLibrary(folder, embedder="words").close()
    assert columns(old) == columns(new)


@pytest.mark.parametrize("version", [1, 2])
def test_an_empty_page_of_before_pages_had_states_is_known_as_empty(version: int, tmp_path: Path) -> None:
    folder = write(tmp_path / "library", version)
    with closing(sqlite3.connect(folder / DATABASE)) as db, db:
        db.execute("INSERT INTO pages VALUES (7, 2, '2', '')")
    library = SqliteLibrary(folder, embedder="words")
    assert [(page.number, page.state) for page in library.page_records(7)] == [(1, "ready"), (2, "empty")]
    library.close()


def test_a_migrated_library_reuses_no_id_and_removes_whole_documents(tmp_path: Path) -> None:
    folder = write(tmp_path / "library", 2)
    with closing(sqlite3.connect(folder / DATABASE)) as db, db:
        db.execute("UPDATE sqlite_sequence SET seq = 9 WHERE name = 'documents'")  # 8 and 9 were removed
    library = SqliteLibrary(folder, embedder="words")
    assert library.remove_all([7])
    assert (library.chunk_ids(), library.ledger()) == ([], [])
    assert put(library, content("a.txt", "one"), np.ones((1, 3), np.float32)).id == 10
    library.close()


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_library_of_a_format_is_salvaged_whole(version: int, tmp_path: Path) -> None:
    result = salvage(write(tmp_path / "library", version), tmp_path / "new", "words")
    assert (result.documents, result.conversations, result.notes) == (1, int(version >= 4), int(version >= 8))
    assert result.lost == []


@pytest.mark.parametrize("version", [1, VERSION])
def test_a_backup_of_an_earlier_format_is_restored_and_opened(version: int, tmp_path: Path) -> None:
    back_up(write(tmp_path / "library", version), tmp_path / "backup.zip")
    restore(tmp_path / "backup.zip", tmp_path / "restored")
    library = SqliteLibrary(tmp_path / "restored", embedder="words")
    assert [document.name for document in library.documents()] == ["trees.txt"]
    library.close()


def test_a_backup_of_a_newer_format_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "library", VERSION)
    with closing(sqlite3.connect(folder / DATABASE)) as db, db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
    (accounts := tmp_path / "users.json").write_text("{}")
    back_up(folder, tmp_path / "backup.zip", accounts)
    with pytest.raises(LibraryError, match=r"newer Citewell \(format 99, this one reads \d+\). Upgrade"):
        restore(tmp_path / "backup.zip", tmp_path / "restored", tmp_path / "new_users.json")
    assert not (tmp_path / "restored").exists()
    assert not (tmp_path / "new_users.json").exists()
    assert zipfile.is_zipfile(tmp_path / "backup.zip")
