"""The uploads of a library as the faces see them, whoever takes them in: this server, or others on its database."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from ingest.pipeline import Ingestor
from ingest.sources.open_files import original_files
from ingest.upkeep.removal import UPLOADS, purge_in_background
from ingest.web.web_ingestor import WebIngestor
from rag.errors import SettingsError
from rag.interfaces.job_storage import Jobs
from rag.services import Services
from rag.settings import Settings
from serving.uploading.job_worker import JobWorker
from serving.uploading.local_uploads import LocalUploads
from serving.uploading.shared_files import SharedFiles
from serving.uploading.shared_uploads import SharedUploads
from serving.uploading.upload_intake import UploadIntake
from serving.uploading.upload_progress import ACCEPTED, State, Upload, upload_of_job
from serving.uploading.upload_spool import UploadSpool

_NO_QUEUE = (
    "There is no queue: a library in a folder has one server, which takes in its uploads itself. For several servers "
    "and workers, set 'database' to the address of a PostgreSQL database (docs/operations.md)."
)


class Uploads(Protocol):
    """The uploads of all users into one library. Users take turns, and one bad file stops no other."""

    def incoming(self) -> Path:
        """Return the folder for files that are still being received, on the disk where they will stay."""

    def add(
        self,
        owner: str,
        name: str,
        path: Path,
        *,
        collection: str | None = None,
        sha256: str = "",
        sender: str | None = None,
    ) -> Upload:
        """Queue a received file, which is moved. Its sender is the owner unless another is named.

        Whatever becomes of this process, it is taken in, or listed with the reason.
        """

    def add_page(self, owner: str, address: str, sender: str | None = None, *, collection: str | None = None) -> Upload:
        """Queue a web page by its canonical address, to be fetched or refreshed; a new one goes into the collection."""

    def unlock(self, upload: Upload, password: str) -> Upload:
        """Have a locked file read with its password, which is stored nowhere; leave alone what is locked no more."""

    def cancel(self, upload: Upload) -> None:
        """Stop an upload that waits or is being read: it fails within moments, and an earlier version stays."""

    def cancel_all(self, owner: str) -> None:
        """Stop all that one user has sent and that has not ended."""

    def reject(self, owner: str, name: str, reason: str) -> Upload:
        """List a file that was not even received."""

    @property
    def are_running(self) -> bool:
        """True while an uploaded file is being ingested by this process or waits for it."""

    def counts(self) -> Mapping[State, int]:
        """Return how many uploads of all users are on their lists, by state, whoever takes them in."""

    def of(self, owner: str) -> list[Upload]:
        """Return the uploads that one user has sent, in the order they came."""

    def coming_to(self, owner: str) -> list[Upload]:
        """Return the uploads that may yet be documents of an owner's, whoever has sent them."""

    def clear_finished(self, owner: str) -> None:
        """Clear finished uploads from the list. Their documents stay; locked files are deleted."""

    def file_of(self, owner: str, name: str, sha256: str = "") -> Path:
        """Return where a user's uploaded file of this name, and of this hash if it is known, can be read.

        Raises:
            FileNotFoundError: there is none.
        """

    def close(self) -> None:
        """Leave what is not taken in to another server, or to the next."""


def open_uploads(services: Services, ingestor: Ingestor, *, resumes: bool = True) -> Uploads:
    """Return the uploads into the library of these services, and begin to take them in, unless workers are to.

    It goes on with those that an earlier server had left, unless it `resumes` nothing.
    """
    settings, web = services.settings, WebIngestor(ingestor, services.settings)
    if services.stores.jobs is not None:
        return open_shared_uploads(services, ingestor, starts=settings.ingest_uploads)
    uploads = LocalUploads(ingestor, web, settings.library / UPLOADS, partial(purge_in_background, services))
    services.on_close(uploads.close)
    if resumes:
        uploads.resume()
    return uploads


def open_shared_uploads(services: Services, ingestor: Ingestor, *, starts: bool = False) -> SharedUploads:
    """Return the uploads of the shared queue; this process's own worker `starts` to take them in, if that is asked."""
    worker = open_worker(services, ingestor)
    if starts:
        worker.start()
    return SharedUploads(jobs_of(services), SharedFiles(original_files(services.settings)), worker)


def require_queue(settings: Settings) -> None:
    """Check that there is a queue to work on.

    Raises:
        SettingsError: the library is in a folder.
    """
    if settings.database is None:
        raise SettingsError(_NO_QUEUE)


def jobs_of(services: Services) -> Jobs:
    """Return the shared queue.

    Raises:
        SettingsError: there is none.
    """
    if services.settings.database is None or (jobs := services.stores.jobs) is None:
        raise SettingsError(_NO_QUEUE)
    return jobs


def open_worker(services: Services, ingestor: Ingestor) -> JobWorker:
    """Return a worker on the shared queue, stopped with the services; it does not take jobs yet.

    Raises:
        StorageError: the files of uploads are in a storage that cannot be used.
    """
    jobs, settings = jobs_of(services), services.settings
    settings.originals.mkdir(parents=True, exist_ok=True)
    files = original_files(settings)
    files.require_reachable()
    intake = UploadIntake(ingestor, WebIngestor(ingestor, settings))
    worker = JobWorker(jobs, intake, SharedFiles(files), partial(purge_in_background, services))
    services.on_close(worker.stop)
    return worker


def accepted_of(services: Services, owner: str) -> list[tuple[Upload, Path | None]]:
    """Return what was accepted of or from a user and is listed still, each with where its file can be read, if it is.

    Raises:
        StorageError: the files of uploads are in a storage that cannot be used.
    """
    if (jobs := services.stores.jobs) is None:
        return UploadSpool(services.settings.library / ACCEPTED).all_of(owner)
    files = SharedFiles(original_files(services.settings))
    found = {job.id: job for job in (*jobs.of(owner), *jobs.coming_to(owner))}
    return [(upload_of_job(found[id_]), files.find(found[id_])) for id_ in sorted(found)]


def forget_uploads_of(services: Services, owner: str) -> int:
    """Delete ended and locked uploads of or from a user; return how many are still to be taken in."""
    if (jobs := services.stores.jobs) is None:
        return UploadSpool(services.settings.library / ACCEPTED).forget_all_of(owner)
    forgotten, waiting = jobs.forget_all_of(owner)
    SharedFiles(original_files(services.settings)).delete(*forgotten)
    return waiting
