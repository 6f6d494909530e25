"""Copies are what was stored, few, for nobody else to see, and gone an hour after their last use."""

import hashlib
import os
import stat
import time
from pathlib import Path

import pytest

from ingest.sources.file_copies import FileCopies
from rag.errors import ChangedFileError
from tests.support.waiting import until


class Source:
    """A file elsewhere, which counts how often it is fetched."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.fetched = 0

    def fetch(self, target: Path) -> None:
        self.fetched += 1
        target.write_bytes(self.content)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_copy_is_fetched_once_and_by_no_more_of_its_hash_than_is_known(tmp_path: Path) -> None:
    copies, source = FileCopies(tmp_path / "copies"), Source(b"text")
    paths = {copies.get("a.pdf", known, source.fetch) for known in (source.sha256, source.sha256[:32])}
    assert [path.read_bytes() for path in paths] == [b"text"]
    assert source.fetched == 1
    assert FileCopies(tmp_path / "copies").get("a.pdf", source.sha256, source.fetch) in paths, "another program's"
    assert source.fetched == 1


def test_one_whose_hash_is_not_known_is_fetched_each_time(tmp_path: Path) -> None:
    copies, source = FileCopies(tmp_path), Source(b"one")
    assert copies.get("a.txt", "", source.fetch).read_bytes() == b"one"
    source.content = b"two"
    assert copies.get("a.txt", "", source.fetch).read_bytes() == b"two"


def test_only_its_owner_may_look_into_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir(mode=0o755)
    source = Source(b"text")
    FileCopies(folder).get("a.txt", source.sha256, source.fetch)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_not_what_was_stored_is_not_kept(tmp_path: Path) -> None:
    copies, source = FileCopies(tmp_path), Source(b"text")
    source.content = b"other text"
    with pytest.raises(ChangedFileError):
        copies.get("a.txt", source.sha256, source.fetch)
    assert names(tmp_path) == set()


def test_one_that_cannot_be_fetched_leaves_nothing(tmp_path: Path) -> None:
    def fetch(target: Path) -> None:
        target.write_bytes(b"half")
        raise FileNotFoundError("gone")

    with pytest.raises(FileNotFoundError):
        FileCopies(tmp_path).get("a.txt", "0" * 64, fetch)
    assert names(tmp_path) == set()


def test_those_not_used_for_longest_make_room(tmp_path: Path) -> None:
    copies = FileCopies(tmp_path, most_bytes=25)
    one, two, three = (Source(bytes([number]) * 10) for number in range(3))
    old, kept = (copies.get("a.txt", source.sha256, source.fetch) for source in (one, two))
    os.utime(old, (time.time() - 50, old.stat().st_mtime))
    os.utime(kept, (time.time() - 100, kept.stat().st_mtime))
    copies.get("a.txt", two.sha256, two.fetch)
    newest = copies.get("a.txt", three.sha256, three.fetch)
    assert names(tmp_path) == {kept.name, newest.name}
    large = Source(b"x" * 100)
    path = copies.get("a.txt", large.sha256, large.fetch)
    assert names(tmp_path) == {path.name}, "a file that is larger than all may be is read all the same"


def test_copies_that_nobody_uses_are_deleted_by_themselves(tmp_path: Path) -> None:
    copies, source = FileCopies(tmp_path, longest_s=0.05), Source(b"text")
    path = copies.get("a.txt", source.sha256, source.fetch)
    until(lambda: not path.exists())
    left = Source(b"left by a program that was killed")
    path = FileCopies(tmp_path / "left").get("a.txt", left.sha256, left.fetch)
    FileCopies(tmp_path / "left", longest_s=0.05)
    until(lambda: not path.exists())


@pytest.mark.parametrize("name", ["a", "a.", "a./../../b", "a.pdf/..", f"a.{'x' * 50}", "a.p\ndf"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    source = Source(b"text")
    assert FileCopies(tmp_path).get(name, source.sha256, source.fetch).parent == tmp_path
