"""Uploaded files on their way into the library: taken in one after the other, in a thread of their own.

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
from ingest.removal import INCOMING, kept_file
from rag.errors import CitewellError

State = Literal["waiting", "working", "ready", "failed", "locked"]

_SAID = {"unchanged": "already there, unchanged", "replaced": "replaces the earlier version"}

_ENDED = ("ready", "failed", "locked")
_REMEMBERED = 500
"""Uploads shown that nothing is done with any more; the oldest are forgotten."""

_LOCKED = "it is encrypted: give its password to have it read"
_STILL_LOCKED = "it is encrypted, and the password given does not open it: try again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One uploaded file. While it is `working`, `stage` says at what, and how much of it is `done` of `total`.

    `text` says in plain words why it failed, or what a person should know though it did not. A `locked` one waits for
    its password; that is never part of it.
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

    `purge` is called when nothing more waits and an earlier version was replaced: its words are still in the indexes.
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
        """The folder for files that are still being received; on the same disk as where they will stay."""
        folder = self._folder / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def discard_interrupted(self) -> None:
        """Delete files that an app which was killed had received and not taken in: nobody waits for them any more."""
        shutil.rmtree(self.incoming())

    def add(self, owner: str, name: str, path: Path) -> Upload:
        """Take in a received file, which is moved or deleted."""
        with self._lock:
            upload = Upload(id=next(self._ids), owner=owner, name=name)
            self._uploads[upload.id] = upload
            self._forget_the_oldest()
            if self._worker is None:
                self._worker = Thread(target=self._work, name="uploads", daemon=True)
                self._worker.start()
        self._waiting.put((upload.id, path, None))
        return upload

    def unlock(self, upload: Upload, password: str) -> Upload:
        """Take in a locked file with its password; one that is not locked any more is left alone."""
        with self._lock:
            path = self._locked.pop(upload.id, None)
            if path is None:
                return self._uploads.get(upload.id, upload)
            waiting = self._uploads[upload.id] = replace(upload, state="waiting", text="")
        self._waiting.put((upload.id, path, password))
        return waiting

    def refuse(self, owner: str, name: str, reason: str) -> Upload:
        """Remember a file that was not even received."""
        with self._lock:
            upload = Upload(id=next(self._ids), owner=owner, name=name, state="failed", text=reason)
            self._uploads[upload.id] = upload
            self._forget_the_oldest()
        return upload

    def of(self, owner: str) -> list[Upload]:
        """One user's uploads, in the order they came."""
        with self._lock:
            return [upload for upload in self._uploads.values() if upload.owner == owner]

    def forget_finished(self, owner: str) -> None:
        """Take the finished ones off the list; the documents stay. Locked files are deleted."""
        with self._lock:
            self._forget([upload.id for upload in self._ended() if upload.owner == owner])

    def file_of(self, owner: str, name: str) -> Path:
        """Where a user's uploaded file of this name is kept."""
        return kept_file(self._folder, owner, name)

    def _work(self) -> None:
        while True:
            self._take_in(*self._waiting.get())
            if self._replaced and self._waiting.empty():
                self._replaced = False
                self._purge()

    def _take_in(self, id_: int, path: Path, password: str | None) -> None:
        upload = self._uploads[id_]

        def report(stage: str, done: int, total: int) -> None:
            self._set(id_, state="working", stage=stage, done=done, total=total)

        # The reader goes by the name, so the file must have its own before it is read.
        named = path.parent / f"{path.name}.named" / upload.name
        try:
            named.parent.mkdir()
            path.rename(named)
            report("reading", 0, 0)
            source = f"upload:{upload.name}"
            result = self._ingestor.ingest_file(named, report, source=source, owner=upload.owner, password=password)
            if result.locked:
                named.rename(path)
                self._keep_locked(id_, path, _LOCKED if password is None else _STILL_LOCKED)
                return
            if result.status != "failed":
                kept = self.file_of(upload.owner, upload.name)
                kept.parent.mkdir(parents=True, exist_ok=True)
                named.replace(kept)
            self._replaced |= result.status == "replaced"
            self._finish(id_, result)
        except (CitewellError, OSError) as error:
            path.unlink(missing_ok=True)
            self._set(id_, state="failed", text=str(error))
        finally:
            shutil.rmtree(named.parent, ignore_errors=True)

    def _keep_locked(self, id_: int, path: Path, text: str) -> None:
        with self._lock:
            self._locked[id_] = path
            self._uploads[id_] = replace(self._uploads[id_], state="locked", text=text)

    def _finish(self, id_: int, result: FileResult) -> None:
        if result.status == "failed":
            self._set(id_, state="failed", text=result.reason)
            return
        said = (_SAID.get(result.status, ""), result.note)
        self._set(id_, state="ready", text="; ".join(part for part in said if part))

    def _set(self, id_: int, **changes: object) -> None:
        with self._lock:
            if id_ in self._uploads:
                change: Callable[..., Upload] = replace
                self._uploads[id_] = change(self._uploads[id_], **changes)

    def _ended(self) -> list[Upload]:
        return [upload for upload in self._uploads.values() if upload.state in _ENDED]

    def _forget_the_oldest(self) -> None:
        """Those that are ready go first: the others wait for somebody to see them."""
        ended = [upload.id for upload in sorted(self._ended(), key=lambda upload: upload.state != "ready")]
        self._forget(ended[: max(0, len(ended) - _REMEMBERED)])

    def _forget(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            if path := self._locked.pop(id_, None):
                path.unlink(missing_ok=True)
            del self._uploads[id_]
