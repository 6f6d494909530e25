"""Encrypted Office files open with their password and leave no decrypted copy behind."""

import io
from pathlib import Path

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from rag.errors import LockedError
from tests.support.documents.sample_documents import read_pages


@pytest.fixture
def locked_workbook(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.append(["kept secret"])
    clear = io.BytesIO()
    workbook.save(clear)
    path = tmp_path / "locked.xlsx"
    with path.open("wb") as out:
        OOXMLFile(clear).encrypt("pw", out)
    return path


def test_an_encrypted_office_file_opens_with_its_password_and_leaves_nothing(
    locked_workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert "kept secret" in read_pages(locked_workbook, "pw")[0].text
    assert list(scratch.iterdir()) == []
    with pytest.raises(LockedError, match="encrypted; give its password"):
        read_pages(locked_workbook)
    with pytest.raises(LockedError, match="the password given does not open it"):
        read_pages(locked_workbook, "other")
