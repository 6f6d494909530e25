"""Ingest uploaded files one after the other, in a thread of their own, and web pages in another: sites may be slow.

They outlive the tab that sent them, and no chat waits for them.
"""

import queue
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Literal

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.sources.web_address import page_name
from ingest.upkeep.removal import INCOMING, UPLOADS, purge_in_background, stored_name, upload_path
from ingest.web.web_ingestor import PageRequest, WebIngestor
from observing.process_metrics import count_file
from rag.errors import CitewellError
from rag.runtime.progress import Progress
from rag.services import Services

State = Literal["waiting", "working", "ready", "failed", "locked"]

_OUTCOMES = {"unchanged": "already there, unchanged", "replaced": "replaces the earlier version"}

_ENDED = ("ready", "failed", "locked")
_MAX_ENDED = 500
"""Ended uploads that stay on the list; beyond that the oldest are dropped."""

_LOCKED = "it is encrypted: give its password to have it read"
_STILL_LOCKED = "it is encrypted, and the password given does not open it: try again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One uploaded file, or a web page by its `address`. `name` may have folders in it.

    While it is `working`, `stage` names the step, of which `done` of `total` is done. `text` says in plain words why it
    failed, or what the user should know though it did not. A `locked` file waits for its password, which is never
    stored here. A `collection` of None leaves a document where it is; `sha256` is "" if it is not known. A `ready` one
    has its `document_id`.
    """

    id: int
    owner: str
    name: str
    address: str = ""
    state: State = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    text: str = ""
    collection: str | None = None
    sha256: str = ""
    document_id: int | None = None


class Uploads:
    """The uploads of all users of one app, into one library.

    `purge` is called when nothing more waits and a document was replaced: words of its earlier version are still in the
    indexes.
    """

    def __init__(self, ingestor: Ingestor, web: WebIngestor, folder: Path, purge: Callable[[], None]) -> None:
        self._ingestor = ingestor
        self._web = web
        self._folder = folder
        self._purge = purge
        self._replaced = False
        self._uploads: dict[int, Upload] = {}
        self._ids = count(1)
        self._lock = Lock()
        self._locked: dict[int, Path] = {}
        self._waiting: queue.SimpleQueue[tuple[int, Path, str | None]] = queue.SimpleQueue()
        self._pages: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._workers: dict[str, Thread] = {}

    def incoming(self) -> Path:
        """Return the folder for files that are still being received, on the disk where they will stay."""
        folder = self._folder / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def discard_interrupted(self) -> None:
        """Delete files that an earlier, killed app had received but not ingested."""
        shutil.rmtree(self.incoming())

    def add(self, owner: str, name: str, path: Path, *, collection: str | None = None, sha256: str = "") -> Upload:
        """Queue a received file, which will be moved or deleted."""
        upload = self._list(owner, name, collection=collection, sha256=sha256)
        self._start("uploads", self._work)
        self._waiting.put((upload.id, path, None))
        return upload

    def add_page(self, owner: str, address: str) -> Upload:
        """Queue a web page by its canonical address, to be fetched or refreshed."""
        upload = self._list(owner, page_name(address), address=address)
        self._start("web-pages", self._work_on_pages)
        self._pages.put(upload.id)
        return upload

    def unlock(self, upload: Upload, password: str) -> Upload:
        """Queue a locked file again with its password; leave it alone if it is no longer locked."""
        with self._lock:
            path = self._locked.pop(upload.id, None)
            if path is None:
                return self._uploads.get(upload.id, upload)
            waiting = self._uploads[upload.id] = replace(upload, state="waiting", text="")
        self._waiting.put((upload.id, path, password))
        return waiting

    def reject(self, owner: str, name: str, reason: str) -> Upload:
        """List a file that was not even received."""
        return self._list(owner, name, state="failed", text=reason)

    @property
    def are_running(self) -> bool:
        """True while an uploaded file is being ingested or waits for it."""
        with self._lock:
            return any(upload.state in ("waiting", "working") for upload in self._uploads.values())

    def of(self, owner: str) -> list[Upload]:
        """Return one user's uploads, in the order they came."""
        with self._lock:
            return [upload for upload in self._uploads.values() if upload.owner == owner]

    def clear_finished(self, owner: str) -> None:
        """Clear finished uploads from the list. Their documents stay; locked files are deleted."""
        with self._lock:
            self._drop([upload.id for upload in self._ended() if upload.owner == owner])

    def file_of(self, owner: str, name: str) -> Path:
        """Return where a user's uploaded file of this name is stored."""
        return upload_path(self._folder, owner, name)

    def _list(self, owner: str, name: str, **values: Any) -> Upload:
        with self._lock:
            upload = Upload(id=next(self._ids), owner=owner, name=name, **values)
            self._uploads[upload.id] = upload
            self._drop_oldest()
        return upload

    def _start(self, name: str, work: Callable[[], None]) -> None:
        """Start a worker unless it has been started."""
        with self._lock:
            if name not in self._workers:
                self._workers[name] = Thread(target=work, name=name, daemon=True)
                self._workers[name].start()

    def _work(self) -> None:
        while True:
            self._ingest(*self._waiting.get())
            self._purge_if_idle()

    def _work_on_pages(self) -> None:
        while True:
            self._ingest_page(self._pages.get())
            self._purge_if_idle()

    def _purge_if_idle(self) -> None:
        if self._replaced and self._waiting.empty() and self._pages.empty():
            self._replaced = False
            self._purge()

    def _report(self, id_: int) -> Progress:
        def report(stage: str, done: int, total: int) -> None:
            self._set(id_, state="working", stage=stage, done=done, total=total)

        return report

    def _ingest_page(self, id_: int) -> None:
        upload = self._uploads[id_]
        try:
            request = PageRequest(owner=upload.owner, progress=self._report(id_))
            (result,) = self._web.ingest([upload.address], request)
            self._replaced |= result.status == "replaced"
            self._finish(id_, result)
        except (CitewellError, OSError) as error:
            self._fail(id_, error)

    def _ingest(self, id_: int, path: Path, password: str | None) -> None:
        # The reader goes by the file's name, so it must have its own before it is read.
        named = path.parent / f"{path.name}.named" / stored_name(self._uploads[id_].name)
        try:
            ended = self._take_in(id_, path, named, password)
        except (CitewellError, OSError) as error:
            path.unlink(missing_ok=True)
            ended = partial(self._fail, id_, error)
        finally:
            shutil.rmtree(named.parent, ignore_errors=True)
        ended()  # now that nothing is left of it but what was taken in

    def _take_in(self, id_: int, path: Path, named: Path, password: str | None) -> Callable[[], None]:
        """Ingest a file under its own name; return what says how it ended."""
        upload = self._uploads[id_]
        report = self._report(id_)
        named.parent.mkdir()
        path.rename(named)
        report("reading", 0, 0)
        source = f"upload:{upload.name}"
        result = self._ingestor.ingest_file(
            named,
            report,
            source=source,
            owner=upload.owner,
            password=password,
            name=upload.name,
            collection=upload.collection,
        )
        if result.locked:
            named.rename(path)
            return partial(self._hold_locked, id_, path, _LOCKED if password is None else _STILL_LOCKED)
        if result.status != "failed":
            stored = self.file_of(upload.owner, upload.name)
            stored.parent.mkdir(parents=True, exist_ok=True)
            named.replace(stored)
        self._replaced |= result.status == "replaced"
        return partial(self._finish, id_, result)

    def _hold_locked(self, id_: int, path: Path, text: str) -> None:
        with self._lock:
            self._locked[id_] = path
            self._uploads[id_] = replace(self._uploads[id_], state="locked", text=text)
        count_file("locked")

    def _finish(self, id_: int, result: FileResult) -> None:
        count_file(result.status)
        if result.status == "failed":
            self._set(id_, state="failed", text=result.reason)
            return
        notes = (_OUTCOMES.get(result.status, ""), result.note)
        text = "; ".join(note for note in notes if note)
        self._set(id_, state="ready", text=text, document_id=result.document_id)

    def _fail(self, id_: int, error: Exception) -> None:
        count_file("failed")
        self._set(id_, state="failed", text=str(error))

    def _set(self, id_: int, **changes: object) -> None:
        with self._lock:
            if id_ in self._uploads:
                change: Callable[..., Upload] = replace
                self._uploads[id_] = change(self._uploads[id_], **changes)

    def _ended(self) -> list[Upload]:
        return [upload for upload in self._uploads.values() if upload.state in _ENDED]

    def _drop_oldest(self) -> None:
        """Drop ready ones first: the others still wait to be seen."""
        ended = [upload.id for upload in sorted(self._ended(), key=lambda upload: upload.state != "ready")]
        self._drop(ended[: max(0, len(ended) - _MAX_ENDED)])

    def _drop(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            if path := self._locked.pop(id_, None):
                path.unlink(missing_ok=True)
            del self._uploads[id_]


def open_uploads(services: Services, ingestor: Ingestor) -> Uploads:
    """Return the uploads into the library of these services, without what an earlier, killed server had received."""
    web = WebIngestor(ingestor, services.settings)
    purge = partial(purge_in_background, services)
    uploads = Uploads(ingestor, web, services.settings.library / UPLOADS, purge)
    uploads.discard_interrupted()
    return uploads
