"""What was deleted while nobody watched is told from what is out of reach, by real files in real folders."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.deletions import find_deletions
from ingest.discover import belongs, discover
from ingest.files import File, path_of
from ingest.pipeline import Ingestor
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.sample_documents import write_zip

Names = tuple[list[str], list[str]]


@pytest.fixture
def folder(ingestor: Ingestor, tmp_path: Path) -> Path:
    """A folder with files that are in the library."""
    folder = tmp_path / "docs"
    for name in ("a.txt", "b.txt", "deep/c.txt", "deep/d.txt", "nas/e.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Text of {name}.")
    write_zip(folder / "z.zip", {"in/f.txt": b"Text of a member."})
    assert all(result.status == "added" for result in ingestor.ingest([str(folder)], archives=True))
    return folder


@pytest.fixture
def told(library: SqliteLibrary, folder: Path) -> Callable[..., Names]:
    """Names of what is deleted and of what is absent, by default under the folder."""

    def tell(*paths: str) -> Names:
        found = find_deletions(library.ledger(""), paths or [str(folder)])
        return [entry.name for entry in found.deleted], [entry.name for entry in found.absent]

    return tell


def test_deleted_files_folders_and_archives_are_missing(folder: Path, told: Callable[..., Names]) -> None:
    assert told() == ([], [])
    (folder / "a.txt").unlink()
    (folder / "z.zip").unlink()
    for path in (folder / "deep").iterdir():
        path.unlink()
    (folder / "deep").rmdir()
    assert told() == (["a.txt", "c.txt", "d.txt", "f.txt"], [])


def test_under_a_folder_that_is_missing_or_empty_nothing_is_deleted(folder: Path, told: Callable[..., Names]) -> None:
    everything = ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt"]
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "g.txt").write_text("Another root, which is there.")
    folder.rename(folder.parent / "away")
    assert told(str(folder), str(elsewhere)) == ([], everything)
    folder.mkdir()
    (folder / "NOT-MOUNTED").touch()  # no file of a known kind
    assert told(str(folder), str(elsewhere)) == ([], everything)


def test_a_folder_within_that_is_empty_may_be_a_disk_that_is_not_mounted(
    folder: Path, told: Callable[..., Names]
) -> None:
    (folder / "nas" / "e.txt").unlink()
    (folder / "b.txt").unlink()
    assert told() == (["b.txt"], ["e.txt"])


def test_a_folder_whose_files_are_all_on_other_disks_does_not_say_what_was_deleted(
    folder: Path, told: Callable[..., Names], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where disks are mounted in folders that come and go with them."""
    for path in [*folder.glob("*.*"), folder / "nas" / "e.txt"]:
        path.unlink()
    (folder / "nas").rmdir()
    assert told() == (["a.txt", "b.txt", "e.txt", "f.txt"], [])
    stat = Path.stat

    def on_a_disk_of_its_own(path: Path, **kwargs: bool) -> os.stat_result:
        found = stat(path, **kwargs)
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:])) if path == folder / "deep" else found

    monkeypatch.setattr(Path, "stat", on_a_disk_of_its_own)
    assert told() == ([], ["a.txt", "b.txt", "e.txt", "f.txt"])


def test_what_lies_elsewhere_or_was_uploaded_is_not_missing(
    ingestor: Ingestor, folder: Path, told: Callable[..., Names], monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = folder.parent / "upload.txt"
    upload.write_text("An uploaded text.")
    ingestor.ingest_file(upload, source="upload:upload.txt")
    monkeypatch.chdir(folder)
    (folder / "deep" / "c.txt").unlink()
    assert told("nas") == ([], [])
    assert told(".") == (["c.txt"], [])
    assert told("deep/*.txt") == (["c.txt"], [])
    assert told("*.txt") == ([], [])


def test_what_cannot_be_looked_at_is_not_missing(folder: Path, told: Callable[..., Names]) -> None:
    (folder / "deep").rename(folder.parent / "away")
    (folder / "deep").symlink_to(folder / "deep")
    assert told() == ([], [])
    (folder / "deep").unlink()
    assert told() == (["c.txt", "d.txt"], [])


def test_a_folder_that_may_be_listed_but_not_entered_stops_nothing(
    folder: Path, told: Callable[..., Names], monkeypatch: pytest.MonkeyPatch
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
    assert told() == (["a.txt"], [])
    assert folder / "nas" / "e.txt" in discover([str(folder)]), "reading it says why it cannot be read"
    assert belongs(folder / "nas" / "e.txt", [str(folder)])


def test_a_folder_named_by_a_link_is_the_folder(folder: Path, told: Callable[..., Names]) -> None:
    (folder.parent / "link").symlink_to(folder)
    (folder / "a.txt").unlink()
    assert told(str(folder.parent / "link")) == (["a.txt"], [])


def test_a_name_that_is_no_utf8_is_found_again(ingestor: Ingestor, folder: Path, told: Callable[..., Names]) -> None:
    odd = folder / os.fsdecode(b"odd\xff.txt")
    odd.write_text("Text under an odd name.")
    list(ingestor.ingest([str(folder)]))
    assert told() == ([], [])
    odd.unlink()
    assert told() == (["odd\\xff.txt"], [])


@pytest.mark.parametrize("name", ["a.txt", "wow!/a.txt", "a\\xff.txt", os.fsdecode(b"\xff.txt")])
def test_a_source_leads_back_to_its_file(tmp_path: Path, name: str) -> None:
    assert path_of(File.at(tmp_path / name).source) == tmp_path / name


def test_the_source_of_a_member_leads_to_its_archive() -> None:
    assert path_of("/wow!/a.zip!/deep!/b.txt") == Path("/wow!/a.zip")
