"""Uploaded files: taken in one by one beside the chat, kept if they were read, and nobody else's."""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from ingest.pipeline import Ingestor
from ingest.web.web_ingestor import WebIngestor
from rag.errors import AccessError
from rag.settings import load_settings
from serving.ownership import upload_of
from serving.uploads import Upload, Uploads
from tests.ingest.web.site_server import page, serving_site
from tests.support.documents.pdfs import write_pdf


@pytest.fixture
def uploads(ingestor: Ingestor, tmp_path: Path) -> Uploads:
    return Uploads(ingestor, WebIngestor(ingestor, load_settings()), tmp_path / "library" / "files", lambda: None)


def send(uploads: Uploads, content: bytes, name: str, owner: str = "") -> Upload:
    received = uploads.incoming() / f"received {owner} {name}"
    received.write_bytes(content)
    return ended(uploads, uploads.add(owner, name, received))


def ended(uploads: Uploads, upload: Upload) -> Upload:
    over = ("ready", "failed", "locked")
    return wait_for(lambda: next(u for u in uploads.of(upload.owner) if u.id == upload.id and u.state in over))


def wait_for(found: Callable[[], Upload]) -> Upload:
    for _ in range(2000):
        try:
            return found()
        except StopIteration:
            time.sleep(0.01)
    raise AssertionError("the upload did not end")


def test_a_file_is_ready_when_it_was_taken_in_and_kept_under_its_name(uploads: Uploads, tmp_path: Path) -> None:
    assert send(uploads, b"Good text.", "a.txt").state == "ready"
    assert (tmp_path / "library" / "files" / "a.txt").read_bytes() == b"Good text."
    assert list(uploads.incoming().iterdir()) == []


@pytest.mark.parametrize("name", ["incoming", "users"])
def test_a_file_that_is_named_as_a_folder_of_ours_is_kept_like_any_other(uploads: Uploads, name: str) -> None:
    assert send(uploads, b"Good text.", name).state == "ready"
    assert send(uploads, b"Text of ann.", name, "ann").state == "ready"
    assert send(uploads, b"Other text.", "b.txt", "ann").state == "ready"
    assert uploads.file_of("", name).read_bytes() == b"Good text."
    assert uploads.file_of("ann", name).read_bytes() == b"Text of ann."


def test_a_file_that_was_kept_where_a_folder_is_now_expected_stays_found(uploads: Uploads, tmp_path: Path) -> None:
    old = tmp_path / "library" / "files" / "users"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"Good text.")
    assert uploads.file_of("", "users") == old
    assert send(uploads, b"Better text.", "users").state == "ready"
    assert old.read_bytes() == b"Better text."


def test_a_failed_upload_leaves_the_earlier_file_of_that_name(uploads: Uploads, tmp_path: Path) -> None:
    good = write_pdf(tmp_path / "a.pdf", ["Good text."]).read_bytes()
    assert send(uploads, good, "a.pdf").state == "ready"
    failed = send(uploads, b"%PDF-1.4 half an upload", "a.pdf")
    assert (failed.state, "damaged" in failed.text) == ("failed", True)
    assert (tmp_path / "library" / "files" / "a.pdf").read_bytes() == good
    assert list(uploads.incoming().iterdir()) == []


def test_what_a_killed_app_had_received_is_deleted_and_what_was_taken_in_stays(uploads: Uploads) -> None:
    send(uploads, b"Good text.", "a.txt")
    (uploads.incoming() / "half").write_text("half of a secret")
    uploads.discard_interrupted()
    assert list(uploads.incoming().iterdir()) == []
    assert uploads.file_of("", "a.txt").read_bytes() == b"Good text."


@pytest.fixture
def locked(tmp_path: Path) -> bytes:
    return write_pdf(tmp_path / "locked.pdf", ["The treasure is under the oak."], password="opensesame").read_bytes()


def test_an_encrypted_file_waits_for_its_password_and_is_then_taken_in(
    uploads: Uploads, locked: bytes, tmp_path: Path
) -> None:
    upload = send(uploads, locked, "a.pdf")
    assert (upload.state, "give its password" in upload.text) == ("locked", True)
    upload = ended(uploads, uploads.unlock(upload, "wrong"))
    assert (upload.state, "does not open it" in upload.text) == ("locked", True)
    upload = ended(uploads, uploads.unlock(upload, "opensesame"))
    assert upload.state == "ready"
    assert uploads.file_of("", "a.pdf").read_bytes() == locked
    assert list(uploads.incoming().iterdir()) == []
    assert ended(uploads, uploads.unlock(upload, "opensesame")) == upload, "it is open already"


