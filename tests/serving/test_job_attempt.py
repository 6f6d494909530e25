"""A failure that may pass is tried again, later each time; what is damaged is not, and what failed can be retried."""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from rag.errors import ServerError
from rag.interfaces import Vectors
from serving import job_attempt
from tests.ingest.web.site_server import HTML, Response, page, serving_site
from tests.serving.queue_parts import Open
from tests.serving.sent_files import ended, received, send
from tests.support.fakes import WordEmbedder
from tests.support.waiting import until

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_attempt, "_FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(job_attempt, "_LONGEST_WAIT_S", 0.02)


class AwayFor(WordEmbedder):
    def __init__(self, calls: int) -> None:
        super().__init__()
        self.calls = calls

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.calls -= 1
        if self.calls >= 0:
            raise ServerError("The embedder's server does not answer.")
        return super().embed_documents(texts)


def test_what_fails_on_and_on_is_kept_and_can_be_retried(part: Open) -> None:
    embedder = AwayFor(1000)
    server = part(embedder)
    server.worker.start()
    failed = send(server.uploads, b"Good text.", "a.txt")
    assert (failed.state, failed.text) == ("failed", "The embedder's server does not answer.")
    assert server.stores.jobs.of("")[0].tries == job_attempt._FILE_TRIES
    embedder.calls = 0
    assert server.stores.jobs.retry(failed.id)
    server.worker.wake(pages=False)
    ready = until(lambda: [each for each in server.uploads.of("") if each.state == "ready"])
    assert [each.id for each in ready] == [failed.id]


def test_a_damaged_file_fails_at_once_and_is_not_kept(part: Open) -> None:
    server = part()
    server.worker.start()
    failed = send(server.uploads, b"%PDF-1.4 half a file", "a.pdf")
    assert (failed.state, "damaged" in failed.text) == ("failed", True)
    (job,) = server.stores.jobs.of("")
    assert (job.tries, job.place) == (1, "")
    assert not server.stores.jobs.retry(job.id)


def test_a_worker_that_does_not_see_the_file_says_so_and_leaves_the_job_to_others(
    part: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING)
    server = part()
    upload = server.uploads.add("", "a.txt", received(server.uploads, b"Good text.", "a.txt"))
    accepted = tmp_path / "library" / "accepted"
    shutil.move(accepted, tmp_path / "elsewhere")  # another folder is mounted here
    server.worker.start()
    until(lambda: "does this worker have the folder" in caplog.text)
    monkeypatch.setattr(job_attempt, "_LONGEST_WAIT_S", 0.5)
    shutil.move(tmp_path / "elsewhere", accepted)
    assert ended(server.uploads, upload).state == "ready"


def test_a_site_that_is_overloaded_is_asked_again_and_one_without_the_page_is_not(part: Open) -> None:
    server = part()
    server.worker.start()
    with serving_site() as site:
        statuses = iter([503, 429])
        site.any_page = lambda _: Response(page("The birch is white."), next(statuses, 200), {"Content-Type": HTML})
        busy = server.uploads.add_page("ann", site.address("/busy"))
        assert ended(server.uploads, busy).state == "ready"
        site.any_page = None
        missing = server.uploads.add_page("ann", site.address("/none"))
        assert "no such page" in ended(server.uploads, missing).text
    assert [job.tries for job in server.stores.jobs.of("ann")] == [3, 1]


def test_a_fault_is_tried_three_times_and_the_next_file_is_taken_in(
    part: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = part()
    server.worker.start()
    with monkeypatch.context() as broken:
        broken.setattr(Ingestor, "ingest_file", lambda *_, **__: 1 / 0)
        failed = send(server.uploads, b"Good text.", "a.txt")
    assert (failed.state, "an error in Citewell" in failed.text) == ("failed", True)
    assert server.stores.jobs.of("")[0].tries == 3
    assert send(server.uploads, b"Good text.", "a.txt").state == "ready"
