"""A removed document disappears from every table, both indexes and every file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import pytest

from ingest.pipeline import Ingestor
from ingest.removal import forget_sources, purge_indexes, remove_documents, upload_key
from ingest.sources.file_store import FolderFiles
from ingest.web.web_ingestor import WebIngestor
from rag.services import Services
from rag.settings import load_settings
from rag.stores.index_sync import SearchIndexes, Stamp
from rag.stores.keyword_index import TantivyIndex
from rag.stores.library_folder import UPLOADS
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import NewDocument
from serving.local_uploads import LocalUploads
from tests.serving.sent_files import send
from tests.support.library_services import services_over
from tests.support.values import present

Store = Callable[..., int]
SECRET = "xylophonically"


@pytest.fixture
def indexes(library: SqliteLibrary, tmp_path: Path) -> SearchIndexes:
    return SearchIndexes(tmp_path / "library", library, 48)


@pytest.fixture
def services(library: SqliteLibrary, indexes: SearchIndexes, tmp_path: Path) -> Iterator[Services]:
    with services_over(library, tmp_path, indexes=indexes) as made:
        yield made


def deleted_in_keyword_index(folder: Path) -> int:
    """Deleted texts whose words are still in its dictionaries."""
    return len(list((folder / "keyword").glob("*.del")))


def files_with(folder: Path, word: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def test_a_removed_document_leaves_no_word_in_any_file_and_in_no_index(
    services: Services, store_text: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "library"
    ids = [store_text("a.txt", *[f"public text {n}" for n in range(50)]), store_text("secret.txt", SECRET, "more")]
    services.indexes.refresh()
    assert files_with(folder, SECRET)
    assert services.indexes.keyword.search(SECRET, 1)
    assert remove_documents(services, [ids[1]]).unknown == []
    assert files_with(folder, SECRET) == files_with(folder, "secret.txt") == []
    assert deleted_in_keyword_index(folder) == 0
    assert services.indexes.keyword.search(SECRET, 1) == []
    assert len(services.indexes.keyword.search("public", 100)) == 50
    assert list(services.indexes.findings()) == []


def test_an_upload_in_place_of_another_leaves_no_word_of_it(
    services: Services, ingestor: Ingestor, store_text: Store, tmp_path: Path
) -> None:
    left, purged = SimpleQueue[int](), Event()

    def purge() -> None:
        services.indexes.refresh()
        left.put(deleted_in_keyword_index(tmp_path / "library"))
        purge_indexes(services)
        purged.set()

    uploads = LocalUploads(ingestor, WebIngestor(ingestor, load_settings()), tmp_path / "library" / UPLOADS, purge)
    store_text("other.txt", *[f"text {n}" for n in range(50)])
    send(uploads, f"The {SECRET} first version.".encode(), "a.txt")
    services.indexes.refresh()
    send(uploads, b"The second version.", "a.txt")
    assert left.get(timeout=60) == 1
    assert purged.wait(60)
    assert deleted_in_keyword_index(tmp_path / "library") == 0
    assert files_with(tmp_path / "library", SECRET) == []
    assert services.indexes.keyword.search("version", 5)


def test_a_name_that_a_document_has_no_more_is_purged(
    services: Services, library: SqliteLibrary, store_text: Store, tmp_path: Path
) -> None:
    id_ = store_text("secret.txt", "text")
    new = library.documents()[0]
    library.link(NewDocument(name="b.txt", source="/b.txt", sha256=new.sha256, recipe=new.recipe, size=4), id_)
    store_text("other.txt", *[f"text {n}" for n in range(50)])
    services.indexes.refresh()
    forget_sources(services, [present(library.entry("/secret.txt"))])
    assert [document.name for document in library.documents()] == ["b.txt", "other.txt"]
    assert deleted_in_keyword_index(tmp_path / "library") == 0


def test_a_purge_that_was_missed_is_done_by_the_next_one_and_only_once(
    services: Services, library: SqliteLibrary, store_text: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_text("a.txt", *[f"text {n}" for n in range(50)])
    id_ = store_text("secret.txt", SECRET)
    services.indexes.refresh()
    library.remove_all([id_])  # and the program was killed here
    services.indexes.refresh()
    fresh = SearchIndexes(tmp_path / "library", library, 48)
    fresh.purge()
    assert present(Stamp.read(tmp_path / "library" / "keyword.json")).purged >= library.last_removal > 0
    monkeypatch.setattr(TantivyIndex, "update", pytest.fail)
    fresh.purge()


def test_a_purge_that_was_killed_half_way_does_no_harm(
    services: Services, library: SqliteLibrary, store_text: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_text("a.txt", "public text")
    id_ = store_text("secret.txt", SECRET)
    services.indexes.refresh()
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", lambda *_: pytest.fail("killed between the old index and the new"))
        with pytest.raises(BaseException, match="killed"):
            remove_documents(services, [id_])
    again = SearchIndexes(tmp_path / "library", library, 48)
    again.purge()
    assert [id_ for id_, _ in again.keyword.search("public", 5)] == library.chunk_ids()
    assert list(again.findings()) == []


def test_an_uploaded_file_goes_with_its_document_under_each_of_its_names(
    services: Services, library: SqliteLibrary, store_text: Store, tmp_path: Path
) -> None:
    id_ = store_text("a.txt", "text")
    new = library.documents()[0]
    uploads = []
    for owner, name in (("", "b.txt"), ("", "c.txt"), ("ann", "b.txt")):
        file = tmp_path / "library" / upload_key(FolderFiles(tmp_path / "library"), owner, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("text")
        uploads.append(file)
    for name in ("b.txt", "c.txt"):
        library.link(NewDocument(name=name, source=f"upload:{name}", sha256=new.sha256, recipe=new.recipe, size=4), id_)
    forget_sources(services, [present(library.entry("upload:c.txt"))])
    assert [file.exists() for file in uploads] == [True, False, True]
    assert remove_documents(services, [id_, 99]).unknown == [99]
    assert [file.exists() for file in uploads] == [False, False, True]
    assert library.ledger() == []
