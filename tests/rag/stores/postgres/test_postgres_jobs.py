"""The shared queue: each job is one worker's at a time, in turns, and none is lost with its worker."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from rag.stores.postgres.connections import Connections
from rag.stores.postgres.postgres_jobs import _CLAIM, PostgresJobs
from rag.types.jobs import BULK_PRIORITY, Job, JobProgress

pytestmark = pytest.mark.postgres
LONG = 60.0


@pytest.fixture
def jobs(connections: Connections) -> PostgresJobs:
    return PostgresJobs(connections)


def accept(jobs: PostgresJobs, name: str, owner: str = "ann", **values: Any) -> Job:
    return jobs.accept(Job(owner=owner, sender=owner, name=name, **{"place": "p", **values}))


def claimed(jobs: PostgresJobs, worker: str = "w", seconds: float = LONG, *, pages: bool = False) -> str:
    job = jobs.claim(worker, seconds, pages=pages)
    return job.name if job else ""


def done(jobs: PostgresJobs) -> str:
    """Ingest the next job; return its name."""
    job = jobs.claim("w", LONG, pages=False)
    assert job
    assert jobs.end("w", job.id, "ready")
    return job.name


def test_workers_that_ask_together_get_different_jobs(jobs: PostgresJobs) -> None:
    names = [accept(jobs, f"{number}.txt").name for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda number: claimed(jobs, f"w{number}"), range(40)))
    assert sorted(got) == sorted(names)
    assert claimed(jobs) == ""


def test_a_job_comes_back_as_it_was_accepted(jobs: PostgresJobs) -> None:
    accepted = accept(jobs, "a\0b.txt", collection="", sha256="5a", text="")
    assert (accepted.name, accepted.collection, accepted.state) == ("a\ufffdb.txt", "", "waiting")
    assert jobs.of("ann") == [accepted]
    assert jobs.of("bob") == []
    assert accept(jobs, "x", address="https://a.example/" + "x" * 20_000).id > accepted.id


def test_uploads_come_before_what_a_program_queued_and_pages_are_taken_apart(jobs: PostgresJobs) -> None:
    accept(jobs, "scan.txt", priority=BULK_PRIORITY)
    accept(jobs, "a.example", address="https://a.example/", place="")
    accept(jobs, "upload.txt")
    assert [claimed(jobs) for _ in range(3)] == ["upload.txt", "scan.txt", ""]
    assert claimed(jobs, pages=True) == "a.example"


def test_who_comes_late_does_not_get_the_turns_that_they_missed(jobs: PostgresJobs) -> None:
    for number in range(8):
        accept(jobs, f"ann {number}")
    late = jobs.claim("w", LONG, pages=False)
    assert late
    assert jobs.put_off("w", late.id, LONG, "the server is away")  # its early turn says nothing of the others'
    for _ in range(3):
        done(jobs)
    for number in range(3):
        accept(jobs, f"bob {number}", "bob")
    order = [done(jobs) for _ in range(6)]
    assert order == ["ann 4", "bob 0", "ann 5", "bob 1", "ann 6", "bob 2"]


@pytest.mark.parametrize("same", [{"name": "a.txt"}, {"name": "b.txt", "sha256": "5a"}])
def test_another_version_or_copy_of_an_owners_file_waits_for_the_earlier(
    jobs: PostgresJobs, same: dict[str, str]
) -> None:
    first = accept(jobs, "a.txt", sha256="5a")
    accept(jobs, **same)
    accept(jobs, "a.txt", "bob", sha256="5a")
    assert [claimed(jobs), claimed(jobs), claimed(jobs)] == ["a.txt", "a.txt", ""]
    assert jobs.end("w", first.id, "ready")
    assert claimed(jobs) == same["name"]


def test_the_job_of_a_worker_that_ended_is_anothers_and_no_more_its_own(jobs: PostgresJobs) -> None:
    id_ = accept(jobs, "a.txt").id
    assert claimed(jobs, "gone", seconds=0) == "a.txt"
    assert [(job.state, job.tries) for job in jobs.expire(3, "ended", "locked")] == [("waiting", 1)]
    assert jobs.expire(3, "ended", "locked") == []
    assert claimed(jobs, "next") == "a.txt"
    assert jobs.renew("gone", id_, LONG, JobProgress()) == "lost"
    assert not jobs.note_stored("gone", id_, 1, "")
    assert not jobs.end("gone", id_, "failed", "too late")
    assert not jobs.put_off("gone", id_, 1, "too late")
    assert not jobs.give_back("gone", id_, "locked")
    assert jobs.of("ann")[0].worker == "next"


def test_a_job_that_ended_so_many_workers_fails_and_can_be_retried(jobs: PostgresJobs) -> None:
    id_ = accept(jobs, "a.txt").id
    for _ in range(2):
        assert claimed(jobs, seconds=0) == "a.txt"
        jobs.expire(2, "it ended them", "locked")
    assert [(job.state, job.text, job.place) for job in jobs.all(["failed"])] == [("failed", "it ended them", "p")]
    assert claimed(jobs) == ""
    assert jobs.retry(id_)
    assert not jobs.retry(id_)
    assert claimed(jobs) == "a.txt"


def test_what_is_stored_keeps_what_to_say_and_is_never_given_up(jobs: PostgresJobs) -> None:
    id_ = accept(jobs, "a.txt").id
    assert claimed(jobs, seconds=0)
    assert jobs.note_stored("w", id_, 7, "replaces the earlier version")
    jobs.expire(1, "it ended them", "locked")
    job = jobs.claim("w", LONG, pages=False)
    assert job
    assert (job.document_id, job.text) == (7, "replaces the earlier version")


def test_what_was_put_off_waits_and_what_was_given_back_does_not_count(jobs: PostgresJobs) -> None:
    id_ = accept(jobs, "a.txt").id
    claimed(jobs)
    assert jobs.put_off("w", id_, LONG, "the server is away")
    assert claimed(jobs) == ""
    assert [(job.state, job.text, job.tries) for job in jobs.of("ann")] == [("waiting", "the server is away", 1)]
    other = accept(jobs, "b.txt").id
    claimed(jobs)
    assert jobs.give_back("w", other, "locked")
    job = jobs.claim("w", LONG, pages=False)
    assert job
    assert (job.id, job.tries) == (other, 1)


def test_a_locked_file_is_read_by_who_knows_its_password_and_locked_again_with_them(jobs: PostgresJobs) -> None:
    id_ = accept(jobs, "a.pdf").id
    claimed(jobs)
    assert jobs.end("w", id_, "locked", "give its password", keeps_file=True)
    assert claimed(jobs) == ""
    assert jobs.claim_locked("w", id_, LONG)
    assert jobs.claim_locked("other", id_, LONG) is None
    assert jobs.give_back("w", id_, "locked again")
    assert jobs.claim_locked("w", id_, 0)
    assert [(job.state, job.text, job.place) for job in jobs.expire(1, "ended", "it is locked")] == [
        ("locked", "it is locked", "p")
    ]


def test_what_waits_is_cancelled_at_once_and_what_is_worked_at_is_told(jobs: PostgresJobs) -> None:
    working, waiting = accept(jobs, "a.txt").id, accept(jobs, "b.txt").id
    claimed(jobs)
    assert jobs.cancel("bob", working, "cancelled") == []
    assert [job.id for job in jobs.cancel("ann", None, "cancelled")] == [waiting]
    assert jobs.renew("w", working, LONG, JobProgress()) == "cancelled"
    assert not jobs.retry(waiting)


def test_of_a_user_ended_jobs_are_forgotten_and_the_others_counted(jobs: PostgresJobs) -> None:
    accept(jobs, "a.txt", state="failed")
    accept(jobs, "b.txt")
    accept(jobs, "c.txt", "bob")
    accept(jobs, "d.pdf", state="locked")
    forgotten, waiting = jobs.forget_all_of("ann")
    assert ([job.name for job in forgotten], waiting) == (["a.txt", "d.pdf"], 1)
    assert [job.name for job in jobs.coming_to("ann")] == ["b.txt"]


def test_the_next_of_many_jobs_is_found_in_an_index(postgres_address: str) -> None:
    with psycopg.connect(postgres_address, autocommit=True) as db:
        db.execute(
            "INSERT INTO jobs (owner, sender, name, address, sha256, priority, place, state, text, source, turn) "
            "SELECT '', '', n, '', n, 0, '', 'waiting', '', n, n FROM generate_series(1, 20000) AS n"
        )
        db.execute("ANALYZE jobs")
        values = {"worker": "w", "seconds": 1.0, "pages": False}
        plan = "\n".join(row[0] for row in db.execute(f"EXPLAIN (ANALYZE, BUFFERS) {_CLAIM}".encode(), values))
        db.execute("DELETE FROM jobs")
    assert "jobs_next" in plan
    assert "Seq Scan on jobs" not in plan
