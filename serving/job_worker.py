"""Ingest what is in the shared queue: files in one thread, web pages in another, since sites may be slow.

A third thread renews the worker's hold on its jobs, tells how far they are, and has those wait whose workers ended.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from functools import partial
from secrets import token_hex
from threading import Event, Lock, Thread, current_thread
from typing import TYPE_CHECKING

from rag.errors import LibraryError
from serving.job_attempt import JobAttempts
from serving.job_lease import JobLease
from serving.shared_files import SharedFiles
from serving.upload_intake import UploadIntake
from serving.upload_progress import ENDED_OUR_END, LOCKED, Upload, upload_of_job

if TYPE_CHECKING:
    from rag.stores.postgres.postgres_jobs import PostgresJobs

log = logging.getLogger(__name__)

LEASE_S = 10.0
"""How long after its end a worker's jobs are taken over."""

_RENEWALS = 10
_LOOK_S = 0.5
_AWAY_S = 2.0
_STOP_S = 15.0
_MOST_ENDED_WORKERS = 3
_TIDY_S, _DAY_S = 600.0, 86_400.0


class JobWorker:
    """A worker on the shared queue. `purge` is called when it is idle and a document was replaced."""

    def __init__(
        self,
        jobs: "PostgresJobs",
        intake: UploadIntake,
        files: SharedFiles,
        purge: Callable[[], None],
        *,
        lease_seconds: float = LEASE_S,
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        self._jobs = jobs
        self._files = files
        self._purge = purge
        self._seconds = lease_seconds
        self._attempts = JobAttempts(
            self.name, jobs, intake, files, write=self._write, replaced=partial(setattr, self, "_has_replaced", True)
        )
        self._has_replaced = False
        self._stopping, self._stopped = Event(), Event()
        self._wakes = {False: Event(), True: Event()}
        self._lock, self._unlocking = Lock(), Lock()
        self._held: dict[int, JobLease] = {}
        self._threads: list[Thread] = []
        self._away_since = self._answered_at = self._tidied_at = 0.0

    def start(self) -> None:
        """Begin to take jobs; once is enough."""
        with self._lock:
            if any(thread.name == "jobs" for thread in self._threads):
                return
            self._run("jobs", partial(self._work, pages=False))
            self._run("page-jobs", partial(self._work, pages=True))
        self._watch()

    def stop(self) -> None:
        """Stop within seconds; what is being ingested is given back, for another worker."""
        self._stopping.set()
        for lease in self._leases():
            lease.give_up()
        for wake in self._wakes.values():
            wake.set()
        deadline = time.monotonic() + _STOP_S
        with self._lock:
            threads = [thread for thread in self._threads if thread.name != "renewals"]
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._stopped.set()

    def wake(self, *, pages: bool) -> None:
        """Look into the queue now: something has come."""
        self._wakes[pages].set()

    @property
    def is_working(self) -> bool:
        """True while this worker has a job."""
        return bool(self._leases())

    def unlock(self, id_: int, password: str) -> Upload | None:
        """Read a locked file with its password, here: no other process is told it. None if it is locked no more."""
        asked_at = time.monotonic()
        job = self._jobs.claim_locked(self.name, id_, self._seconds)
        if job is None:
            return None
        lease = self._hold(JobLease(job, asked_at, self._seconds))
        self._watch()
        with self._lock:
            self._run("unlocking", partial(self._unlock, lease, password))
        return upload_of_job(job)

    def _unlock(self, lease: JobLease, password: str) -> None:
        with self._unlocking:
            self._attempt(lease, password)

    def _work(self, *, pages: bool) -> None:
        wake = self._wakes[pages]
        while not self._stopping.is_set():
            wake.clear()
            try:
                lease = self._claim(pages=pages)
                if lease is not None:
                    self._attempt(lease)
                    continue
                self._while_idle()
            except LibraryError as error:
                self._tell_away(error)
                self._stopping.wait(_AWAY_S)
            except Exception:
                log.exception("a worker's thread met a fault, and goes on")
                self._stopping.wait(_AWAY_S)
            wake.wait(_LOOK_S)

    def _while_idle(self) -> None:
        if self._has_replaced and not self.is_working:
            self._has_replaced = False
            self._purge()
        if time.monotonic() > self._tidied_at + _TIDY_S or not self._tidied_at:
            self._tidied_at = time.monotonic()
            self._jobs.drop_old(_DAY_S)
            self._files.tidy(self._jobs.places, older_seconds=_DAY_S)

    def _claim(self, *, pages: bool) -> JobLease | None:
        asked_at = time.monotonic()
        job = self._jobs.claim(self.name, self._seconds, pages=pages)
        self._tell_answers()
        if job is None:
            return None
        log.info("job %d is begun, for the %d. time", job.id, job.tries)
        return self._hold(JobLease(job, asked_at, self._seconds))

    def _hold(self, lease: JobLease) -> JobLease:
        with self._lock:
            self._held[lease.job.id] = lease
        if self._stopping.is_set():
            lease.give_up()
        return lease

    def _leases(self) -> list[JobLease]:
        with self._lock:
            return list(self._held.values())

    def _attempt(self, lease: JobLease, password: str | None = None) -> None:
        try:
            self._attempts.attempt(lease, password)
        finally:
            with self._lock:
                self._held.pop(lease.job.id, None)

    def _write(self, call: Callable[[], object]) -> None:
        """Write to the database. While it is away, try on: only this worker knows what it did."""
        while True:
            try:
                call()
            except LibraryError as error:
                self._tell_away(error)
                if self._stopping.wait(_AWAY_S):
                    return
            else:
                self._tell_answers()
                return

    def _watch(self) -> None:
        with self._lock:
            if not any(thread.name == "renewals" for thread in self._threads):
                self._run("renewals", self._renew_all)

    def _renew_all(self) -> None:
        while not self._stopped.wait(self._seconds / _RENEWALS):
            try:
                leases = self._leases()
                for lease in leases:
                    self._renew(lease)
                has_asked = self._expire() or bool(leases)
            except LibraryError as error:
                self._tell_away(error)
            except Exception:
                log.exception("a worker's hold on its jobs could not be renewed")
            else:
                if has_asked:
                    self._tell_answers()

    def _renew(self, lease: JobLease) -> None:
        asked_at = time.monotonic()
        hold = self._jobs.renew(self.name, lease.job.id, self._seconds, lease.progress)
        if hold == "lost":
            lease.give_up()
            return
        lease.renewed(asked_at)
        if hold == "cancelled":
            lease.set()

    def _expire(self) -> bool:
        """Have jobs wait whose workers ended; return whether the database was asked.

        After it was away, workers have time to say that they did not end.
        """
        if self._away_since or time.monotonic() < self._answered_at + self._seconds:
            return False
        for job in self._jobs.expire(_MOST_ENDED_WORKERS, ENDED_OUR_END, LOCKED):
            log.warning("the worker that had job %d has ended: it is %s now", job.id, job.state)
            self.wake(pages=bool(job.address))
        return True

    def _tell_away(self, error: LibraryError) -> None:
        with self._lock:
            is_new, self._away_since = not self._away_since, self._away_since or time.monotonic()
        if is_new:
            log.warning("jobs wait for the database: %s", error)

    def _tell_answers(self) -> None:
        with self._lock:
            since, self._away_since = self._away_since, 0.0
            if since:
                self._answered_at = time.monotonic()
        if since:
            log.warning("the database answers again, after %.0f s: jobs go on", time.monotonic() - since)

    def _run(self, name: str, target: Callable[[], None]) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive() or thread is current_thread()]
        self._threads.append(Thread(target=target, name=name, daemon=True))
        self._threads[-1].start()
