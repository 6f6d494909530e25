"""Documents read by an earlier version are read again from their sources; what cannot be stays as it was."""

import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ingest.pipeline import Ingestor
from ingest.refresh import Outdated, Refresher
from ingest.removal import upload_key
from ingest.sources.file_store import FolderFiles
from ingest.web.web_ingestor import WebIngestor
from rag.runtime.progress import CancelEvent
from rag.settings import load_settings
from rag.stores.sqlite_library import SqliteLibrary
from rag.text.document_names import with_context
from rag.types import Document
from tests.ingest.web.site_server import page, serving_site
from tests.support.fakes import WordEmbedder
from tests.support.library_services import services_over


@pytest.fixture
def refresher(ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path) -> Iterator[Refresher]:
    with services_over(library, tmp_path, embedder=ingestor.preparer.embedder) as services:
        yield Refresher(services, ingestor)


def age(folder: Path, *names: str) -> None:
    """Have documents look as an earlier version read them."""
    db = sqlite3.connect(folder / "library" / "library.sqlite")
    with db:
        db.executemany(
            "UPDATE documents SET recipe = 'text-0', facts = '{}' WHERE name = ?", [(name,) for name in names]
        )
    db.close()


def add(ingestor: Ingestor, folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text(f"# Title of {name}\nThe text of {name}.")
    assert all(result.status == "added" for result in ingestor.ingest([str(folder / name) for name in names]))


def of_name(library: SqliteLibrary, name: str) -> Document:
    return next(document for document in library.documents() if document.name == name)


def test_only_outdated_documents_are_read_again_and_keep_their_ids(
    refresher: Refresher, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    add(ingestor, tmp_path, "a.md", "b.md", "c.md")
    before = {document.name: document.id for document in library.documents()}
    age(tmp_path, "a.md", "c.md")
    assert of_name(library, "a.md").facts.title == ""
    numbers: list[int] = []
    outdated = refresher.find()
    results = list(refresher.refresh(outdated, before_each=numbers.append))
    assert {(result.name, result.status) for result in results} == {("a.md", "replaced"), ("c.md", "replaced")}
    assert numbers == [0, 1]
    assert {document.name: document.id for document in library.documents()} == before
    assert of_name(library, "a.md").facts.title == "Title of a.md"
    assert refresher.find().files == ()


def test_a_copy_of_a_document_that_is_out_of_date_leaves_what_people_made_of_it(
    refresher: Refresher, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path, embedder: WordEmbedder
) -> None:
    add(ingestor, tmp_path, "a.md")
    first = of_name(library, "a.md")
    library.move(first.id, "law")
    library.edit_facts(first.id, {"title": "Corrected"})
    (tmp_path / "b.md").write_bytes((tmp_path / "a.md").read_bytes())
    (copied,) = ingestor.ingest([str(tmp_path / "b.md")])
    assert (copied.status, copied.document_id) == ("added", first.id)
    (document,) = library.documents()
    assert (document.id, document.name, document.also, document.collection) == (first.id, "a.md", ("b.md",), "law")
    assert document.facts.title == "Corrected"
    assert refresher.find().files == ()
    (chunk,) = library.chunks(library.chunk_ids())
    expected = embedder.embed_documents([with_context(chunk.title, chunk.heading, chunk.text)])
    assert np.allclose(library.known_vectors([chunk.id])[1], expected)
    age(tmp_path, "a.md")
    assert [result.status for result in refresher.refresh(refresher.find())] == ["replaced"]
    assert [(document.id, document.facts.title) for document in library.documents()] == [(first.id, "Corrected")]


def test_what_fails_keeps_its_old_version_and_the_ledger_says_why(
    refresher: Refresher, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    add(ingestor, tmp_path, "a.md")
    age(tmp_path, "a.md")
    (tmp_path / "a.md").write_text("")
    (result,) = refresher.refresh(refresher.find())
    assert (result.status, result.reason) == ("failed", "the file is empty")
    entry = library.entry(str(tmp_path / "a.md"))
    assert entry
    assert (entry.state, entry.reason) == ("failed", "the file is empty")
    assert [chunk.document for chunk in library.chunks(library.chunk_ids())] == ["a.md"]
    assert refresher.find(failed=False).files == ()
    assert len(refresher.find().files) == 1


def test_sources_that_are_gone_keep_their_old_version_and_are_counted(
    refresher: Refresher, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    add(ingestor, tmp_path, "a.md", "b.md")
    age(tmp_path, "a.md", "b.md")
    (tmp_path / "a.md").unlink()
    outdated = refresher.find()
    assert [document.name for document in outdated.without_source] == ["a.md"]
    assert [result.name for result in refresher.refresh(outdated)] == ["b.md"]
    assert of_name(library, "a.md").chunks == 1


def test_uploads_and_members_of_archives_are_found(
    refresher: Refresher, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    name = "reports/2019/up.md"
    kept = tmp_path / "library" / upload_key(FolderFiles(tmp_path / "library"), "", name)
    kept.parent.mkdir(parents=True)
    kept.write_text("# Uploaded\nIt was sent.")
    ingestor.ingest_file(kept, source=f"upload:{name}", name=name)
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("in/one.md", "# One\nThe first.")
        archive.writestr("two.md", "# Two\nThe second.")
    assert len(list(ingestor.ingest([str(tmp_path / "old.zip")], archives=True))) == 2
    age(tmp_path, name, "one.md", "two.md")
    results = list(refresher.refresh(refresher.find()))
    assert sorted(result.name for result in results if result.status == "replaced") == ["one.md", name, "two.md"]
    assert refresher.find() == Outdated((), ())


def test_an_edited_title_is_embedded_first_of_all(
    refresher: Refresher, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    add(ingestor, tmp_path, "a.md", "b.md")
    age(tmp_path, "a.md")
    before = library.known_vectors(library.chunk_ids({of_name(library, "b.md").id}))[1]
    library.edit_facts(of_name(library, "b.md").id, {"title": "Quite another one"})
    assert [document.name for document, _ in refresher.find().files] == ["b.md", "a.md"]
    list(refresher.refresh(refresher.find()))
    after = library.known_vectors(library.chunk_ids({of_name(library, "b.md").id}))[1]
    assert not (before == after).all()


def test_a_cancelled_reading_leaves_no_trace_and_is_done_the_next_time(
    refresher: Refresher, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    add(ingestor, tmp_path, "a.md", "b.md")
    age(tmp_path, "a.md", "b.md")
    cancelled = CancelEvent()
    assert list(refresher.refresh(refresher.find(), lambda *_: cancelled.set(), cancelled)) == []
    assert {entry.state for entry in library.ledger()} == {"ready"}
    assert len(refresher.find(failed=False).files) == 2


def test_a_document_removed_meanwhile_is_passed_over(
    refresher: Refresher, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    add(ingestor, tmp_path, "a.md", "b.md")
    age(tmp_path, "a.md", "b.md")
    outdated = refresher.find()
    library.remove_all([of_name(library, "a.md").id])
    assert [result.name for result in refresher.refresh(outdated)] == ["b.md"]
    assert [document.name for document in library.documents()] == ["b.md"]


def test_a_web_page_is_read_again_from_its_archived_copy(
    refresher: Refresher, library: SqliteLibrary, ingestor: Ingestor, tmp_path: Path
) -> None:
    settings = load_settings(web_private_hosts=("127.0.0.1",))
    with serving_site() as site:
        address = site.add("/a", page("The birch is white."))
        assert [result.status for result in WebIngestor(ingestor, settings).ingest([address])] == ["added"]
    (document,) = library.documents()
    age(tmp_path, document.name)
    outdated = refresher.find()
    assert outdated.without_source == ()
    assert [result.status for result in refresher.refresh(outdated)] == ["replaced"]
    (again,) = library.documents()
    assert (again.id, again.source, again.facts.address) == (document.id, address, address)
    assert "web page" in again.recipe
    assert refresher.find() == Outdated((), ())
