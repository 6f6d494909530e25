"""Files added, changed, renamed and deleted in a watched folder change the library as it happens."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import pytest

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.sources.files import File
from ingest.watch import Watcher
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.library_services import services_over

Next = Callable[[], tuple[str, str]]


Heard = SimpleQueue[list[str]]


def put(path: Path, text: str) -> None:
    """Put a file in its place as a whole: one that is being written might be read while it is empty."""
    whole = path.parent.parent / f"{path.name} before"
    whole.write_text(text)
    whole.replace(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "watched"
    folder.mkdir()
    return folder


@pytest.fixture
def absent() -> Heard:
    """Names of absent files whose documents stay in the library."""
    return SimpleQueue()


@pytest.fixture
def watch(
    ingestor: Ingestor, library: SqliteLibrary, folder: Path, absent: Heard, tmp_path: Path
) -> Iterator[Callable[[], Next]]:
    """Return a function that begins to watch the folder and returns one for the next result, as (name, status)."""
    results: SimpleQueue[FileResult] = SimpleQueue()
    stopped, watching = Event(), Event()
    with services_over(library, tmp_path, embedder=ingestor.preparer.embedder) as services:
        watcher = Watcher(services=services, ingestor=ingestor, paths=[str(folder)])

        def follow() -> None:
            followed = watcher.follow(
                stopped,
                on_watching=watching.set,
                on_absent=lambda entries: absent.put([entry.name for entry in entries]),
            )
            for result in followed:
                results.put(result)

        def next_() -> tuple[str, str]:
            result = results.get(timeout=60)
            return result.name, result.status

        thread = Thread(target=follow)

        def begin() -> Next:
            thread.start()
            assert watching.wait(60)
            return next_

        yield begin
        stopped.set()
        thread.join()


@pytest.fixture
def happened(watch: Callable[[], Next]) -> Next:
    return watch()


def test_changes_in_the_folder_are_followed_in_the_library(
    happened: Next, library: SqliteLibrary, folder: Path
) -> None:
    put(folder / "a.txt", "First text.")
    assert happened() == ("a.txt", "added")
    put(folder / "a.txt", "Second text.")
    assert happened() == ("a.txt", "replaced")
    (folder / "a.txt").rename(folder / "b.txt")
    assert {happened(), happened()} == {("b.txt", "added"), ("a.txt", "removed")}
    (folder / "notes.exe").write_bytes(b"MZ")
    (folder / ".hidden.txt").write_text("Not this.")
    (folder / "b.txt").unlink()
    assert happened() == ("b.txt", "removed")
    assert (library.documents(), library.ledger()) == ([], [])


def test_a_folder_that_appears_or_disappears_adds_or_removes_its_files(
    happened: Next, library: SqliteLibrary, folder: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    (made / "a.txt").write_text("Text of a folder.")
    made.rename(folder / "sub")
    assert happened() == ("a.txt", "added")
    (folder / "sub").rename(tmp_path / "away")
    assert happened() == ("a.txt", "removed")


def test_words_of_a_replaced_version_are_purged_when_it_has_been_quiet(
    happened: Next, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    purged = Event()
    monkeypatch.setattr("ingest.watch.purge_indexes", lambda *_: purged.set())
    monkeypatch.setattr("ingest.watch.QUIET_SECONDS", 3600.0)
    put(folder / "a.txt", "First text.")
    assert happened() == ("a.txt", "added")
    put(folder / "a.txt", "Second text.")
    assert happened() == ("a.txt", "replaced")
    assert not purged.is_set()
    monkeypatch.setattr("ingest.watch.QUIET_SECONDS", 0.0)
    assert purged.wait(60)


def test_files_deleted_and_renamed_before_the_watch_are_caught_up_with(
    watch: Callable[[], Next], ingestor: Ingestor, library: SqliteLibrary, folder: Path
) -> None:
    for name in ("deleted", "kept", "old"):
        (folder / f"{name}.txt").write_text(f"Text of {name}.")
    assert len(list(ingestor.ingest([str(folder)]))) == 3
    ids = {document.name: document.id for document in library.documents()}
    (folder / "deleted.txt").unlink()
    (folder / "old.txt").rename(folder / "new.txt")
    happened = watch()
    assert happened() == ("new.txt", "added")
    assert {happened(), happened()} == {("deleted.txt", "removed"), ("old.txt", "removed")}
    assert {d.name: d.id for d in library.documents()} == {"kept.txt": ids["kept.txt"], "new.txt": ids["old.txt"]}


def test_a_file_edited_before_the_watch_is_read_again(
    watch: Callable[[], Next], ingestor: Ingestor, library: SqliteLibrary, folder: Path
) -> None:
    for name in ("edited", "kept"):
        (folder / f"{name}.txt").write_text(f"First text of {name}.")
    (folder / "empty.txt").touch()
    assert [result.status for result in ingestor.ingest([str(folder)])] == ["added", "failed", "added"]
    before = (folder / "edited.txt").stat()
    (folder / "edited.txt").write_text("Other text of edited.")
    os.utime(folder / "edited.txt", ns=(before.st_atime_ns, before.st_mtime_ns))  # as a copy keeps its time
    happened = watch()
    put(folder / "new.txt", "A new text.")
    # What is as it was is looked at, and not reported again.
    assert [happened(), happened()] == [("edited.txt", "replaced"), ("new.txt", "added")]
    (page,) = [library.page(document.id, 1) for document in library.documents() if document.name == "edited.txt"]
    assert page is not None
    assert page.text == "Other text of edited."


def test_a_file_edited_after_it_was_read_and_before_it_was_stored_is_read_again(
    watch: Callable[[], Next], ingestor: Ingestor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_text("First text.")
    with monkeypatch.context() as later:
        later.setattr("rag.stores.ledger.now", lambda: "2999-01-01T00:00:00+00:00")
        assert len(list(ingestor.ingest([str(folder)]))) == 1
    (folder / "a.txt").write_text("Other text.")
    assert watch()() == ("a.txt", "replaced")


def test_a_file_that_is_back_before_it_is_forgotten_stays(
    watch: Callable[[], Next], ingestor: Ingestor, library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("back", "kept"):
        (folder / f"{name}.txt").write_text(f"Text of {name}.")
    assert len(list(ingestor.ingest([str(folder)]))) == 2
    ids = {document.name: document.id for document in library.documents()}
    (folder / "back.txt").rename(folder.parent / "away.txt")
    (folder / "new.txt").write_text("A text that takes long.")
    take_in = ingestor.ingest_files

    def as_it_comes_back(files: Iterable[File], *args: Any, **kwargs: Any) -> Iterator[FileResult]:
        if (folder.parent / "away.txt").exists():
            (folder.parent / "away.txt").rename(folder / "back.txt")
        yield from take_in(files, *args, **kwargs)

    monkeypatch.setattr(Ingestor, "ingest_files", lambda _, *args, **kwargs: as_it_comes_back(*args, **kwargs))
    happened = watch()
    assert [happened(), happened()] == [("new.txt", "added"), ("back.txt", "unchanged")]
    assert {d.name: d.id for d in library.documents() if d.name != "new.txt"} == ids


def test_a_disk_that_is_not_mounted_at_the_start_empties_no_library(
    watch: Callable[[], Next], ingestor: Ingestor, library: SqliteLibrary, folder: Path, absent: Heard
) -> None:
    (folder / "a.txt").write_text("First text.")
    assert len(list(ingestor.ingest([str(folder)]))) == 1
    (folder / "a.txt").unlink()
    happened = watch()
    assert absent.get(timeout=60) == ["a.txt"]
    put(folder / "b.txt", "Second text.")
    assert happened() == ("b.txt", "added")
    assert [document.name for document in library.documents()] == ["a.txt", "b.txt"]
