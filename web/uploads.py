"""Ingest uploaded files one after the other, in a thread of their own.

They outlive the tab that sent them, and no chat waits for them.
"""

import queue
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import Literal

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.removal import INCOMING, upload_path
from rag.errors import CitewellError

State = Literal["waiting", "working", "ready", "failed", "locked"]

_OUTCOMES = {"unchanged": "already there, unchanged", "replaced": "replaces the earlier version"}

_ENDED = ("ready", "failed", "locked")
_MAX_ENDED = 500
"""Ended uploads that stay on the list; beyond that the oldest are dropped."""

_LOCKED = "it is encrypted: give its password to have it read"
_STILL_LOCKED = "it is encrypted, and the password given does not open it: try again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One uploaded file. While it is `working`, `stage` names the step, of which `done` of `total` is done.

    `text` says in plain words why it failed, or what the user should know though it did not. A `locked` file waits for
    its password, which is never stored here.
    """

    id: int
    owner: str
    name: str
    state: State = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    text: str = ""


class Uploads:
    """The uploads of all users of one app, into one library.

    `purge` is called when nothing more waits and a document was replaced: words of its earlier version are still in the
    indexes.
    """

    def __init__(self, ingestor: Ingestor, folder: Path, purge: Callable[[], None]) -> None:
        self._ingestor = ingestor
        self._folder = folder
        self._purge = purge
        self._replaced = False
        self._uploads: dict[int, Upload] = {}
        self._ids = count(1)
        self._lock = Lock()
        self._locked: dict[int, Path] = {}
        self._waiting: queue.SimpleQueue[tuple[int, Path, str | None]] = queue.SimpleQueue()
        self._worker: Thread | None = None

    def incoming(self) -> Path:
        """Return the folder for files that are still being received, on the disk where they will stay."""
        folder = self._folder / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def discard_interrupted(self) -> None:
        """Delete files that an earlier, killed app had received but not ingested."""
        shutil.rmtree(self.incoming())

    def add(self, owner: str, name: str, path: Path) -> Upload:
        """Queue a received file, which will be moved or deleted."""
        with self._lock:
            upload = Upload(id=next(self._ids), owner=owner, name=name)
            self._uploads[upload.id] = upload
            self._drop_oldest()
            if self._worker is None:
                self._worker = Thread(target=self._work, name="uploads", daemon=True)
                self._worker.start()
        self._waiting.put((upload.id, path, None))
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
        with self._lock:
            upload = Upload(id=next(self._ids), owner=owner, name=name, state="failed", text=reason)
            self._uploads[upload.id] = upload
            self._drop_oldest()
        return upload

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

    def _work(self) -> None:
        while True:
            self._ingest(*self._waiting.get())
            if self._replaced and self._waiting.empty():
                self._replaced = False
                self._purge()

    def _ingest(self, id_: int, path: Path, password: str | None) -> None:
        upload = self._uploads[id_]

        def report(stage: str, done: int, total: int) -> None:
            self._set(id_, state="working", stage=stage, done=done, total=total)

        # The reader goes by the file's name, so it must have its own before it is read.
        named = path.parent / f"{path.name}.named" / upload.name
        try:
            named.parent.mkdir()
            path.rename(named)
            report("reading", 0, 0)
            source = f"upload:{upload.name}"
            result = self._ingestor.ingest_file(named, report, source=source, owner=upload.owner, password=password)
            if result.locked:
                named.rename(path)
                self._hold_locked(id_, path, _LOCKED if password is None else _STILL_LOCKED)
                return
            if result.status != "failed":
                stored = self.file_of(upload.owner, upload.name)
                stored.parent.mkdir(parents=True, exist_ok=True)
                named.replace(stored)
            self._replaced |= result.status == "replaced"
            self._finish(id_, result)
        except (CitewellError, OSError) as error:
            path.unlink(missing_ok=True)
            self._set(id_, state="failed", text=str(error))
        finally:
            shutil.rmtree(named.parent, ignore_errors=True)

    def _hold_locked(self, id_: int, path: Path, text: str) -> None:
        with self._lock:
            self._locked[id_] = path
            self._uploads[id_] = replace(self._uploads[id_], state="locked", text=text)

    def _finish(self, id_: int, result: FileResult) -> None:
        if result.status == "failed":
            self._set(id_, state="failed", text=result.reason)
            return
        notes = (_OUTCOMES.get(result.status, ""), result.note)
        self._set(id_, state="ready", text="; ".join(note for note in notes if note))

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
