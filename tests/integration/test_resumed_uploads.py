"""Accepted uploads outlive the server that accepted them: the next one takes them in, or says why it does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from rag.types.jobs import JobState
from serving.uploading.local_uploads import LocalUploads
from serving.uploading.upload_progress import Upload
from serving.uploading.upload_spool import UploadSpool
from tests.serving.uploading.sent_files import accepted, send
from tests.serving.uploading.test_local_uploads import made


@pytest.fixture
def uploads(ingestor: Ingestor, tmp_path: Path) -> LocalUploads:
    return made(ingestor, tmp_path)


def left_behind(tmp_path: Path, name: str = "a.txt", *, tries: int = 0, state: JobState = "waiting") -> Path:
    """Leave an upload to the next server, as one that was killed; return its file."""
    spool = UploadSpool(tmp_path / "library" / "accepted")
    (received := tmp_path / "received").write_bytes(f"Good text of {name}.".encode())
    upload = spool.accept(Upload(id=0, owner="ann", sender="ann", name=name), received)
    for _ in range(tries):
        spool.count_try(upload)
    spool.note(replace(upload, state=state))
    spool.close()
    return spool.file(upload)


def test_what_was_stored_already_only_gets_its_file(uploads: LocalUploads, tmp_path: Path) -> None:
    left_behind(tmp_path, state="ready")
    uploads.resume()
    assert [upload.state for upload in uploads.of("ann")] == ["ready"]
    assert uploads.file_of("ann", "a.txt").read_bytes() == b"Good text of a.txt."
    assert accepted(tmp_path) == []


def test_what_failed_is_listed_after_a_restart_until_it_is_cleared(
    uploads: LocalUploads, ingestor: Ingestor, tmp_path: Path
) -> None:
    failed = send(uploads, b"", "a.txt", owner="ann")
    uploads.close()
    later = made(ingestor, tmp_path)
    later.resume()
    assert later.of("ann") == [replace(failed, stage="", done=0, total=0, share=None)]
    later.clear_finished("ann")
    later.close()
    last = made(ingestor, tmp_path)
    last.resume()
    assert last.of("ann") == []


def test_a_file_that_ended_each_server_that_read_it_is_not_tried_again(uploads: LocalUploads, tmp_path: Path) -> None:
    left_behind(tmp_path, tries=3)
    uploads.resume()
    (upload,) = uploads.of("ann")
    assert (upload.state, "is not tried again" in upload.text) == ("failed", True)
    assert accepted(tmp_path) == []


def test_what_another_server_is_taking_in_is_left_to_it(uploads: LocalUploads, tmp_path: Path) -> None:
    other = UploadSpool(tmp_path / "library" / "accepted")
    (received := tmp_path / "received").write_bytes(b"Good text.")
    other.accept(Upload(id=0, owner="ann", sender="ann", name="a.txt"), received)
    (uploads.incoming() / "half").write_text("what the other is receiving")
    uploads.resume()
    assert uploads.of("ann") == []
    assert accepted(tmp_path) == [b"Good text."]
    assert (uploads.incoming() / "half").exists()
    other.close()
