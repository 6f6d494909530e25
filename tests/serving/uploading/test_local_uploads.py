"""Uploads that their server ingests itself: they outlive it, the next one goes on, and users take turns."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from ingest.pipeline import Ingestor
from ingest.web.web_ingestor import WebIngestor
from rag.settings import load_settings
from serving.uploading.local_uploads import LocalUploads, UploadTurns
from tests.serving.uploading.sent_files import accepted, ended, send
from tests.support.documents.pdfs import write_pdf


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


@pytest.fixture
def locked(tmp_path: Path) -> bytes:
    return write_pdf(tmp_path / "locked.pdf", ["The treasure is under the oak."], password="opensesame").read_bytes()


def test_an_encrypted_file_waits_for_its_password_after_a_restart_too(
    uploads: LocalUploads, ingestor: Ingestor, locked: bytes, tmp_path: Path
) -> None:
    upload = send(uploads, locked, "a.pdf", owner="ann")
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
    assert (faulty.state, "fault of Citewell" in faulty.text, "weights" in caplog.text) == ("failed", True, True)
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
