"""Files deleted while nothing watched are told from files out of reach, with real files in real folders."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.deletions import find_deletions
from ingest.pipeline import Ingestor
from ingest.sources.discover import belongs, discover
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.documents.sample_documents import write_zip

Names = tuple[list[str], list[str]]


@pytest.fixture
def folder(ingestor: Ingestor, tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    for name in ("a.txt", "b.txt", "deep/c.txt", "deep/d.txt", "nas/e.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Text of {name}.")
    write_zip(folder / "z.zip", {"in/f.txt": b"Text of a member."})
    assert all(result.status == "added" for result in ingestor.ingest([str(folder)], archives=True))
    return folder


@pytest.fixture
def names_of(library: SqliteLibrary, folder: Path) -> Callable[..., Names]:
    """Names of the deleted and of the absent files, by default under the folder."""

    def names(*paths: str) -> Names:
        found = find_deletions(library.ledger(""), paths or [str(folder)])
        return [entry.name for entry in found.deleted], [entry.name for entry in found.absent]

    return names


def test_deleted_files_folders_and_archives_are_found(folder: Path, names_of: Callable[..., Names]) -> None:
    assert names_of() == ([], [])
    (folder / "a.txt").unlink()
    (folder / "z.zip").unlink()
    for path in (folder / "deep").iterdir():
        path.unlink()
    (folder / "deep").rmdir()
    assert names_of() == (["a.txt", "c.txt", "d.txt", "f.txt"], [])


def test_under_a_folder_that_does_not_exist_or_is_empty_nothing_is_deleted(
    folder: Path, names_of: Callable[..., Names]
) -> None:
    everything = ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt"]
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "g.txt").write_text("Another root, which exists.")
    folder.rename(folder.parent / "away")
    assert names_of(str(folder), str(elsewhere)) == ([], everything)
    folder.mkdir()
    (folder / "NOT-MOUNTED").touch()  # not a known format
    assert names_of(str(folder), str(elsewhere)) == ([], everything)


def test_a_folder_within_that_is_empty_may_be_a_disk_that_is_not_mounted(
    folder: Path, names_of: Callable[..., Names]
) -> None:
    (folder / "nas" / "e.txt").unlink()
    (folder / "b.txt").unlink()
    assert names_of() == (["b.txt"], ["e.txt"])


def test_a_folder_whose_files_are_all_on_other_disks_does_not_say_what_was_deleted(
    folder: Path, names_of: Callable[..., Names], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where disks are mounted in folders that come and go with them."""
    for path in [*folder.glob("*.*"), folder / "nas" / "e.txt"]:
        path.unlink()
    (folder / "nas").rmdir()
    assert names_of() == (["a.txt", "b.txt", "e.txt", "f.txt"], [])
    stat = Path.stat

    def on_a_disk_of_its_own(path: Path, **kwargs: bool) -> os.stat_result:
        found = stat(path, **kwargs)
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:])) if path == folder / "deep" else found

    monkeypatch.setattr(Path, "stat", on_a_disk_of_its_own)
    assert names_of() == ([], ["a.txt", "b.txt", "e.txt", "f.txt"])


def test_files_elsewhere_and_uploads_are_not_deleted(
    ingestor: Ingestor, folder: Path, names_of: Callable[..., Names], monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = folder.parent / "upload.txt"
    upload.write_text("An uploaded text.")
    ingestor.ingest_file(upload, source="upload:upload.txt")
    monkeypatch.chdir(folder)
    (folder / "deep" / "c.txt").unlink()
    assert names_of("nas") == ([], [])
    assert names_of(".") == (["c.txt"], [])
    assert names_of("deep/*.txt") == (["c.txt"], [])
    assert names_of("*.txt") == ([], [])


def test_a_file_that_cannot_be_looked_at_is_not_deleted(folder: Path, names_of: Callable[..., Names]) -> None:
    (folder / "deep").rename(folder.parent / "away")
    (folder / "deep").symlink_to(folder / "deep")
    assert names_of() == ([], [])
    (folder / "deep").unlink()
    assert names_of() == (["c.txt", "d.txt"], [])


def test_a_folder_that_may_be_listed_but_not_entered_stops_nothing(
    folder: Path, names_of: Callable[..., Names], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("stat", "lstat"):
        look = getattr(os, name)

        def refuse(path: Any, look: Any = look, **kwargs: Any) -> os.stat_result:
            if Path(path).parent == folder / "nas":
                raise PermissionError(errno.EACCES, "Permission denied")
            found: os.stat_result = look(path, **kwargs)
            return found

        monkeypatch.setattr(os, name, refuse)
    (folder / "a.txt").unlink()
    assert names_of() == (["a.txt"], [])
    assert folder / "nas" / "e.txt" in discover([str(folder)]), "reading it says why it cannot be read"
    assert belongs(folder / "nas" / "e.txt", [str(folder)])


def test_a_folder_named_by_a_link_is_the_folder(folder: Path, names_of: Callable[..., Names]) -> None:
    (folder.parent / "link").symlink_to(folder)
    (folder / "a.txt").unlink()
    assert names_of(str(folder.parent / "link")) == (["a.txt"], [])
