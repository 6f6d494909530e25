"""The files of uploads where all servers and workers of a database find them."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from ingest.removal import stored_name, upload_key
from ingest.sources.file_store import FileStore
from rag.errors import StorageError
from rag.stores.library_folder import ACCEPTED, INCOMING, UPLOADS
from rag.types.jobs import Job

log = logging.getLogger(__name__)


class SharedFiles:
    """The files: received, accepted, each in a folder of its own, and kept as the originals of documents."""

    def __init__(self, files: FileStore) -> None:
        self._files = files

    def incoming(self) -> Path:
        """Return the folder for files that are still being received, on the disk where they will stay, if any."""
        folder = self._files.folder / UPLOADS / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def file_of(self, owner: str, name: str, sha256: str = "") -> Path:
        """Return where a user's uploaded file of this name, and of this hash if it is known, can be read.

        Raises:
            FileNotFoundError: there is none.
        """
        return self._files.local(upload_key(self._files, owner, name), sha256)

    def accept(self, name: str, file: Path) -> str:
        """Move a received file into a folder of its own; return that folder's name, the file's place."""
        place = token_hex(8)
        self._files.put(_key(place, name), file)
        return place

    def path(self, job: Job) -> Path:
        """Return where the file of a job can be read. Its name ends as the upload's: a reader goes by that.

        Raises:
            FileNotFoundError: it is not there.
        """
        return self._files.local(_key(job.place, job.name), job.sha256)

    def find(self, job: Job) -> Path | None:
        """Return where the file of a job can be read; None if it has none, or has just been ingested."""
        with suppress(FileNotFoundError):
            return self.path(job) if job.place else None
        return None

    def keep(self, job: Job) -> None:
        """Move the file of a document that is stored to where it stays, unless it is there already."""
        if job.place:
            accepted = _key(job.place, job.name)
            if self._files.exists(accepted):
                self._files.move(accepted, upload_key(self._files, job.owner, job.name))
            self.delete(job)

    def tidy(self, known: Callable[[], set[str]], *, older_seconds: float) -> None:
        """Delete files so old that were not received whole, or that no job has: newer ones may just be coming."""
        latest = time.time() - older_seconds
        for received in self.incoming().iterdir():
            if received.stat().st_mtime < latest:
                received.unlink(missing_ok=True)
        try:
            found = {place for place, changed in self._files.folders(ACCEPTED).items() if changed <= latest}
        except StorageError as error:
            log.warning("old files of uploads were not looked for: %s", error)
            return
        for place in found - (known() if found else set()):
            self._delete(place)

    def delete(self, *jobs: Job) -> None:
        """Delete the files of jobs. What cannot be deleted now is so a day later."""
        for job in jobs:
            if job.place:
                self._delete(job.place)

    def _delete(self, place: str) -> None:
        try:
            self._files.clear(f"{ACCEPTED}/{place}")
        except (StorageError, OSError) as error:
            log.warning("the file of an upload was not deleted: %s", error)


def _key(place: str, name: str) -> str:
    return f"{ACCEPTED}/{place}/{stored_name(name)}"
