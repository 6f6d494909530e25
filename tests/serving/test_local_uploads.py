"""Uploads that their server ingests itself: they outlive it, the next one goes on, and users take turns."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from ingest.pipeline import Ingestor
from ingest.web.web_ingestor import WebIngestor
from rag.settings import load_settings
from rag.types.jobs import JobState
from serving.local_uploads import LocalUploads, UploadTurns
from serving.upload_progress import Upload
from serving.upload_spool import UploadSpool
from tests.serving.sent_files import accepted, ended, locked_pdf, send


@pytest.fixture
def uploads(ingestor: Ingestor, tmp_path: Path) -> LocalUploads:
    return made(ingestor, tmp_path)


def made(ingestor: Ingestor, tmp_path: Path) -> LocalUploads:
    """Return the uploads of one more server on the library."""
    return LocalUploads(ingestor, WebIngestor(ingestor, load_settings()), tmp_path / "library" / "files", lambda: None)


def test_what_a_killed_app_had_received_is_deleted_and_what_was_taken_in_stays(uploads: LocalUploads) -> None:
    send(uploads, b"Good text.", "a.txt")
    (uploads.incoming() / "half").write_text("half of a secret")
    uploads.resume()
    assert list(uploads.incoming().iterdir()) == []
    assert uploads.file_of("", "a.txt").read_bytes() == b"Good text."


def test_a_file_that_cannot_be_moved_to_its_place_is_kept_and_moved_by_the_next_server(
    uploads: LocalUploads, ingestor: Ingestor, tmp_path: Path
) -> None:
    (in_the_way := tmp_path / "library" / "files" / "a.txt" / "full").mkdir(parents=True)
    upload = send(uploads, b"Good text.", "a.txt")
    assert (upload.state, "tried again at the next start" in upload.text) == ("ready", True)
    assert accepted(tmp_path) == [b"Good text."]
    uploads.close()
    second = made(ingestor, tmp_path)
    second.resume()  # still in the way: no reason not to start
    second.close()
    in_the_way.rmdir()
    in_the_way.parent.rmdir()
    later = made(ingestor, tmp_path)
    later.resume()
    assert later.file_of("", "a.txt").read_bytes() == b"Good text."
    assert accepted(tmp_path) == []


def test_an_encrypted_file_waits_for_its_password_after_a_restart_too(
    uploads: LocalUploads, ingestor: Ingestor, tmp_path: Path
) -> None:
    upload = send(uploads, locked_pdf(tmp_path), "a.pdf", owner="ann")
    uploads.close()
    later = made(ingestor, tmp_path)
    later.resume()
    assert later.of("ann") == [replace(upload, stage="")]
    assert ended(later, later.unlock(upload, "opensesame")).state == "ready"
    assert accepted(tmp_path) == []


def test_what_a_server_was_reading_as_it_ended_is_taken_in_by_the_next(
    ingestor: Ingestor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, closed, over = Event(), Event(), Event()

    def ingest_file(*_: object, **__: object) -> None:
        begun.set()
        closed.wait(30)
        raise RuntimeError("Cannot operate on a closed database.")

    ending = made(ingestor, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(ingestor, "ingest_file", ingest_file)
        patched.setattr(ending, "_purge_if_idle", over.set)  # the worker is done with it
        received = ending.incoming() / "received"
        received.write_bytes(b"Good text.")
        ending.add("ann", "a.txt", received)
        assert begun.wait(30)
        ending.close()
        closed.set()
        assert over.wait(30)
    following = made(ingestor, tmp_path)
    following.resume()
    (resumed,) = following.of("ann")
    assert ended(following, resumed).state == "ready"


def left_behind(tmp_path: Path, *, tries: int = 0, state: JobState = "waiting") -> Path:
    """Leave an upload to the next server, as one that was killed; return its file."""
    spool = UploadSpool(tmp_path / "library" / "accepted")
    (received := tmp_path / "received").write_bytes(b"Good text.")
    upload = spool.accept(Upload(id=0, owner="ann", sender="ann", name="a.txt"), received)
    for _ in range(tries):
        spool.count_try(upload)
    spool.note(replace(upload, state=state))
    spool.close()
    return spool.file(upload)


def test_what_was_stored_already_only_gets_its_file(uploads: LocalUploads, tmp_path: Path) -> None:
    left_behind(tmp_path, state="ready")
    uploads.resume()
    assert [upload.state for upload in uploads.of("ann")] == ["ready"]
    assert uploads.file_of("ann", "a.txt").read_bytes() == b"Good text."
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


def test_a_fault_fails_one_upload_and_the_next_is_taken_in(
    ingestor: Ingestor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faults = [MemoryError("weights"), OSError(2, "No such file or directory", str(tmp_path / "secret"))]

    def failing(*_: object, **__: object) -> None:
        raise faults.pop()

    def purge() -> None:
        raise RuntimeError("the index is being written")

    files = tmp_path / "library" / "files"
    uploads = LocalUploads(ingestor, WebIngestor(ingestor, load_settings()), files, purge)
    with monkeypatch.context() as patched:
        patched.setattr(ingestor, "ingest_file", failing)
        missing, faulty = send(uploads, b"Text.", "a.txt"), send(uploads, b"Text.", "b.txt")
    assert (missing.state, missing.text) == ("failed", "no such file or directory"), "no path of this machine"
    assert (faulty.state, "error in Citewell" in faulty.text, "weights" in caplog.text) == ("failed", True, True)
    send(uploads, b"First.", "c.txt")
    for number in range(3):  # a replaced document has the indexes purged, which fails here
        assert send(uploads, f"Text {number}.".encode(), "c.txt").state == "ready"


def test_one_users_many_files_delay_nobodys_one() -> None:
    turns = UploadTurns()
    for id_ in range(1000):
        turns.put("ann", (id_, None))
    turns.put("bob", (1000, None))
    turns.put("bob", (1001, None))
    assert [turns.get()[0] for _ in range(5)] == [0, 1000, 1, 1001, 2]
    turns.put("cid", (1002, None))
    assert [turns.get()[0] for _ in range(2)] == [3, 1002]
    assert not turns.empty()
