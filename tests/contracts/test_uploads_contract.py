"""Uploads behave alike whoever takes them in: the server that accepts them, or workers on a shared queue."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event

import pytest

from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from ingest.sandbox.worker import Workers
from ingest.sources.file_store import FolderFiles
from ingest.web.web_ingestor import WebIngestor
from rag.errors import AccessError
from rag.settings import load_settings
from rag.stores.open_stores import Stores
from serving import job_attempt, local_uploads, shared_uploads
from serving.job_worker import JobWorker
from serving.local_uploads import LocalUploads
from serving.ownership import upload_of
from serving.shared_files import SharedFiles
from serving.shared_uploads import SharedUploads
from serving.upload_intake import UploadIntake
from serving.uploads import Uploads
from tests.ingest.web.site_server import page, serving_site
from tests.serving.sent_files import accepted, ended, locked_pdf, received, send
from tests.support.documents.pdfs import write_pdf
from tests.support.fakes import WordEmbedder


@pytest.fixture
def ingestor(stores: Stores, embedder: WordEmbedder, workers: Workers) -> Ingestor:
    return Ingestor(
        Preparer(stores.library, lambda: embedder, chunk_tokens=40, max_file_bytes=2_000_000, workers=workers)
    )


@pytest.fixture
def uploads(stores: Stores, ingestor: Ingestor, tmp_path: Path) -> Iterator[Uploads]:
    with ExitStack() as opened:
        folder = tmp_path / "library"
        web = WebIngestor(ingestor, load_settings(web_private_hosts=("127.0.0.1",)))
        if stores.jobs is None:
            yield opened.enter_context(closing(LocalUploads(ingestor, web, folder / "files", lambda: None)))
            return
        worker = JobWorker(stores.jobs, UploadIntake(ingestor, web), SharedFiles(FolderFiles(folder)), lambda: None)
        opened.callback(worker.stop)
        worker.start()
        yield SharedUploads(stores.jobs, SharedFiles(FolderFiles(folder)), worker)


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_attempt, "_FIRST_WAIT_S", 0.01)


@pytest.fixture
def two_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (local_uploads, shared_uploads, job_attempt):
        monkeypatch.setattr(module, "MOST_ENDED", 2)


def test_a_file_is_ready_when_it_was_taken_in_and_kept_under_its_name(uploads: Uploads, tmp_path: Path) -> None:
    assert send(uploads, b"Good text.", "a.txt").state == "ready"
    assert (tmp_path / "library" / "files" / "a.txt").read_bytes() == b"Good text."
    assert list(uploads.incoming().iterdir()) == []
    assert "already there" in send(uploads, b"Good text.", "a.txt").text


@pytest.mark.parametrize("name", ["incoming", "users"])
def test_a_file_that_is_named_as_a_folder_of_ours_is_kept_like_any_other(uploads: Uploads, name: str) -> None:
    assert send(uploads, b"Good text.", name).state == "ready"
    assert send(uploads, b"Text of ann.", name, "ann").state == "ready"
    assert send(uploads, b"Other text.", "b.txt", "ann").state == "ready"
    assert uploads.file_of("", name).read_bytes() == b"Good text."
    assert uploads.file_of("ann", name).read_bytes() == b"Text of ann."


def test_a_file_that_was_kept_where_a_folder_is_now_expected_stays_found(uploads: Uploads, tmp_path: Path) -> None:
    old = tmp_path / "library" / "files" / "users"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_bytes(b"Good text.")
    assert uploads.file_of("", "users") == old
    assert send(uploads, b"Better text.", "users").state == "ready"
    assert old.read_bytes() == b"Better text."


def test_what_is_being_read_and_what_waits_can_be_cancelled(uploads: Uploads, tmp_path: Path) -> None:
    assert send(uploads, b"The first version.", "a.txt").state == "ready"
    names = ("a.txt", "b.txt")
    files = [uploads.incoming() / f"received {name}" for name in names]
    for file in files:
        file.write_text("\n\n".join(f"Line {n} says that {n} is a number." for n in range(20_000)))
    begun = [uploads.add("", name, file) for name, file in zip(names, files, strict=True)]
    for upload in reversed(begun):
        uploads.cancel(upload)
    assert [(ended(uploads, upload).state, ended(uploads, upload).text) for upload in begun] == [
        ("failed", "it was cancelled")
    ] * 2
    assert uploads.file_of("", "a.txt").read_bytes() == b"The first version."
    assert list(uploads.incoming().iterdir()) == []


def test_a_failed_upload_leaves_the_earlier_file_of_that_name(uploads: Uploads, tmp_path: Path) -> None:
    good = write_pdf(tmp_path / "a.pdf", ["Good text."]).read_bytes()
    assert send(uploads, good, "a.pdf").state == "ready"
    failed = send(uploads, b"%PDF-1.4 half an upload", "a.pdf")
    assert (failed.state, "damaged" in failed.text) == ("failed", True)
    assert (tmp_path / "library" / "files" / "a.pdf").read_bytes() == good
    assert list(uploads.incoming().iterdir()) == []


@pytest.fixture
def locked(tmp_path: Path) -> bytes:
    return locked_pdf(tmp_path)


def test_an_encrypted_file_waits_for_its_password_which_is_kept_nowhere_and_is_then_taken_in(
    uploads: Uploads, locked: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
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
    assert "opensesame" not in repr(upload) + caplog.text
    files = [path for path in (tmp_path / "library").rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if b"opensesame" in path.read_bytes()] == []


def test_an_encrypted_file_is_deleted_when_it_is_taken_off_the_list(
    uploads: Uploads, locked: bytes, tmp_path: Path
) -> None:
    send(uploads, locked, "a.pdf")
    send(uploads, locked, "b.pdf", owner="ann")
    uploads.clear_finished("")
    assert uploads.of("") == []
    assert accepted(tmp_path) == [locked]
    uploads.clear_finished("ann")
    assert accepted(tmp_path) == []


def test_an_encrypted_file_is_deleted_when_it_is_the_oldest_of_too_many(
    uploads: Uploads, locked: bytes, tmp_path: Path, two_at_most: None
) -> None:
    send(uploads, locked, "a.pdf")
    for name in ("b.txt", "c.txt"):
        uploads.reject("", name, "it is too large")
    assert [upload.name for upload in uploads.of("")] == ["b.txt", "c.txt"]
    assert accepted(tmp_path) == []


def test_an_encrypted_file_waits_on_while_many_others_are_taken_in(
    uploads: Uploads, locked: bytes, two_at_most: None
) -> None:
    send(uploads, locked, "a.pdf")
    for name in ("b.txt", "c.txt", "d.txt", "e.txt"):
        send(uploads, f"Text of {name}.".encode(), name)
    assert [(upload.name, upload.state) for upload in uploads.of("") if upload.state != "ready"] == [
        ("a.pdf", "locked")
    ]


def test_what_others_send_takes_nothing_off_a_list(uploads: Uploads, locked: bytes, two_at_most: None) -> None:
    upload = send(uploads, locked, "a.pdf", owner="ann")
    for name in ("b.txt", "c.txt", "d.txt"):
        uploads.reject("bob", name, "it is too large")
    assert ended(uploads, uploads.unlock(upload, "opensesame")).state == "ready"


def test_a_file_that_waits_for_its_password_is_not_cancelled(uploads: Uploads, locked: bytes) -> None:
    upload = send(uploads, locked, "a.pdf")
    uploads.cancel_all("")
    uploads.cancel(upload)
    assert ended(uploads, uploads.unlock(upload, "opensesame")).state == "ready"


def test_nobody_else_finds_an_upload(uploads: Uploads, locked: bytes) -> None:
    upload = send(uploads, locked, "a.pdf", owner="ann")
    assert upload_of(uploads, "ann", upload.id) == upload
    for owner, id_ in (("bob", upload.id), ("", upload.id), ("ann", upload.id + 1)):
        with pytest.raises(AccessError, match="not among your uploads"):
            upload_of(uploads, owner, id_)


def test_a_user_sees_only_their_own_uploads_and_no_name_leads_to_another_folder(uploads: Uploads) -> None:
    send(uploads, b"Good text.", "a.txt")
    assert uploads.of("alice") == []
    for owner in ("alice", "../../bob"):
        upload = uploads.add(owner, "a.txt", received(uploads, b"Better text.", "a.txt"))
        assert ended(uploads, upload).state == "ready"
    assert uploads.file_of("../../bob", "a.txt").parent.parent == uploads.file_of("alice", "a.txt").parent.parent


def test_a_slow_site_holds_up_no_upload(uploads: Uploads) -> None:
    with serving_site() as site:
        answered = Event()

        def slow() -> Iterator[bytes]:
            answered.wait(60)
            yield page("The birch is white.")

        waiting = uploads.add_page("", site.add("/a", slow))
        assert send(uploads, b"Good text.", "a.txt").state == "ready"
        assert next(each for each in uploads.of("") if each.id == waiting.id).state in ("waiting", "working")
        answered.set()
        assert ended(uploads, waiting).state == "ready"


def test_a_new_page_goes_into_its_collection_and_a_document_of_the_same_content_stays_where_it_is(
    uploads: Uploads, stores: Stores
) -> None:
    with serving_site() as site:
        address, copy = site.add("/a", page("The birch is white.")), site.add("/copy", page("The birch is white."))
        assert ended(uploads, uploads.add_page("", address, collection="trees")).state == "ready"
        assert ended(uploads, uploads.add_page("", copy, collection="other")).state == "ready"
        assert ended(uploads, uploads.add_page("", address)).state == "ready"
    assert [document.collection for document in stores.library.documents()] == ["trees"]


def test_users_take_turns(uploads: Uploads, stores: Stores) -> None:
    with serving_site() as site:  # the first page holds the others up until all are sent
        asked, sent = Event(), Event()

        def slow() -> Iterator[bytes]:
            asked.set()
            sent.wait(60)
            yield page("The birch is white.")

        def quick(number: int) -> str:
            return site.add(f"/{number}", page(f"The birch of row {number} is white."))

        pages = [uploads.add_page("ann", site.add("/first", slow))]
        assert asked.wait(30)
        pages += [uploads.add_page("ann", quick(number)) for number in range(4)]
        pages.append(uploads.add_page("bob", quick(9)))
        sent.set()
        assert {ended(uploads, upload).state for upload in pages} == {"ready"}
    added = sorted(stores.library.documents(None), key=lambda document: document.id)
    assert "bob" in [document.owner for document in added][1:3]
