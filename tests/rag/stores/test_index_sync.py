"""Search indexes in step with the library: stamps, changes applied, and a rebuild where nothing else helps."""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.interfaces import IndexRecord, Vectors
from rag.stores.faiss_index import FaissIndex
from rag.stores.index_sync import SearchIndexes, Stamp, _StoredIndex
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.fakes import WordEmbedder
from tests.support.stored_texts import stored
from tests.support.values import present

Store = Callable[..., int]


@pytest.fixture
def indexes(library: SqliteLibrary, tmp_path: Path) -> SearchIndexes:
    return SearchIndexes(tmp_path / "library", library, 48)


def reached(tmp_path: Path) -> list[int]:
    """Generations that the stamps of both indexes have reached."""
    stamps = [Stamp.read(tmp_path / "library" / f"{name}.json") for name in ("dense", "keyword")]
    return [stamp.generation for stamp in stamps if stamp]


def test_only_a_whole_stamp_is_read(tmp_path: Path) -> None:
    file = tmp_path / "dense.json"
    assert Stamp.read(file) is None
    for text in ("", "[]", '{"library": "x"}', '{"library": "x", "generation": 1, "more": 2}'):
        file.write_text(text)
        assert Stamp.read(file) is None, text
    Stamp("x", 7, purged=3).write(file)
    assert Stamp.read(file) == Stamp("x", 7, purged=3)


