"""Encrypted Office files open with their password and leave no decrypted copy behind."""

from pathlib import Path

import pytest

from rag.errors import LockedError
from tests.support.documents.sample_documents import read_pages, write_locked_workbook


def test_an_encrypted_office_file_opens_with_its_password_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = write_locked_workbook(tmp_path / "locked.xlsx", "kept secret", "pw")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert "kept secret" in read_pages(workbook, "pw")[0].text
    assert list(scratch.iterdir()) == []
    with pytest.raises(LockedError, match="encrypted; give its password"):
        read_pages(workbook)
    with pytest.raises(LockedError, match="the password given does not open it"):
        read_pages(workbook, "other")
