"""Workers end as they like, or are stopped for a while: no job is lost, and none is stored twice."""

import logging
import signal
from collections.abc import Sequence
from threading import Event

import pytest

from rag.interfaces import Vectors
from serving import job_worker
from serving.upload_progress import Upload
from tests.serving.queue_parts import Open, Part
from tests.serving.sent_files import ended, received, send
from tests.support.fakes import WordEmbedder
from tests.support.servers.postgres_server import PostgresServer
from tests.support.waiting import until

pytestmark = pytest.mark.postgres


class HeldUp(WordEmbedder):
    """An embedder that waits."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = Event(), Event()

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.begun.set()
        assert self.go_on.wait(60)
        return super().embed_documents(texts)


def queued(part: Part) -> Upload:
    return part.uploads.add("ann", "a.txt", received(part.uploads, b"Good text of a.txt.", "a.txt"))


def stop_renewing(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a worker say nothing more, as one that was stopped by a signal."""
    monkeypatch.setattr(part.worker, "_renew", lambda lease: None)
    monkeypatch.setattr(part.worker, "_expire", lambda: None)


def test_what_a_worker_left_is_taken_over_and_its_late_outcome_is_not_stored(
    part: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = HeldUp()
    stopped, other = part(embedder), part()
    stop_renewing(stopped, monkeypatch)
    stopped.worker.start()
    upload = queued(stopped)
    assert embedder.begun.wait(30)
    (lease,) = stopped.worker._leases()
    lease._until = 0.0  # as if it had been stopped for as long as a lease is
    with other.stores.jobs._connections.borrow() as db:
        db.execute("UPDATE jobs SET held_until = clock_timestamp()")
    other.worker.start()
    ready = ended(other.uploads, upload)
    assert (ready.state, ready.text) == ("ready", "")
    ledger = other.stores.library.ledger("ann")
    embedder.go_on.set()  # as after SIGCONT
    until(lambda: not stopped.worker.is_working)
    assert other.stores.library.ledger("ann") == ledger
    assert [document.id for document in other.stores.library.documents("ann")] == [ready.document_id]
    assert other.uploads.of("ann") == [ready]


def test_a_worker_that_is_stopped_gives_back_what_it_has(part: Open) -> None:
    embedder = HeldUp()
    stopping, other = part(embedder), part()
    stopping.worker.start()
    upload = queued(stopping)
    assert embedder.begun.wait(30)
    embedder.go_on.set()
    stopping.worker.stop()
    (job,) = other.stores.jobs.of("ann")
    if job.state != "ready":  # it was quicker
        assert (job.state, job.tries, job.worker) == ("waiting", 0, "")
    other.worker.start()
    assert ended(other.uploads, upload).state == "ready"
    assert [entry.state for entry in other.stores.library.ledger("ann")] == ["ready"]


def test_what_is_stored_already_only_gets_its_file(part: Open) -> None:
    killed, other = part(), part()
    upload = queued(killed)
    job = killed.stores.jobs.claim("gone", 0, pages=False)
    assert job
    assert killed.stores.jobs.note_stored("gone", job.id, 4711, "replaces the earlier version")
    other.worker.start()
    ready = ended(other.uploads, upload)
    assert (ready.state, ready.text, ready.document_id) == ("ready", "replaces the earlier version", 4711)
    assert other.uploads.file_of("ann", "a.txt").read_bytes() == b"Good text of a.txt."
    assert other.stores.library.documents(None) == []


def test_while_the_database_is_away_workers_say_so_once_and_then_go_on(
    part: Open, postgres: PostgresServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_worker, "_AWAY_S", 0.05)
    server = part(lease_seconds=1.0)
    server.worker.start()
    assert send(server.uploads, b"Good text.", "a.txt").state == "ready"
    caplog.set_level(logging.WARNING)
    postgres.stop(signal.SIGQUIT)
    try:
        until(lambda: "wait for the database" in caplog.text)
    finally:
        postgres.start()
    until(lambda: "answers again" in caplog.text)
    assert send(server.uploads, b"Better text.", "b.txt").state == "ready"
    assert sum("wait for the database" in record.message for record in caplog.records) == 1


def test_a_job_whose_database_goes_away_meanwhile_is_done_once_it_is_back(
    part: Open, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_worker, "_AWAY_S", 0.05)
    monkeypatch.setattr("serving.job_attempt._FIRST_WAIT_S", 0.01)
    embedder = HeldUp()
    server = part(embedder, lease_seconds=0.5)
    server.worker.start()
    upload = queued(server)
    assert embedder.begun.wait(30)
    postgres.stop(signal.SIGQUIT)
    embedder.go_on.set()
    postgres.start()
    assert ended(server.uploads, upload).state == "ready"
    assert [entry.state for entry in server.stores.library.ledger("ann")] == ["ready"]


def test_a_fault_of_the_worker_itself_does_not_end_its_thread(
    part: Open, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_worker, "_AWAY_S", 0.01)
    server = part()
    with monkeypatch.context() as broken:
        broken.setattr(server.worker, "_while_idle", lambda: 1 / 0)
        server.worker.start()
        until(lambda: "met a fault" in caplog.text)
    assert send(server.uploads, b"Good text.", "a.txt").state == "ready"
