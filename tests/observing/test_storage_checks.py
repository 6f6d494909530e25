"""The check of shared files says whether they can be reached and written, and what to do if not."""

import os
from pathlib import Path

import pytest

from observing.storage_checks import shared_files
from rag.settings import Settings, load_settings
from tests.support.servers.s3_process import S3Process


def settings_of(shared: Path | str, library: Path) -> Settings:
    return load_settings(database="postgresql://db.example/citewell", shared_folder=shared, library=library)


def test_a_shared_folder_is_there_or_not(tmp_path: Path) -> None:
    found = shared_files(settings_of(tmp_path, tmp_path))
    assert (found.state, "can be read and written" in found.text) == ("fine", True)
    missing = shared_files(settings_of(tmp_path / "mount", tmp_path))
    assert (missing.state, missing.advice) == ("fault", "Mount it, or correct the setting 'shared_folder'.")


def test_a_shared_folder_that_may_not_be_written_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert shared_files(settings_of(tmp_path, tmp_path)).state == "fault"


@pytest.mark.s3
def test_storage_is_written_to_and_nothing_is_left_there(s3: S3Process, s3_address: str, tmp_path: Path) -> None:
    found = shared_files(settings_of(s3_address, tmp_path))
    assert (found.state, found.text) == ("fine", f"{s3_address} can be read and written")
    from ingest.sources.s3_files import S3Files

    assert S3Files(s3_address, tmp_path)._storage.find(s3_address) == []
