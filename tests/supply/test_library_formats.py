"""A library of every format from the first on is opened by today's code, with everything that was in it."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from ingest.upkeep.backup import back_up, restore
from ingest.upkeep.salvage import salvage
from rag.errors import LibraryError
from rag.stores.database import DATABASE, Database
from rag.stores.schema import VERSION
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sql_notes import SqlNotes
from rag.stores.sqlite_library import SqliteLibrary
from tests.supply.library_formats import CHUNK, FOLDER, TEXT


def write(folder: Path, version: int) -> Path:
    """Write the library of a format to a folder, and return it."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.executescript((FOLDER / f"format-{version}.sql").read_text())
    return folder


def test_there_is_a_fixture_of_every_format() -> None:
    assert [path.name for path in sorted(FOLDER.iterdir())] == [f"format-{n}.sql" for n in range(1, VERSION + 1)]


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_library_of_a_format_is_opened_whole(version: int, tmp_path: Path) -> None:
    folder, owner = write(tmp_path / "library", version), "ann" if version >= 3 else ""
    library = SqliteLibrary(folder, embedder="words")
    (document,) = library.documents(owner)
    page = library.page(7, 1)
    assert (document.id, document.name, page and page.text) == (7, "trees.txt", TEXT)
    assert document.collection == ("Trees" if version >= 2 else "")
    assert document.facts.title == ("On trees" if version >= 6 else "")
    assert [chunk.text for chunk in library.chunks([3])] == [CHUNK]
    assert library.vectors([3]).tolist() == [[1, 0, 0]]
    assert [(entry.source, entry.document_id) for entry in library.ledger(owner)] == [("/trees.txt", 7)]
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
