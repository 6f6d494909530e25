"""The settings choose where files are kept; without the package for a storage it is said how to install it."""

import sys
from pathlib import Path

import pytest

from ingest.sources.originals.folder_files import FolderFiles
from ingest.sources.originals.open_files import original_files
from rag.errors import SettingsError
from rag.settings import load_settings

DATABASE = "postgresql://db.example/citewell"


@pytest.mark.parametrize("shared", [None, "shared"])
def test_files_are_in_the_library_or_in_the_folder_that_servers_share(shared: str | None, tmp_path: Path) -> None:
    folder = tmp_path / shared if shared else None
    files = original_files(load_settings(library=tmp_path / "library", database=DATABASE, shared_folder=folder))
    assert isinstance(files, FolderFiles)
    assert files.folder == (folder or tmp_path / "library")


def test_without_its_package_a_storage_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.delitem(sys.modules, "ingest.sources.originals.s3_files", raising=False)
    settings = load_settings(library=tmp_path, database=DATABASE, shared_folder="s3://bucket/prefix")
    with pytest.raises(SettingsError, match=r"the package fsspec is missing\. Install it: pip install .*\[s3\]"):
        original_files(settings)
