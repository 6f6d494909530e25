"""A library knows the indexes that derive from it: one of a state that it never had, or has no more, is built anew."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.interfaces import IndexRecord
from rag.stores.index_sync import SearchIndexes, Stamp, _StoredIndex
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.fakes import WordEmbedder
from tests.support.values import content

Store = Callable[..., int]


@pytest.fixture
def indexes(library: SqliteLibrary, tmp_path: Path) -> SearchIndexes:
    return SearchIndexes(tmp_path / "library", library, 48)


def restored(library: SqliteLibrary, backup: Path) -> None:
    """Put a backup of the library's file in its place, as it is done by hand."""
    library.close()
    file = backup.parent / "library" / "library.sqlite"
    for beside in ("library.sqlite-wal", "library.sqlite-shm"):
        (file.parent / beside).unlink(missing_ok=True)
    shutil.copy2(backup, file)


def back_up(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "library" / "library.sqlite")) as db:
        db.execute("VACUUM INTO ?", (str(folder / "backup.sqlite"),))
    return folder / "backup.sqlite"


def opened(folder: Path) -> tuple[SqliteLibrary, SearchIndexes]:
    library = SqliteLibrary(folder / "library", embedder="words")
    return library, SearchIndexes(folder / "library", library, 48)


def store(library: SqliteLibrary, name: str, text: str) -> None:
    library.replace(content(name, text), WordEmbedder().embed_documents([text]))


@pytest.mark.parametrize("is_searched", [True, False])
def test_an_index_of_what_a_restored_library_never_had_is_built_anew(tmp_path: Path, is_searched: bool) -> None:
    library, indexes = opened(tmp_path)
    store(library, "a.txt", "apple")
    if is_searched:  # otherwise it knows nothing of an index
        indexes.refresh()
    backup = back_up(tmp_path)
    store(library, "b.txt", "banana")
    indexes.refresh()
    restored(library, backup)
    library, indexes = opened(tmp_path)
    store(library, "c.txt", "cherry")
    with closing(library):
        (_, chunk) = library.chunk_ids()
        indexes.refresh()
        assert [id_ for id_, _ in indexes.keyword.search("cherry", 5)] == [chunk]
        assert indexes.keyword.search("banana", 5) == []
        assert [id_ for id_, _ in indexes.dense.search(WordEmbedder().embed_query("cherry"), 1)] == [chunk]


def test_an_index_of_an_earlier_version_is_taken_over_once(
    library: SqliteLibrary, indexes: SearchIndexes, store_text: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_text("a.txt", "one")
    indexes.refresh()
    for name in ("dense", "keyword"):
        file = tmp_path / "library" / f"{name}.json"
        stamp = Stamp.read(file)
        assert stamp
        assert library.index_record(name) == IndexRecord(stamp.build, stamp.generation)
        replace(stamp, build="").write(file)
    with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite", isolation_level=None)) as db:
        db.execute("DELETE FROM meta WHERE key LIKE 'index %'")
    with monkeypatch.context() as patch:
        patch.setattr(SearchIndexes, "_rebuild", pytest.fail)
        SearchIndexes(tmp_path / "library", library, 48).refresh()
    stamp = Stamp.read(file)
    assert stamp
    assert stamp.build
    replace(stamp, build="").write(file)  # an earlier version has written it since
    built: list[str] = []

    def rebuild(_: SearchIndexes, index: _StoredIndex) -> Stamp:
        built.append(index.stamp.stem)
        return stamp

    monkeypatch.setattr(SearchIndexes, "_rebuild", rebuild)
    SearchIndexes(tmp_path / "library", library, 48).refresh()
    assert built == ["keyword"]


def test_a_catch_up_does_not_change_the_generation_and_leaves_the_index_if_it_cannot_be_announced(
    library: SqliteLibrary, indexes: SearchIndexes, store_text: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_text("a.txt", "one")
    before = library.generation
    indexes.refresh()
    assert library.generation == before
    indexes.refresh()
    store_text("b.txt", "two")

    def busy(*_: object) -> None:
        raise LibraryError("The library is being written by another program")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteLibrary, "record_index", busy)
        patch.setattr(SearchIndexes, "_rebuild", pytest.fail)
        with pytest.raises(LibraryError, match="another program"):
            indexes.refresh()
    assert indexes.dense.ids() == set(library.chunk_ids()[:1])
    indexes.refresh()
    assert indexes.dense.ids() == set(library.chunk_ids())
