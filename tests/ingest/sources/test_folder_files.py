"""The settings choose where original files are kept; in a folder they lie under their keys."""

import sys
from pathlib import Path

import pytest

from ingest.sources.folder_files import FolderFiles
from ingest.sources.open_files import original_files
from rag.errors import SettingsError
from rag.settings import load_settings


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


DATABASE = "postgresql://db.example/citewell"


@pytest.mark.parametrize("shared", [None, "shared"])
def test_files_are_in_the_library_or_in_the_folder_that_servers_share(shared: str | None, tmp_path: Path) -> None:
    folder = tmp_path / shared if shared else None
    files = original_files(load_settings(library=tmp_path / "library", database=DATABASE, shared_folder=folder))
    assert isinstance(files, FolderFiles)
    assert files.folder == (folder or tmp_path / "library")


def test_without_its_package_a_storage_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.delitem(sys.modules, "ingest.sources.s3_files", raising=False)
    settings = load_settings(library=tmp_path, database=DATABASE, shared_folder="s3://bucket/prefix")
    with pytest.raises(SettingsError, match=r"the package fsspec is missing\. Install it: pip install .*\[s3\]"):
        original_files(settings)
