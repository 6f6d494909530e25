"""Ingest uploads in the server that accepts them: files one by one in a thread, and slow web pages in another.

They outlive the tab that sent them and the server itself, no chat waits for them, and users take turns.
"""

import logging
import shutil
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Condition, Lock, Thread
from typing import Any

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.removal import upload_key
from ingest.sources.file_store import FolderFiles
from ingest.sources.web_address import page_name
from ingest.web.web_ingestor import WebIngestor
from observing.process_metrics import count_file
from rag.errors import CitewellError, DocumentError
from rag.runtime.progress import CancelEvent
from rag.stores.library_folder import ACCEPTED, INCOMING
from rag.types.jobs import JobState
from serving.upload_intake import UploadIntake, outcome
from serving.upload_progress import (
    CANCELLED,
    ENDED_OUR_END,
    LOCKED,
    MOST_ENDED,
    STILL_LOCKED,
    Upload,
    counted,
    reason_of,
    reporter,
)
from serving.upload_spool import UploadSpool

log = logging.getLogger(__name__)

Waiting = tuple[int, str | None]
"""The id of an upload, and its password if one was given."""

Work = Callable[[Upload, str | None], None]
_MAX_TRIES = 3
_NOT_MOVED = "its file could not be put in its place, which is tried again at the next start"


