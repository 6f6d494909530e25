"""Folders of models that may not be searched or written to are named in a sentence."""

import errno
from pathlib import Path

import pytest
from filelock import FileLock
from safetensors import SafetensorError

from rag.errors import ModelError
from rag.models.folder_access import has_file, hold_lock, is_disk_full


def test_a_file_is_seen_and_what_is_none_is_not(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert has_file(tmp_path / "file")
    assert not has_file(tmp_path)
    assert not has_file(tmp_path / "absent" / "file")
    assert not has_file(tmp_path / "file" / "below")


def test_a_folder_that_may_not_be_searched_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(ModelError, match=r"/closed cannot be read: permission denied\. .*CITEWELL_MODELS"):
        has_file(tmp_path / "closed" / "file")


def test_a_lock_is_held_in_a_folder_that_is_made_for_it(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "new", ".lock"), pytest.raises(TimeoutError):
        FileLock(tmp_path / "new" / ".lock").acquire(timeout=0)
    FileLock(tmp_path / "new" / ".lock").acquire(timeout=0).lock.release()


@pytest.mark.parametrize("refused", ["mkdir", "acquire"])
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, refused: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path if refused == "mkdir" else FileLock, refused, refuse)
    with pytest.raises(ModelError, match=r"/new cannot be written: permission denied\. .*CITEWELL_MODELS"):
        hold_lock(tmp_path / "new", ".lock")


def test_only_a_full_disk_is_taken_for_one() -> None:
    assert is_disk_full(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_disk_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_disk_full(ValueError("28"))
    assert is_disk_full(SafetensorError("I/O error: No space left on device (os error 28)"))
    assert not is_disk_full(SafetensorError("I/O error: File too large (os error 27)"))
