"""Files are identified, checked and hashed."""

import os
from pathlib import Path

import pytest

from ingest.sources.files import File, is_archive, is_deleted, path_of


@pytest.mark.parametrize("name", ["a.txt", "wow!/a.txt", "a\\xff.txt", os.fsdecode(b"\xff.txt")])
def test_a_source_leads_back_to_its_file(tmp_path: Path, name: str) -> None:
    assert path_of(File.at(tmp_path / name).source) == tmp_path / name


def test_the_source_of_a_member_leads_to_its_archive() -> None:
    assert path_of("/wow!/a.zip!/deep!/b.txt") == Path("/wow!/a.zip")


def test_only_a_file_that_certainly_does_not_exist_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert is_deleted(tmp_path / "a.txt")
    assert not is_deleted(tmp_path)
    assert not is_deleted(tmp_path / "loop" / "a.txt")
    assert not is_deleted(path_of("upload:a.txt"))


@pytest.mark.parametrize(
    ("name", "expected"), [("a.tar.gz", True), ("A.ZIP", True), ("a.gz", False), ("zip", False), ("a.docx", False)]
)
def test_archives_are_recognised_by_their_suffix(name: str, expected: bool) -> None:
    assert is_archive(name) is expected