class UploadTurns:
    """Uploads that wait for one worker: each user's in their order, one of each user after the other.

    One user's thousand files delay nobody's one.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: OrderedDict[str, deque[Waiting]] = OrderedDict()

    def put(self, user: str, item: Waiting) -> None:
        """Add an item behind the user's earlier ones."""
        with self._changed:
            self._waiting.setdefault(user, deque()).append(item)
            self._changed.notify()

    def get(self) -> Waiting:
        """Wait for an item, and return the first one of the user who has waited longest for a turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            user, items = self._waiting.popitem(last=False)
            item = items.popleft()
            if items:
                self._waiting[user] = items  # behind all others
            return item

    def empty(self) -> bool:
        """Return whether nobody waits."""
        with self._changed:
            return not self._waiting


class LocalUploads:
    """The `Uploads` of all users of one app, into one library.

    `purge` is called when nothing waits and a document was replaced: its earlier words are in the indexes.
    """

    def __init__(self, ingestor: Ingestor, web: WebIngestor, folder: Path, purge: Callable[[], None]) -> None:
        self._intake = UploadIntake(ingestor, web)
        self._folder = folder
        self._files = FolderFiles(folder.parent)
        self._purge = purge
        self._replaced = self._is_closed = False
        self._uploads: dict[int, Upload] = {}
        self._lock = Lock()
        self._cancelled: dict[int, CancelEvent] = {}
        self._spool = UploadSpool(folder.parent / ACCEPTED)
        self._waiting, self._pages = UploadTurns(), UploadTurns()
        self._workers: dict[str, Thread] = {}

    def incoming(self) -> Path:
        """Return the folder for files that are still being received, on the disk where they will stay."""
        folder = self._folder / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def resume(self) -> None:
        """Go on with what an earlier server had accepted, and delete what it had not received whole."""
        for resumed in self._spool.resume():
            upload = resumed.upload
            self._show(upload)
            if upload.state == "ready":  # in the library already
                self._settle(upload)
            elif upload.state == "waiting" and resumed.tries >= _MAX_TRIES:
                self._end(upload.id, state="failed", text=ENDED_OUR_END)
            elif upload.state == "waiting":
                self._queue(upload)
        if self._spool.is_alone():
            shutil.rmtree(self.incoming())

    def close(self) -> None:
        """Leave what is not ingested to the next server."""
        self._is_closed = True
        self._spool.close()

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

        Whatever becomes of this process, it is ingested, or listed with the reason.
        """
        upload = self._list(owner, name, sender, path, collection=collection, sha256=sha256)
        self._queue(upload)
        return upload

    def add_page(self, owner: str, address: str, sender: str | None = None, *, collection: str | None = None) -> Upload:
        """Queue a web page by its canonical address, to be fetched or refreshed."""
        upload = self._list(owner, page_name(address), sender, address=address, collection=collection)
        self._queue(upload)
        return upload

    def unlock(self, upload: Upload, password: str) -> Upload:
        """Queue a locked file again with its password; leave it alone if it is no longer locked."""
        with self._lock:
            listed = self._uploads.get(upload.id, upload)
            if listed.state != "locked":
                return listed
            waiting = self._uploads[upload.id] = replace(listed, state="waiting", text="")
            self._cancelled[upload.id] = CancelEvent()
        self._queue(waiting, password)
        return waiting

    def cancel(self, upload: Upload) -> None:
        """Stop an upload that waits or is being read: it fails within moments, and an earlier version stays."""
        with self._lock:
            listed = self._uploads.get(upload.id)
            if listed and not listed.has_ended:  # a locked one waits for its password
                self._cancelled[upload.id].set()

    def cancel_all(self, owner: str) -> None:
        """Stop all that one user has sent and that has not ended."""
        for upload in self.of(owner):
            self.cancel(upload)

    def reject(self, owner: str, name: str, reason: str) -> Upload:
        """List a file that was not even received."""
        return self._list(owner, name, None, state="failed", text=reason)

    @property
    def are_running(self) -> bool:
        """True while an uploaded file is being ingested or waits for it."""
        with self._lock:
            return not all(upload.has_ended for upload in self._uploads.values())

    def counts(self) -> dict[JobState, int]:
        """Return how many uploads are on the lists of all users, by state."""
        with self._lock:
            return counted(upload.state for upload in self._uploads.values())

    def of(self, owner: str) -> list[Upload]:
        """Return the uploads that one user has sent, in the order they came."""
        with self._lock:
            return [upload for upload in self._uploads.values() if upload.sender == owner]

    def coming_to(self, owner: str) -> list[Upload]:
        """Return the uploads that may yet be documents of an owner's, whoever has sent them."""
        with self._lock:
            uploads = self._uploads.values()
            return [each for each in uploads if each.owner == owner and each.state not in ("ready", "failed")]

    def clear_finished(self, owner: str) -> None:
        """Clear finished uploads from the list. Their documents stay; locked files are deleted."""
        with self._lock:
            self._drop([upload.id for upload in self._ended(owner)])

    def file_of(self, owner: str, name: str, sha256: str = "") -> Path:
        """Return where a user's uploaded file of this name is stored.

        Raises:
            FileNotFoundError: there is none.
        """
        return self._files.local(upload_key(self._files, owner, name), sha256)

    def _list(self, owner: str, name: str, sender: str | None = None, file: Path | None = None, **more: Any) -> Upload:
        sent_by = owner if sender is None else sender
        upload = self._spool.accept(Upload(id=0, owner=owner, sender=sent_by, name=name, **more), file)
        self._show(upload)
        return upload

    def _show(self, upload: Upload) -> None:
        with self._lock:
            self._uploads[upload.id] = upload
            self._cancelled[upload.id] = CancelEvent()
            self._drop_oldest(upload.sender)

    def _queue(self, upload: Upload, password: str | None = None) -> None:
        turns, work = (self._pages, self._ingest_page) if upload.address else (self._waiting, self._ingest)
        turns.put(upload.sender, (upload.id, password))
        with self._lock:
            if work.__name__ not in self._workers:
                worker = Thread(target=self._work, args=(turns, work), name=work.__name__.strip("_"), daemon=True)
                self._workers[work.__name__] = worker
                worker.start()

    def _work(self, turns: UploadTurns, work: Work) -> None:
        while True:
            id_, password = turns.get()
            try:
                self._attempt(id_, partial(work, self._uploads[id_], password))
                self._purge_if_idle()
            except Exception:
                log.exception("a worker's thread met a fault, and goes on")

    def _attempt(self, id_: int, work: Callable[[], None]) -> None:
        """Do the work on an upload. Whatever is wrong with it, the worker goes on with the next."""
        try:
            self._require_wanted(id_)
            self._spool.count_try(self._uploads[id_])
            work()
        except Exception as error:
            if not isinstance(error, CitewellError) and not self._is_closed:
                log.exception("an upload could not be ingested")
            self._end(id_, state="failed", text=reason_of(error))

    def _purge_if_idle(self) -> None:
        if self._replaced and self._waiting.empty() and self._pages.empty():
            self._replaced = False
            self._purge()

    def _require_wanted(self, id_: int) -> None:
        if self._cancelled[id_].is_set():
            raise DocumentError(CANCELLED)

    def _ingest_page(self, upload: Upload, _password: str | None) -> None:
        report = reporter(partial(self._set, upload.id))
        self._finish(upload, self._intake.page(upload, report, self._cancelled[upload.id]))

    def _ingest(self, upload: Upload, password: str | None) -> None:
        report = reporter(partial(self._set, upload.id))
        result = self._intake.file(upload, self._spool.file(upload), report, self._cancelled[upload.id], password)
        if result.locked:
            self._end(upload.id, state="locked", text=LOCKED if password is None else STILL_LOCKED)
            return
        self._finish(upload, result)

    def _settle(self, upload: Upload) -> str:
        """Move the file of a document that was stored to its place, and forget the upload; return what to say of it.

        A file that cannot be moved is kept, and the next server tries again: its document is in the library.
        """
        try:
            if not upload.address and (accepted := self._spool.file(upload)).exists():
                stored = self._files.folder / upload_key(self._files, upload.owner, upload.name)
                stored.parent.mkdir(parents=True, exist_ok=True)
                accepted.replace(stored)
        except OSError as error:
            log.warning("the file of %s stays in %s: %s", upload.name, ACCEPTED, error)
            return _NOT_MOVED
        self._spool.forget(upload.id)
        return ""

    def _finish(self, upload: Upload, result: FileResult) -> None:
        self._replaced |= result.status == "replaced"
        if result.status == "failed":
            self._end(upload.id, state="failed", text=result.reason)
            return
        text = outcome(result)
        count_file(result.status)
        # Each step may be the last one: a server that resumes goes on from here.
        self._spool.note(replace(upload, state="ready", text=text, document_id=result.document_id))
        text = "; ".join(filter(None, (text, self._settle(upload))))
        self._set(upload.id, state="ready", text=text, document_id=result.document_id)

    def _end(self, id_: int, *, state: JobState, text: str) -> None:
        """Say that an upload was not ingested, and why."""
        if self._is_closed:
            return  # the library may be closed beneath it: the next server goes on
        count_file(state)
        try:
            self._spool.note(replace(self._uploads[id_], state=state, text=text))
        except CitewellError:
            log.exception("what became of an upload could not be written down")
        self._set(id_, state=state, text=text)

    def _set(self, id_: int, **changes: object) -> None:
        with self._lock:
            if id_ in self._uploads:
                change: Callable[..., Upload] = replace
                self._uploads[id_] = change(self._uploads[id_], **changes)

    def _ended(self, sender: str) -> list[Upload]:
        return [upload for upload in self._uploads.values() if upload.sender == sender and upload.has_ended]

    def _drop_oldest(self, sender: str) -> None:
        """Drop a user's ready ones first: the others still wait to be seen."""
        ended = [upload.id for upload in sorted(self._ended(sender), key=lambda upload: upload.state != "ready")]
        self._drop(ended[: max(0, len(ended) - MOST_ENDED)])

    def _drop(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            if self._uploads[id_].state != "ready":  # forgotten already
                self._spool.forget(id_)
            del self._uploads[id_], self._cancelled[id_]
