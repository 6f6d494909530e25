"""The indexes in Milvus catch up with the library, whoever wrote to it, and are built anew when they must be."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from rag.stores import keyword_terms
from rag.stores.milvus.index_stamps import IndexStamp, IndexStamps
from rag.stores.milvus.milvus_indexes import MilvusIndexes
from rag.stores.milvus.milvus_server import MilvusServer
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.fakes import WordEmbedder
from tests.support.servers.milvus_process import MilvusProcess
from tests.support.stored_texts import put
from tests.support.values import content

pytestmark = pytest.mark.milvus
DIMENSION = WordEmbedder().dimension


@pytest.fixture
def program(milvus: MilvusProcess, library: SqliteLibrary) -> Callable[[], MilvusIndexes]:
    """Return a function that opens the indexes as another program does."""
    return lambda: MilvusIndexes(MilvusServer(milvus.address), library, DIMENSION, nullcontext)


def found(indexes: MilvusIndexes, text: str) -> list[int]:
    indexes.refresh()
    return [id_ for id_, _ in indexes.keyword.search(text, 5)]


def test_what_is_stored_changed_built_anew_and_removed_is_found_so_by_every_program(
    program: Callable[[], MilvusIndexes], library: SqliteLibrary, store_text: Callable[..., int]
) -> None:
    one, other = program(), program()
    assert found(one, "osprey") == found(other, "osprey") == []
    document = store_text("a.txt", "the osprey")
    (chunk,) = library.chunk_ids()
    assert found(one, "osprey") == found(other, "osprey") == [chunk]
    assert [id_ for id_, _ in other.dense.search(WordEmbedder().embed_query("osprey"), 1)] == [chunk]
    library.edit_facts(document, {"title": "Falcons"})
    assert found(other, "falcon") == found(one, "falcon") == [chunk]
    one.keyword.remove([chunk])
    assert list(one.findings()) == ["the keyword index lacks 1 of 1 chunks"]
    one.rebuild()
    assert list(one.findings()) == []
    library.remove_all([document])
    assert found(one, "osprey") == found(other, "osprey") == []
    one.purge()
    assert list(one.findings()) == []


def test_an_index_of_what_a_restored_library_never_had_is_built_anew(
    program: Callable[[], MilvusIndexes],
    library: SqliteLibrary,
    store_text: Callable[..., int],
    tmp_path: Path,
    milvus: MilvusProcess,
) -> None:
    store_text("a.txt", "the osprey")
    program().refresh()
    file = tmp_path / "library" / "library.sqlite"
    with closing(sqlite3.connect(file)) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "backup.sqlite"),))
    store_text("b.txt", "the walrus")
    assert len(found(program(), "walrus")) == 1
    library.close()
    for name in ("library.sqlite-wal", "library.sqlite-shm"):
        (file.parent / name).unlink(missing_ok=True)
    shutil.copy2(tmp_path / "backup.sqlite", file)
    with closing(SqliteLibrary(tmp_path / "library", embedder="words")) as restored:
        put(restored, content("c.txt", "the heron"))
        indexes = MilvusIndexes(MilvusServer(milvus.address), restored, DIMENSION, nullcontext)
        assert found(indexes, "heron") == restored.chunk_ids()[1:]
        assert found(indexes, "walrus") == []


@pytest.mark.parametrize("stamp", [("other", DIMENSION, 1), (None, DIMENSION, 1_000), (None, 3, 1), (None, 48, 1, 99)])
def test_an_index_of_another_library_dimension_or_format_or_ahead_is_built_anew(
    program: Callable[[], MilvusIndexes],
    library: SqliteLibrary,
    store_text: Callable[..., int],
    milvus: MilvusProcess,
    monkeypatch: pytest.MonkeyPatch,
    stamp: tuple[str | None, int, int, int],
) -> None:
    store_text("a.txt", "the osprey")
    program().refresh()
    name = f"citewell_{library.identity}_words"
    IndexStamps(MilvusServer(milvus.address)).write(name, IndexStamp(stamp[0] or library.identity, *stamp[1:]))
    monkeypatch.setattr(keyword_terms, "keyword_text", lambda _: "walrus")
    indexes = program()
    assert found(indexes, "walrus") == library.chunk_ids()
    assert found(indexes, "osprey") == []


def test_a_change_that_a_killed_program_wrote_in_part_is_written_again(
    program: Callable[[], MilvusIndexes],
    library: SqliteLibrary,
    store_text: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program().refresh()
    store_text("a.txt", "the osprey")
    with monkeypatch.context() as patch:
        patch.setattr(IndexStamps, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            program().refresh()
    indexes = program()
    assert found(indexes, "osprey") == library.chunk_ids()
    assert list(indexes.findings()) == []
