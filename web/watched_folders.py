"""Folders of this machine that the library follows while the app runs. For the person at the machine only.

One thread reads what is new or changed in them and removes what was deleted, as `citewell ingest --watch` does.
"""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Condition, Thread
from typing import Literal

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.removal import purge_in_background
from ingest.sources.discover import discover
from ingest.sources.files import File, is_folder, path_of
from ingest.watch import Watcher
from rag.errors import CitewellError, SettingsError
from rag.runtime.atomic_write import written_whole
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.stores.library_folder import FOLLOWED
from rag.types import LedgerEntry
from serving.upload_progress import FAULT

log = logging.getLogger(__name__)

State = Literal["waiting", "reading", "watching", "absent", "failed"]

_MAX_FOLDERS = 50
_MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A folder that is followed. `text` says what was last done in it, or why nothing is."""

    path: str
    state: State = "waiting"
    text: str = ""


class WatchedFolders:
    """The folders of one library. `start` begins to follow them, `close` ends it."""

    def __init__(self, services: Services, ingestor: Ingestor) -> None:
        self._services = services
        self._ingestor = ingestor
        self._file = services.settings.library / FOLLOWED
        self._changed = Condition()
        self._folders = {path: WatchedFolder(path) for path in self._listed()}
        self._to_read = set(self._folders)
        self._stopped = CancelEvent()
        self._closed = CancelEvent()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Follow the folders from now on."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name="watched-folders", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop following. A file that is being read is left as it was."""
        self._closed.set()
        self._wake()
        if self._thread:
            self._thread.join()

    def all(self) -> list[WatchedFolder]:
        """Return the folders with their states, by path."""
        with self._changed:
            return sorted(self._folders.values(), key=lambda folder: folder.path)

    def add(self, text: str) -> None:
        """Follow a folder, by its path.

        Raises:
            SettingsError: it cannot be followed; the message says why.
        """
        path = self._checked(text)
        with self._changed:
            self._folders[path] = WatchedFolder(path)
            self._to_read.add(path)
            self._save()
        self._wake()

    def remove(self, path: str) -> None:
        """Stop following a folder. Its documents stay in the library."""
        with self._changed:
            self._folders.pop(path, None)
            self._to_read.discard(path)
            self._save()
        self._wake()

    def sync(self, path: str) -> None:
        """Look at every file of a folder again, soon."""
        with self._changed:
            if path not in self._folders:
                raise SettingsError(f"'{path}' is not among the folders that are followed. Add it first.")
            self._to_read.add(path)
        self._wake()

    def _checked(self, text: str) -> str:
        folder = Path(text.strip()).expanduser()
        if not folder.is_absolute():
            raise SettingsError("Give the whole path of the folder, such as /home/ann/papers or ~/papers.")
        if not is_folder(folder):
            raise SettingsError(f"There is no folder '{folder}' on this machine. Check the path.")
        folder = folder.resolve()
        if folder == Path(folder.anchor):
            raise SettingsError("The whole disk cannot be followed. Name a folder with documents in it.")
        around = next((each for each in self._folders if folder.is_relative_to(each)), None)
        if around is not None:
            raise SettingsError(f"'{folder}' is followed already, with '{around}'.")
        if len(self._folders) >= _MAX_FOLDERS:
            raise SettingsError(f"{_MAX_FOLDERS} folders are followed, and no more can be. Remove one first.")
        return str(folder)

    def _listed(self) -> list[str]:
        try:
            listed = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            log.warning("the list of watched folders cannot be read: %s", error)
            return []
        return [path for path in listed if isinstance(path, str)] if isinstance(listed, list) else []

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(self._file) as partial:
            partial.write_text(json.dumps(sorted(self._folders), ensure_ascii=False, indent=1), encoding="utf-8")

    def _wake(self) -> None:
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()

    def _work(self) -> None:
        begun = time.time()
        while not self._closed.is_set():
            since, begun = begun, time.time()  # what was read last may have been edited before it was stored
            self._stopped.clear()
            if self._closed.is_set():  # set before it was cleared
                return
            with self._changed:
                if not self._folders:
                    self._changed.wait_for(self._stopped.is_set)
                    continue
                to_read, self._to_read = sorted(self._to_read), set()
            for path in to_read:
                self._guarded(path, partial(self._read, path))
            paths = [folder.path for folder in self.all()]
            self._guarded("", partial(self._follow, paths, since))

    def _guarded(self, path: str, work: Callable[[], None]) -> None:
        """Do some work on a folder, or on all for "". A failure is shown, and the others go on."""
        try:
            work()
        except (CitewellError, OSError) as error:
            self._fail(path, str(error))
        except Exception:
            log.exception("a folder could not be followed")
            self._fail(path, FAULT)

    def _fail(self, path: str, text: str) -> None:
        for folder in self.all():
            if path in ("", folder.path):
                self._set(folder.path, "failed", text)
        if not path:
            with self._changed:
                self._changed.wait_for(self._stopped.is_set)

    def _read(self, path: str) -> None:
        """Ingest every file of a folder that is new or has changed."""
        if not is_folder(Path(path)):
            self._set(path, "absent", "The folder is not there. Is its disk connected?")
            return
        self._set(path, "reading", "Looking at the files …")
        results = []
        for result in self._ingestor.ingest_files(map(File.at, discover([path])), cancelled=self._closed):
            results.append(result)
            self._set(path, "reading", f"{len(results):,} files looked at …")
        if any(result.status == "replaced" for result in results):
            purge_in_background(self._services)
        self._set(path, "watching", _described(results))

    def _follow(self, paths: Sequence[str], since: float) -> None:
        """Follow the folders until one is added, removed or to be read again; those that are absent, not at all."""
        paths = [path for path in paths if is_folder(Path(path))]
        if not paths:
            with self._changed:
                self._changed.wait_for(self._stopped.is_set)
            return
        watcher = Watcher(services=self._services, ingestor=self._ingestor, paths=paths, since=since)

        def show_absent(entries: Sequence[LedgerEntry]) -> None:
            for path in paths:
                missing = sum(path_of(entry.source).is_relative_to(path) for entry in entries)
                if missing:
                    self._set(path, "absent", f"{missing:,} files are out of reach. Is the disk connected?")

        for result in watcher.follow(self._stopped, on_absent=show_absent, cancelled=self._closed):
            path = next((each for each in paths if path_of(result.source).is_relative_to(each)), None)
            if path is not None:
                self._set(path, "watching", _described([result]))

    def _set(self, path: str, state: State, text: str) -> None:
        with self._changed:
            if path in self._folders:
                self._folders[path] = replace(self._folders[path], state=state, text=text)


def _described(results: Iterable[FileResult]) -> str:
    """Return in words what became of files: how many of each kind, and why the first ones failed."""
    results = list(results)
    if not results:
        return "No file of a supported format in it."
    counts = Counter(result.status for result in results)
    text = ", ".join(f"{number:,} {status}" for status, number in counts.items())
    failed = [f"{result.name}: {result.reason}" for result in results if result.status == "failed"]
    more = f"; and {len(failed) - _MAX_NAMED:,} more" if len(failed) > _MAX_NAMED else ""
    return f"{text}. {'; '.join(failed[:_MAX_NAMED])}{more}".rstrip(". ") + "." if failed else f"{text}."
