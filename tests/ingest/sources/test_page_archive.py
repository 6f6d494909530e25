"""Archived pages: one copy for each owner and address, whole or not at all, and gone with its document."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.sources.file_store import FolderFiles
from ingest.sources.page_archive import ArchivedPage, PageArchive
from rag.stores.library_folder import PAGES
from tests.support.values import present

ADDRESS = "https://example.org/a"
PAGE = ArchivedPage(
    address=ADDRESS,
    final=ADDRESS,
    file="1.html",
    media="text/html",
    charset="utf-8",
    etag='"1"',
    modified="",
    fetched_at="2026-11-26T00:00:00+00:00",
)


@pytest.fixture
def archive(tmp_path: Path) -> PageArchive:
    return PageArchive(FolderFiles(tmp_path))


def keep(archive: PageArchive, page: ArchivedPage, content: bytes, owner: str = "") -> None:
    with archive.incoming() as folder:
        path = folder / "fetched"
        path.write_bytes(content)
        archive.keep(page, path, owner)


def test_a_kill_in_between_leaves_the_old_copy(archive: PageArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(archive, PAGE, b"one")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        keep(archive, replace(PAGE, file="2.html"), b"two")
    monkeypatch.undo()
    assert present(archive.file(ADDRESS)).path.read_bytes() == b"one"


@pytest.mark.parametrize("record", ["", "{", "[]", "{}", '{"address": 1}'])
def test_a_damaged_record_is_no_copy(archive: PageArchive, record: str) -> None:
    keep(archive, PAGE, b"one")
    present(archive.file(ADDRESS)).path.with_name("page.json").write_text(record)
    assert archive.find(ADDRESS) is None
    assert archive.file(ADDRESS) is None


def test_a_copy_is_deleted(archive: PageArchive, tmp_path: Path) -> None:
    keep(archive, PAGE, b"one")
    archive.delete(ADDRESS)
    archive.delete(ADDRESS)
    assert archive.find(ADDRESS) is None
    assert [each.name for each in (tmp_path / PAGES).iterdir()] == [".lock"]


def test_what_a_killed_run_was_fetching_is_deleted_a_day_later(archive: PageArchive, tmp_path: Path) -> None:
    old, new = tmp_path / PAGES / "incoming-old", tmp_path / PAGES / "incoming-new"
    for each in (old, new):
        each.mkdir(parents=True)
    os.utime(old, (time.time() - 200_000,) * 2)
    with archive.incoming() as folder:
        assert folder.is_dir()
        assert (old.exists(), new.exists()) == (False, True)
    assert not folder.exists()
