"""Opening a library: migrations, and libraries that cannot be opened."""

import sqlite3
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.schema import MIGRATIONS, VERSION
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.fakes import WordEmbedder
from tests.support.old_libraries import write_library
from tests.support.values import content


@pytest.mark.parametrize(
    ("embedder", "way"),
    [
        ("other", "CITEWELL_EMBEDDER=words,"),
        ("words; query prefix 'query: '", "CITEWELL_EMBEDDER=words and the embedder's prefixes as they were"),
    ],
)
def test_another_embedder_or_another_prefix_is_refused_with_the_way_out(
    library: SqliteLibrary, tmp_path: Path, embedder: str, way: str
) -> None:
    with pytest.raises(LibraryError, match=way):
        SqliteLibrary(tmp_path / "library", embedder=embedder)


def test_a_library_of_a_newer_version_is_refused(library: SqliteLibrary, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "library" / "library.sqlite") as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
    db.close()
    with pytest.raises(LibraryError, match="newer Citewell"):
        SqliteLibrary(tmp_path / "library", embedder="words")


def columns(file: Path) -> dict[str, set[str]]:
    """Names of the columns of each table."""
    db = sqlite3.connect(file)
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {table: {row[1] for row in db.execute(f"PRAGMA table_info({table})")} for table in tables}
    db.close()
    return found


@pytest.mark.parametrize("version", [1, 2])
def test_a_library_of_an_earlier_version_is_migrated(version: int, library: SqliteLibrary, tmp_path: Path) -> None:
    assert set(MIGRATIONS) == set(range(1, VERSION))
    write_library(tmp_path / "old", version)
    for _ in range(2):  # the second time there is nothing left to do
        migrated = SqliteLibrary(tmp_path / "old", embedder="words")
        (document,) = migrated.documents()
        assert (document.id, document.owner, document.collection, document.also) == (1, "", "", ())
        assert [(p.number, p.state) for p in migrated.page_records(1)] == [(1, "ready"), (2, "empty")]
        assert [(e.source, e.state, e.document_id) for e in migrated.ledger()] == [("/1", "ready", 1)]
        assert [chunk.text for chunk in migrated.chunks([1])] == ["old text"]
        migrated.close()
    assert columns(tmp_path / "old" / "library.sqlite") == columns(tmp_path / "library" / "library.sqlite")


def test_a_migrated_library_reuses_no_id_and_removes_whole_documents(embedder: WordEmbedder, tmp_path: Path) -> None:
    write_library(tmp_path / "old", 2, removed=4)
    library = SqliteLibrary(tmp_path / "old", embedder="words")
    assert library.remove(5)
    assert (library.chunk_ids(), library.ledger()) == ([], [])
    assert library.replace(content("a.txt", "one"), embedder.embed_documents(["one"])).id == 6
    library.close()
