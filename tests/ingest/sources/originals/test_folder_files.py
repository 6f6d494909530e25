"""Files in a folder lie where they always have, and nothing is imported for them."""

from pathlib import Path

import pytest

from ingest.sources.originals.folder_files import FolderFiles


def test_a_key_is_a_path_in_the_folder(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path / "library")
    (file := tmp_path / "received").write_text("text")
    files.put("files/users/ann/a.txt", file)
    path = tmp_path / "library" / "files" / "users" / "ann" / "a.txt"
    assert path.read_text() == "text"
    assert files.local("files/users/ann/a.txt", "0" * 64) == path, "whoever reads it compares"


def test_a_kill_before_a_file_is_in_its_place_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = FolderFiles(tmp_path)
    for content in ("one", "two"):
        (file := tmp_path / "received").write_text(content)
        if content == "two":
            monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                files.put("files/a.txt", file)
        else:
            files.put("files/a.txt", file)
    assert (tmp_path / "files" / "a.txt").read_text() == "one"
