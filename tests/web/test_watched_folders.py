"""Folders of the machine in the app: read, followed, found again, and let go without losing a document."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from rag.errors import SettingsError
from rag.services import Services
from rag.stores.library_folder import FOLLOWED
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.library_services import services_over
from tests.support.waiting import until
from web.watched_folders import WatchedFolder, WatchedFolders


@pytest.fixture
def services(library: SqliteLibrary, ingestor: Ingestor, tmp_path: Path) -> Iterator[Services]:
    with services_over(library, tmp_path, embedder=ingestor.preparer.embedder) as made:
        yield made


@pytest.fixture
def folders(services: Services, ingestor: Ingestor) -> Iterator[WatchedFolders]:
    made = WatchedFolders(services, ingestor)
    made.start()
    yield made
    made.close()


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    (folder / "2019").mkdir(parents=True)
    (folder / "a.txt").write_text("The birch is white.")
    (folder / "2019" / "b.txt").write_text("The oak is brown.")
    return folder


def state(folders: WatchedFolders, *states: str) -> WatchedFolder:
    """Wait until the only folder is in one of these states."""
    return until(lambda: next((each for each in folders.all() if each.state in states), None), state=folders.all)


def text(folders: WatchedFolders, expected: str) -> None:
    """Wait until the only folder says this."""
    until(lambda: any(expected in folder.text for folder in folders.all()), state=folders.all)


def names(library: SqliteLibrary) -> set[str]:
    return {document.name for document in library.documents("")}


def test_a_folder_is_read_and_then_followed(folders: WatchedFolders, library: SqliteLibrary, papers: Path) -> None:
    folders.add(str(papers))
    assert state(folders, "watching").text == "2 added."
    assert names(library) == {"a.txt", "b.txt"}
    # What is written before the folder is followed is caught up with, so that one change is enough.
    (papers / "c.txt").write_text("The fir is green.")
    until(lambda: "c.txt" in names(library))


def test_a_sync_finds_what_has_changed_and_what_fails(
    folders: WatchedFolders, library: SqliteLibrary, papers: Path
) -> None:
    folders.add(str(papers))
    state(folders, "watching")
    (papers / "bad.pdf").write_bytes(b"%PDF-1.4 nonsense")
    folders.sync(str(papers))
    text(folders, "bad.pdf: the PDF is damaged")
    with pytest.raises(SettingsError, match="not among the folders"):
        folders.sync("/elsewhere")


def test_what_is_edited_in_one_folder_while_another_is_read_is_not_lost(
    folders: WatchedFolders, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders.add(str(papers))
    state(folders, "watching")
    other = tmp_path / "other"
    other.mkdir()
    read = WatchedFolders._read

    def while_somebody_edits(self: WatchedFolders, path: str) -> None:
        (papers / "a.txt").write_text("The birch is black.")
        read(self, path)

    monkeypatch.setattr(WatchedFolders, "_read", while_somebody_edits)
    folders.add(str(other))
    text(folders, "1 replaced.")


def test_a_folder_is_found_again_by_the_next_app_and_let_go_without_its_documents(
    folders: WatchedFolders, services: Services, ingestor: Ingestor, papers: Path, library: SqliteLibrary
) -> None:
    folders.add(str(papers))
    state(folders, "watching")
    assert [folder.path for folder in WatchedFolders(services, ingestor).all()] == [str(papers)]
    folders.remove(str(papers))
    assert folders.all() == json.loads((services.settings.library / FOLLOWED).read_text()) == []
    assert names(library) == {"a.txt", "b.txt"}


def test_a_folder_that_is_out_of_reach_loses_nothing(
    folders: WatchedFolders, library: SqliteLibrary, papers: Path
) -> None:
    folders.add(str(papers))
    state(folders, "watching")
    folders.remove(str(papers))
    papers.rename(papers.with_name("elsewhere"))
    folders._folders[str(papers)] = WatchedFolder(str(papers))
    folders.sync(str(papers))
    assert "Is its disk connected?" in state(folders, "absent").text
    assert names(library) == {"a.txt", "b.txt"}


def test_a_damaged_list_is_no_list(services: Services, ingestor: Ingestor) -> None:
    services.settings.library.mkdir(exist_ok=True)
    (services.settings.library / FOLLOWED).write_text("{")
    assert WatchedFolders(services, ingestor).all() == []
