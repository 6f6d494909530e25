"""What is a file, and what is a full disk; that folders may be closed is met by whatever fetches and lists models."""

import errno
from pathlib import Path

from safetensors import SafetensorError

from rag.models.folder_access import has_file, is_disk_full


def test_a_file_is_seen_and_what_is_none_is_not(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert has_file(tmp_path / "file")
    assert not has_file(tmp_path)
    assert not has_file(tmp_path / "absent" / "file")
    assert not has_file(tmp_path / "file" / "below")


def test_only_a_full_disk_is_taken_for_one() -> None:
    assert is_disk_full(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_disk_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_disk_full(ValueError("28"))
    assert is_disk_full(SafetensorError("I/O error: No space left on device (os error 28)"))
    assert not is_disk_full(SafetensorError("I/O error: File too large (os error 27)"))
