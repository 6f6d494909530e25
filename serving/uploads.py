"""The uploads of a library as the faces see them, whoever takes them in: this server, or others on its database."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.pipeline import Ingestor
from ingest.removal import purge_in_background
from ingest.sources.file_store import original_files
from ingest.web.web_ingestor import WebIngestor
from rag.errors import SettingsError
from rag.services import Services
from rag.settings import Settings
from rag.stores.library_folder import ACCEPTED, UPLOADS
from serving.job_worker import JobWorker
from serving.local_uploads import LocalUploads
from serving.shared_files import SharedFiles
from serving.shared_uploads import SharedUploads
from serving.upload_intake import UploadIntake
from serving.upload_progress import Upload, upload_of_job
from serving.upload_spool import UploadSpool

if TYPE_CHECKING:
    from rag.stores.postgres.postgres_jobs import PostgresJobs

_NO_QUEUE = (
    "There is no queue: a library in a folder has one server, which ingests its uploads itself. For several servers "
    "and workers, set 'database' to the address of a PostgreSQL database (docs/operations.md)."
)

Uploads = LocalUploads | SharedUploads
"""The uploads of all users into one library. Users take turns, and one bad file stops no other."""


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


def jobs_of(services: Services) -> "PostgresJobs":
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
    """Delete ended and locked uploads of or from a user; return how many are still to be ingested."""
    if (jobs := services.stores.jobs) is None:
        return UploadSpool(services.settings.library / ACCEPTED).forget_all_of(owner)
    forgotten, waiting = jobs.forget_all_of(owner)
    SharedFiles(original_files(services.settings)).delete(*forgotten)
    return waiting