def test_an_encrypted_workbook_waits_for_its_password_too(uploads: Uploads) -> None:
    clear, locked = io.BytesIO(), io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.active.append(["The treasure is under the oak."])
    workbook.save(clear)
    OOXMLFile(clear).encrypt("opensesame", locked)
    upload = send(uploads, locked.getvalue(), "a.xlsx")
    assert upload.state == "locked"
    assert ended(uploads, uploads.unlock(upload, "wrong")).state == "locked"
    assert ended(uploads, uploads.unlock(upload, "opensesame")).state == "ready"


def test_a_password_is_kept_nowhere(
    uploads: Uploads, locked: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    upload = ended(uploads, uploads.unlock(send(uploads, locked, "a.pdf"), "opensesame"))
    assert "opensesame" not in repr(upload) + caplog.text
    files = [path for path in (tmp_path / "library").rglob("*") if path.is_file()]
    assert len(files) > 1
    assert [path for path in files if b"opensesame" in path.read_bytes()] == []


def test_an_encrypted_file_is_deleted_when_it_is_taken_off_the_list(uploads: Uploads, locked: bytes) -> None:
    send(uploads, locked, "a.pdf")
    send(uploads, locked, "b.pdf", owner="ann")
    uploads.clear_finished("")
    assert uploads.of("") == []
    assert [path.read_bytes() for path in uploads.incoming().iterdir()] == [locked]
    uploads.clear_finished("ann")
    assert list(uploads.incoming().iterdir()) == []


def test_an_encrypted_file_is_deleted_when_it_is_the_oldest_of_too_many(
    uploads: Uploads, locked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.uploads._MAX_ENDED", 2)
    send(uploads, locked, "a.pdf")
    for name in ("b.txt", "c.txt"):
        uploads.reject("", name, "it is too large")
    assert [upload.name for upload in uploads.of("")] == ["b.txt", "c.txt"]
    assert list(uploads.incoming().iterdir()) == []


def test_an_encrypted_file_waits_on_while_many_others_are_taken_in(
    uploads: Uploads, locked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.uploads._MAX_ENDED", 2)
    send(uploads, locked, "a.pdf")
    for name in ("b.txt", "c.txt", "d.txt", "e.txt"):
        send(uploads, f"Text of {name}.".encode(), name)
    assert [(upload.name, upload.state) for upload in uploads.of("") if upload.state != "ready"] == [
        ("a.pdf", "locked")
    ]


def test_an_encrypted_file_does_not_outlive_the_app(uploads: Uploads, locked: bytes) -> None:
    send(uploads, locked, "a.pdf")
    uploads.discard_interrupted()
    assert list(uploads.incoming().iterdir()) == []


def test_nobody_else_finds_an_upload(uploads: Uploads, locked: bytes) -> None:
    upload = send(uploads, locked, "a.pdf", owner="ann")
    assert upload_of(uploads, "ann", upload.id) == upload
    for owner, id_ in (("bob", upload.id), ("", upload.id), ("ann", upload.id + 1)):
        with pytest.raises(AccessError, match="not among your uploads"):
            upload_of(uploads, owner, id_)


def test_an_empty_file_fails_with_the_reason(uploads: Uploads) -> None:
    assert "empty" in send(uploads, b"", "a.txt").text


def test_the_same_file_twice_is_said_to_be_there(uploads: Uploads) -> None:
    send(uploads, b"Good text.", "a.txt")
    assert "already there" in send(uploads, b"Good text.", "a.txt").text


def test_a_file_that_vanishes_while_it_waits_fails_with_the_reason(uploads: Uploads) -> None:
    upload = uploads.add("", "a.txt", uploads.incoming() / "gone")
    ended = wait_for(lambda: next(u for u in uploads.of("") if u.id == upload.id and u.state == "failed"))
    assert "No such file" in ended.text


def test_a_user_sees_only_their_own_uploads_and_no_name_leads_to_another_folder(uploads: Uploads) -> None:
    send(uploads, b"Good text.", "a.txt")
    assert uploads.of("alice") == []
    assert uploads.file_of("../../bob", "a.txt").parent.parent == uploads.file_of("alice", "a.txt").parent.parent


def test_finished_uploads_can_be_taken_off_the_list(uploads: Uploads) -> None:
    send(uploads, b"Good text.", "a.txt")
    uploads.clear_finished("")
    assert uploads.of("") == []


def test_a_slow_site_holds_up_no_upload(ingestor: Ingestor, tmp_path: Path) -> None:
    with serving_site() as site:
        web = WebIngestor(ingestor, load_settings(web_private_hosts=("127.0.0.1",)))
        uploads = Uploads(ingestor, web, tmp_path / "library" / "files", lambda: None)
        answered = Event()

        def slow() -> Iterator[bytes]:
            answered.wait(60)
            yield page("The birch is white.")

        waiting = uploads.add_page("", site.add("/a", slow))
        assert send(uploads, b"Good text.", "a.txt").state == "ready"
        assert next(each for each in uploads.of("") if each.id == waiting.id).state in ("waiting", "working")
        answered.set()
        assert ended(uploads, waiting).state == "ready"
