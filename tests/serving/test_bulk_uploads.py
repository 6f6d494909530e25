"""Folders and pages that a program queues are copied, named as a dropped folder's, and wait for people's uploads."""

from pathlib import Path

import pytest

from rag.types.jobs import BULK_PRIORITY
from serving.bulk_uploads import add_all
from tests.serving.queue_parts import Open

pytestmark = pytest.mark.postgres


def test_files_of_a_folder_and_pages_are_queued_behind_uploads(part: Open, tmp_path: Path) -> None:
    server = part()
    (tmp_path / "papers" / "old").mkdir(parents=True)
    (tmp_path / "papers" / "old" / "a.txt").write_text("Good text.")
    (tmp_path / "papers" / "b.exe").write_text("No text.")
    given = [str(tmp_path / "papers"), "https://a.example/x#top", "http://", str(tmp_path / "none.txt")]
    found = dict(add_all(server.uploads, given, owner="ann", collection="Minutes"))
    assert found.pop("papers/old/a.txt") == found.pop("https://a.example/x#top") == ""
    assert "check the address" in found.pop("http://")
    assert found == {"none.txt": "no such file or directory"}
    jobs = server.stores.jobs.of("ann")
    assert [(job.name, job.collection, job.priority) for job in jobs] == [
        ("papers/old/a.txt", "Minutes", BULK_PRIORITY),
        ("a.example/x", None, BULK_PRIORITY),
    ]
    assert (tmp_path / "papers" / "old" / "a.txt").exists()
    assert list(server.uploads.incoming().iterdir()) == []
