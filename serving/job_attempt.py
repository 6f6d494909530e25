"""One attempt at a job of the shared queue: take it in, and write down what became of it.

Every step may be the last one of this process: another worker goes on from there. What is written is written only
while the job is this worker's.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ingest.prepare import FileResult
from observing.process_metrics import count_file
from rag.errors import CitewellError, DocumentError, LibraryError, ServerError
from rag.types.jobs import Job, JobState
from serving.job_lease import JobLease, LostLeaseError
from serving.shared_files import SharedFiles
from serving.upload_intake import UploadIntake, outcome
from serving.upload_progress import (
    FAULT,
    LOCKED,
    MOST_ENDED,
    STILL_LOCKED,
    reason_of,
    reporter,
    upload_of_job,
)

if TYPE_CHECKING:
    from rag.stores.postgres.postgres_jobs import PostgresJobs

log = logging.getLogger(__name__)

Write = Callable[[Callable[[], object]], None]
"""Function that writes to the database, again and again while that is away."""

_FILE_TRIES = 8
_PAGE_TRIES = 4
"""A site that is away may be a mistake in its address: who added it wants to know soon."""

_FAULT_TRIES = 3
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 300.0
_ELSEWHERE = "a file of the queue is not where it should be: does this worker have the folder that the servers have? %s"


class JobAttempts:
    """The attempts of one worker, of this name. `write` writes an outcome, `replaced` is called for a new version."""

    def __init__(
        self,
        worker: str,
        jobs: "PostgresJobs",
        intake: UploadIntake,
        files: SharedFiles,
        *,
        write: Write,
        replaced: Callable[[], None],
    ) -> None:
        self._worker = worker
        self._jobs = jobs
        self._intake = intake
        self._files = files
        self._write = write
        self._replaced = replaced

    def attempt(self, lease: JobLease, password: str | None = None) -> None:
        """Ingest a job, or write down why not. Whatever is wrong with it, this returns."""
        try:
            self._take_in(lease, password)
        except Exception as error:
            if lease.is_lost or isinstance(error, LostLeaseError):
                self._write(lambda: self._jobs.give_back(self._worker, lease.job.id, LOCKED))
            elif isinstance(error, LibraryError | ServerError | OSError):
                self._fail(lease, reason_of(error), tries=_FILE_TRIES)
            elif isinstance(error, CitewellError):
                self._fail(lease, str(error), tries=_tries(lease, error))
            else:
                log.exception("an upload could not be ingested")
                self._fail(lease, FAULT, tries=_FAULT_TRIES)

    def _take_in(self, lease: JobLease, password: str | None) -> None:
        job = lease.job
        if job.document_id is None:
            result = self._read(lease, password)
            if result.status == "failed":
                self._note_failure(lease, result, password)
                return
            text = outcome(result) if job.tries <= 1 or result.status != "unchanged" else result.note
            count_file(result.status)
            job = replace(job, text=text, document_id=result.document_id)
            self._write(partial(self._note_stored, lease, job))
            if result.status == "replaced":
                self._replaced()
        lease.require_held()
        self._files.keep(job)
        self._end(lease, "ready", job.text)

    def _note_stored(self, lease: JobLease, job: Job) -> None:
        if not self._jobs.note_stored(self._worker, job.id, job.document_id, job.text):
            lease.give_up()  # another worker has it, and goes on from here

    def _read(self, lease: JobLease, password: str | None) -> FileResult:
        upload, report = upload_of_job(lease.job), reporter(lease.report)
        if upload.address:
            return self._intake.page(upload, report, lease)
        try:
            path = self._files.path(lease.job)
        except FileNotFoundError as error:
            log.warning(_ELSEWHERE, error.filename)
            raise
        return self._intake.file(upload, path, report, lease, password)

    def _note_failure(self, lease: JobLease, result: FileResult, password: str | None) -> None:
        if result.locked and not lease.job.address:
            count_file("locked")
            self._end(lease, "locked", LOCKED if password is None else STILL_LOCKED, keeps_file=True)
            return
        most = _PAGE_TRIES if lease.job.address else _FILE_TRIES
        self._fail(lease, result.reason, tries=most if result.may_pass else 0)

    def _fail(self, lease: JobLease, text: str, *, tries: int) -> None:
        """Try a job again later, if it may be begun so often (0: never); else end it, and keep the file for a retry."""
        job = lease.job
        if job.tries < tries:
            seconds = min(_FIRST_WAIT_S * 2 ** max(0, job.tries - 1), _LONGEST_WAIT_S)
            log.warning("job %d failed, and is tried again in %.0f s (try %d of %d)", job.id, seconds, job.tries, tries)
            self._write(lambda: self._jobs.put_off(self._worker, job.id, seconds, text))
            return
        count_file("failed")
        self._end(lease, "failed", text, keeps_file=tries > 0)

    def _end(self, lease: JobLease, state: JobState, text: str, *, keeps_file: bool = False) -> None:
        job = lease.job

        def end() -> None:
            if self._jobs.end(self._worker, job.id, state, text, keeps_file=keeps_file):
                if not keeps_file:
                    self._files.delete(job)
                self._files.delete(*self._jobs.drop_ended(job.sender, MOST_ENDED))

        self._write(end)


def _tries(lease: JobLease, error: CitewellError) -> int:
    if not isinstance(error, DocumentError) or not error.may_pass:
        return 0
    return _PAGE_TRIES if lease.job.address else _FILE_TRIES
