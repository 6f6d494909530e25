"""Outdated documents are read again in the background, while nobody asks."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from ingest.pipeline import Ingestor
from ingest.refresh import Refresher
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.library_services import services_over
from tests.support.waiting import until
from web.idle_refresh import BackgroundRefresh

WAIT_S = 60


@pytest.fixture
def refresher(ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path) -> Iterator[Refresher]:
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text(f"# Title\nThe text of {name}.")
    list(ingestor.ingest([str(tmp_path / f"{name}.md") for name in "abc"]))
    (tmp_path / "c.md").unlink()
    db = sqlite3.connect(tmp_path / "library" / "library.sqlite")
    with db:
        db.execute("UPDATE documents SET recipe = 'old'")
    db.close()
    with services_over(library, tmp_path, embedder=ingestor.preparer.embedder) as services:
        yield Refresher(services, ingestor)


def outdated(library: SqliteLibrary) -> list[str]:
    return [document.name for document in library.documents() if document.recipe == "old"]


def test_documents_are_read_again_and_those_without_their_file_are_known(
    refresher: Refresher, library: SqliteLibrary
) -> None:
    refresh = BackgroundRefresh(refresher, lambda: False, settle_s=0)
    refresh.start()
    until(lambda: outdated(library) == ["c.md"] and refresh.state("").total == 0)
    (lost,) = refresh.state("").without_source
    document = library.document(lost)
    assert document
    assert document.name == "c.md"
    assert refresh.state("").outdated == {lost}
    assert refresh.state("ann").without_source == refresh.state("ann").outdated == frozenset()
    refresh.stop()


def test_nothing_is_read_again_while_somebody_asks(refresher: Refresher, library: SqliteLibrary) -> None:
    asked, asking = Event(), [True]

    def is_busy() -> bool:
        asked.set()
        return asking[0]

    refresh = BackgroundRefresh(refresher, is_busy, settle_s=0)
    refresh.start()
    assert asked.wait(WAIT_S)
    assert (refresh.state("").done, refresh.state("").total) == (0, 2)
    assert len(outdated(library)) == 3
    assert refresh.state("").outdated == {document.id for document in library.documents()}
    asking[0] = False
    until(lambda: outdated(library) == ["c.md"])
    refresh.stop()


def test_a_correction_has_its_document_read_again(refresher: Refresher, library: SqliteLibrary) -> None:
    refresh = BackgroundRefresh(refresher, lambda: False, settle_s=0)
    refresh.start()
    until(lambda: outdated(library) == ["c.md"])
    edited = next(document for document in library.documents() if document.name == "a.md")
    library.edit_facts(edited.id, {"title": "Another"})
    refresh.look_again()
    until(lambda: all(document.recipe for document in library.documents()))
    refresh.stop()
