"""The folder that all servers and workers share."""

import os
import time
from pathlib import Path

import pytest

from ingest.sources.file_store import FolderFiles
from rag.types.jobs import Job
from serving.shared_files import SharedFiles


def test_a_jobs_file_is_found_kept_and_deleted(tmp_path: Path) -> None:
    files = SharedFiles(FolderFiles(tmp_path))
    (files.incoming() / "sent").write_text("Good text.")
    job = Job(owner="ann", sender="ann", name="a.txt", place=files.accept("a.txt", files.incoming() / "sent"))
    assert files.path(job).read_text() == "Good text."
    files.keep(job)
    assert files.file_of("ann", "a.txt").read_text() == "Good text."
    with pytest.raises(FileNotFoundError):
        files.path(job)
    files.delete(job)


def test_what_was_not_received_whole_a_day_ago_is_deleted(tmp_path: Path) -> None:
    files = SharedFiles(FolderFiles(tmp_path))
    for name, age in (("old", 100), ("new", 0)):
        (files.incoming() / name).write_text("half")
        os.utime(files.incoming() / name, (time.time() - age, time.time() - age))
    files.tidy(set, older_seconds=50)
    assert [path.name for path in files.incoming().iterdir()] == ["new"]