def test_a_refresh_applies_only_what_changed_since(
    library: SqliteLibrary, indexes: SearchIndexes, store_text: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_text("a.txt", "one", "two")
    indexes.refresh()
    added: list[int] = []
    add = FaissIndex.add

    def recorded(index: FaissIndex, ids: Sequence[int], vectors: Vectors) -> None:
        added.extend(ids)
        add(index, ids, vectors)

    monkeypatch.setattr(FaissIndex, "add", recorded)
    store_text("b.txt", "three")
    indexes.refresh()
    assert added == library.chunk_ids()[-1:]
    assert indexes.dense.ids() == indexes.keyword.ids() == set(library.chunk_ids())
    assert reached(tmp_path) == [library.generation] * 2


@pytest.mark.parametrize(
    ("words", "reason"), [("write error: 4014 != 129024 (No space left on device)", "the disk is full"), ("odd", "odd")]
)
def test_an_index_that_cannot_be_written_says_why_and_is_built_later(
    words: str, reason: str, indexes: SearchIndexes, store_text: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_text("a.txt", "one")

    def fail(index: FaissIndex, ids: Sequence[int], vectors: Vectors) -> None:
        raise RuntimeError(f"Error in void faiss::write_index: {words}")

    with monkeypatch.context() as patched:
        patched.setattr(FaissIndex, "add", fail)
        with pytest.raises(LibraryError, match=f"cannot be written: .*{reason}.*built at the next search") as caught:
            indexes.refresh()
    assert ("faiss" in str(caught.value)) is (reason == words)
    indexes.refresh()
    assert indexes.dense.ids()


@pytest.mark.parametrize("limit", [50_000, 1])
def test_a_chunk_that_another_process_removes_while_the_index_is_built_is_left_out(
    library: SqliteLibrary, indexes: SearchIndexes, store_text: Store, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr("rag.stores.faiss_index.EXACT_LIMIT", limit)  # 1: through an index of another kind
    gone = store_text("a.txt", "one", "two")
    store_text("b.txt", *(f"three {number}" for number in range(600)))
    known = SqliteLibrary.known_vectors

    def removing_first(library: SqliteLibrary, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        if gone in {document.id for document in library.documents()}:
            library.remove_all([gone])
        return known(library, ids)

    monkeypatch.setattr(SqliteLibrary, "known_vectors", removing_first)
    indexes.refresh()
    assert indexes.dense.ids() == set(library.chunk_ids())
    assert list(indexes.findings()) == []


def test_the_words_of_name_and_heading_are_searched_too(
    library: SqliteLibrary, indexes: SearchIndexes, store_text: Store
) -> None:
    store_text("annual_report.txt", "something about cats")
    store_text("b.txt", "something about dogs")
    indexes.refresh()
    ((id_, _),) = indexes.keyword.search("annual", 5)
    assert library.chunks([id_])[0].document == "annual_report.txt"


def test_differences_from_the_library_are_found_and_a_rebuild_repairs_them(
    library: SqliteLibrary, indexes: SearchIndexes, store_text: Store
) -> None:
    store_text("a.txt", "one", "two")
    indexes.refresh()
    indexes.dense.remove(library.chunk_ids()[:1])
    indexes.keyword.add([999], ["invented"])
    assert list(indexes.findings()) == [
        "the dense index lacks 1 of 2 chunks",
        "the keyword index has 1 chunks that the library has not",
    ]
    indexes.rebuild()
    assert list(indexes.findings()) == []


def test_a_purge_replaces_the_keyword_index_only_if_text_was_removed(
    library: SqliteLibrary, indexes: SearchIndexes, store_text: Store, tmp_path: Path
) -> None:
    store_text("a.txt", "public")
    id_ = store_text("b.txt", "confidential")
    indexes.refresh()
    calls: list[tuple[str, int, int]] = []
    indexes.purge(lambda *step: calls.append(step))
    assert calls == []
    library.remove_all([id_])
    indexes.purge(lambda *step: calls.append(step))
    assert calls
    assert not [
        path for path in (tmp_path / "library").rglob("*") if path.is_file() and b"confident" in path.read_bytes()
    ]
    assert [id_ for id_, _ in indexes.keyword.search("public", 5)] == library.chunk_ids()


def test_a_purge_succeeds_while_a_search_puts_its_lock_into_the_old_index(
    library: SqliteLibrary, indexes: SearchIndexes, store_text: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_text("a.txt", "public")
    confidential, secret = store_text("b.txt", "confidential"), store_text("c.txt", "secret")
    indexes.refresh()
    library.remove_all([confidential])
    delete = shutil.rmtree

    def delete_all_but_a_new_lock(folder: Path, *, ignore_errors: bool) -> None:
        if folder.exists():
            delete(folder, ignore_errors=ignore_errors)
            folder.mkdir()
            (folder / ".tantivy-meta.lock").touch()

    with monkeypatch.context() as busy:
        busy.setattr(shutil, "rmtree", delete_all_but_a_new_lock)
        indexes.purge()
    library.remove_all([secret])
    indexes.purge()
    assert [id_ for id_, _ in indexes.keyword.search("public", 5)] == library.chunk_ids()


def test_chunks_are_searched_in_the_language_of_their_document(indexes: SearchIndexes, store_text: Store) -> None:
    german = "Die alten Häuser der Stadt wurden im letzten Jahrhundert von vielen Familien bewohnt und gepflegt."
    store_text("de.txt", german, "Häuserliste: x = 3")
    store_text("en.txt", "The old houses of the town were lived in by many families during the last century.", "y = 3")
    indexes.refresh()
    assert indexes.keyword.languages() == {"de": 2, "en": 2}
    assert len(indexes.keyword.search("Haus", 5)) == 1


# What the library knows of its indexes


def restored(library: SqliteLibrary, backup: Path) -> None:
    """Put a backup of the library's file in its place, as it is done by hand."""
    library.close()
    file = backup.parent / "library" / "library.sqlite"
    for beside in ("library.sqlite-wal", "library.sqlite-shm"):
        (file.parent / beside).unlink(missing_ok=True)
    shutil.copy2(backup, file)


def opened(folder: Path) -> tuple[SqliteLibrary, SearchIndexes]:
    library = SqliteLibrary(folder / "library", embedder="words")
    return library, SearchIndexes(folder / "library", library, 48)


@pytest.mark.parametrize("is_searched", [True, False])
def test_an_index_of_what_a_restored_library_never_had_is_built_anew(tmp_path: Path, is_searched: bool) -> None:
    library, indexes = opened(tmp_path)
    stored(library, "a.txt", "apple")
    if is_searched:  # otherwise it knows nothing of an index
        indexes.refresh()
    with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite")) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "backup.sqlite"),))
    stored(library, "b.txt", "banana")
    indexes.refresh()
    restored(library, tmp_path / "backup.sqlite")
    library, indexes = opened(tmp_path)
    stored(library, "c.txt", "cherry")
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
        stamp = present(Stamp.read(file))
        assert library.index_record(name) == IndexRecord(stamp.build, stamp.generation)
        replace(stamp, build="").write(file)
    with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite", isolation_level=None)) as db:
        db.execute("DELETE FROM meta WHERE key LIKE 'index %'")
    with monkeypatch.context() as patch:
        patch.setattr(SearchIndexes, "_rebuild", pytest.fail)
        SearchIndexes(tmp_path / "library", library, 48).refresh()
    stamp = present(Stamp.read(file))
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
