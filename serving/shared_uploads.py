"""Uploads as rows of the queue that all servers and workers of a database share: any of them knows of any."""

import logging
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.sources.web_address import page_name
from rag.errors import StorageError
from rag.runtime.file_hash import sha256_of
from rag.types.jobs import UPLOAD_PRIORITY, Job, JobState
from serving.job_worker import JobWorker
from serving.shared_files import SharedFiles
from serving.upload_progress import CANCELLED, MOST_ENDED, STATES, Upload, counted, upload_of_job

if TYPE_CHECKING:
    from rag.stores.postgres.postgres_jobs import PostgresJobs

log = logging.getLogger(__name__)

_COUNTED_EVERY_S = 60.0


class SharedUploads:
    """The `Uploads` of all servers of a database. `worker` is this process's own, and may leave the queue to others."""

    def __init__(self, jobs: "PostgresJobs", files: SharedFiles, worker: JobWorker) -> None:
        self._jobs = jobs
        self._files = files
        self._worker = worker
        self._counts: dict[JobState, int] = {}
        self._counted_at = -_COUNTED_EVERY_S

    def incoming(self) -> Path:
        """Return the folder for files that are still being received, on the disk where they will stay."""
        return self._files.incoming()

    def add(
        self,
        owner: str,
        name: str,
        path: Path,
        *,
        collection: str | None = None,
        sha256: str = "",
        sender: str | None = None,
        priority: int = UPLOAD_PRIORITY,
    ) -> Upload:
        """Queue a received file, which is moved. Its sender is the owner unless another is named.

        Whatever becomes of this process, it is ingested, or listed with the reason.
        """
        job = Job(
            owner=owner,
            sender=owner if sender is None else sender,
            name=name,
            collection=collection,
            sha256=sha256 or sha256_of(path),  # two of one content are not read at once: they are one document
            priority=priority,
        )
        try:
            place = self._files.accept(name, path)
        except StorageError as error:
            log.warning("an upload was not stored: %s", error)
            path.unlink(missing_ok=True)
            return self._fail(job, str(error))
        return self._accept(replace(job, place=place))

    def add_page(
        self,
        owner: str,
        address: str,
        sender: str | None = None,
        *,
        collection: str | None = None,
        priority: int = UPLOAD_PRIORITY,
    ) -> Upload:
        """Queue a web page by its canonical address, to be fetched or refreshed."""
        sent_by = owner if sender is None else sender
        page = Job(owner=owner, sender=sent_by, name=page_name(address), address=address, collection=collection)
        return self._accept(replace(page, priority=priority))

    def unlock(self, upload: Upload, password: str) -> Upload:
        """Have a locked file read with its password, which is stored nowhere; leave alone what is locked no more."""
        unlocking = self._worker.unlock(upload.id, password)
        if unlocking is not None:
            return unlocking
        return next((each for each in self.of(upload.sender) if each.id == upload.id), upload)

    def cancel(self, upload: Upload) -> None:
        """Stop an upload that waits or is being read: it fails within moments, and an earlier version stays."""
        self._files.delete(*self._jobs.cancel(upload.sender, upload.id, CANCELLED))

    def cancel_all(self, owner: str) -> None:
        """Stop all that one user has sent and that has not ended."""
        self._files.delete(*self._jobs.cancel(owner, None, CANCELLED))

    def reject(self, owner: str, name: str, reason: str) -> Upload:
        """List a file that was not even received."""
        return self._fail(Job(owner=owner, sender=owner, name=name), reason)

    @property
    def are_running(self) -> bool:
        """True while an uploaded file is being ingested by this process."""
        return self._worker.is_working

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs of all users there are, by state: what a worker ingested is among them for a day.

        Counted once in a while: a scrape comes every few seconds, and the queue may be long.
        """
        if time.monotonic() - self._counted_at >= _COUNTED_EVERY_S:
            self._counts = counted(job.state for job in self._jobs.all(STATES))
            self._counted_at = time.monotonic()
        return self._counts

    def of(self, owner: str) -> list[Upload]:
        """Return the uploads that one user has sent, in the order they came."""
        return _uploads(self._jobs.of(owner))

    def coming_to(self, owner: str) -> list[Upload]:
        """Return the uploads that may yet be documents of an owner's, whoever has sent them."""
        return _uploads(self._jobs.coming_to(owner))

    def clear_finished(self, owner: str) -> None:
        """Clear finished uploads from the list. Their documents stay; locked files are deleted."""
        self._files.delete(*self._jobs.drop_ended(owner))

    def file_of(self, owner: str, name: str, sha256: str = "") -> Path:
        """Return where a user's uploaded file of this name, and of this hash if it is known, can be read.

        Raises:
            FileNotFoundError: there is none.
        """
        return self._files.file_of(owner, name, sha256)

    def _fail(self, job: Job, reason: str) -> Upload:
        failed = self._jobs.accept(replace(job, state="failed", text=reason))
        self._files.delete(*self._jobs.drop_ended(job.sender, MOST_ENDED))
        return upload_of_job(failed)

    def _accept(self, job: Job) -> Upload:
        accepted = self._jobs.accept(job)
        self._worker.wake(pages=bool(job.address))
        return upload_of_job(accepted)


def _uploads(jobs: Iterable[Job]) -> list[Upload]:
    return [upload_of_job(job) for job in jobs]
