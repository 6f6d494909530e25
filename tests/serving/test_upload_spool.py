"""What was accepted is on the disk with its row, and belongs to one server at a time."""

from pathlib import Path

import pytest

from rag.errors import LibraryError
from serving.upload_progress import Upload
from serving.upload_spool import UploadSpool


def accept(spool: UploadSpool, folder: Path, name: str = "a.txt", content: str = "Good text.") -> Upload:
    (received := folder / "received").write_text(content)
    upload = Upload(id=0, owner="ann", sender="bob", name=name, collection="c", sha256="5a")
    return spool.accept(upload, received)


def test_only_one_of_two_servers_resumes(tmp_path: Path) -> None:
    ended, one, other = (UploadSpool(tmp_path / "accepted") for _ in range(3))
    accept(ended, tmp_path)
    assert one.resume() == []
    assert not one.is_alone()
    ended.close()
    assert len(one.resume()) == 1
    assert other.resume() == []


def test_a_file_without_a_row_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = UploadSpool(tmp_path / "accepted")

    def fail() -> None:
        raise LibraryError("The file cannot be used: disk I/O error.")

    with monkeypatch.context() as broken:
        broken.setattr(UploadSpool, "_open", lambda self: fail())
        with pytest.raises(LibraryError):
            accept(spool, tmp_path)
    spool.close()
    later = UploadSpool(tmp_path / "accepted")
    assert later.resume() == []
    assert [path for path in (tmp_path / "accepted").iterdir() if path.is_dir()] == []


def test_what_is_forgotten_leaves_nothing(tmp_path: Path) -> None:
    spool = UploadSpool(tmp_path / "accepted")
    upload = accept(spool, tmp_path, name="confidential.txt", content="a secret")
    spool.forget(upload.id)
    spool.close()
    files = [path for path in (tmp_path / "accepted").rglob("*") if path.is_file()]
    assert [path for path in files if b"confidential" in path.read_bytes()] == []
    assert UploadSpool(tmp_path / "accepted").resume() == []
