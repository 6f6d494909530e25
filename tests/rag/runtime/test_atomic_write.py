"""Atomic writes leave all or nothing, and a failure leaves no temporary files."""

from pathlib import Path

import pytest

from rag.runtime.atomic_write import written_whole


def test_the_old_file_stays_until_the_new_one_is_complete_and_if_it_never_is(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with written_whole(target) as partial:
        partial.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"

    def fail() -> None:
        with written_whole(target) as partial:
            partial.write_text("half of the ne")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_was_not_finished_is_removed(tmp_path: Path) -> None:
    def fail() -> None:
        with written_whole(tmp_path / "folder") as partial:
            partial.mkdir()
            (partial / "a").write_text("a")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert not any(tmp_path.iterdir())


def test_what_a_killed_program_left_is_removed_by_the_next_writer(tmp_path: Path) -> None:
    with written_whole(tmp_path / "folder") as first:
        left = first
        first.mkdir()
    left.mkdir()
    (left / "half").write_text("half")
    (tmp_path / "folder").rmdir()
    with written_whole(tmp_path / "folder") as partial:
        partial.mkdir()
        (partial / "whole").write_text("whole")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "whole"]
