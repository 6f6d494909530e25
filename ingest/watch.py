"""Follow folders and files: ingest what is added or changed, remove what is deleted.

Files deleted before the watch began are removed when it begins.
"""

import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, watch

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.sources.discover import belongs, discover
from ingest.sources.files import File, exists, is_deleted, is_folder, path_of, source_of
from ingest.upkeep.deletions import find_deletions
from ingest.upkeep.removal import forget_sources, purge_indexes
from rag.runtime.progress import CancelEvent, Progress, no_progress
from rag.services import Services
from rag.types import LedgerEntry

STEP_MS = 400
"""Pause without changes after which the gathered ones are handled, so that no file is read half-written."""

QUIET_SECONDS = 30.0
"""Pause after the last replacement before old versions are purged from the indexes. That costs as much as rebuilding
one, so it is not done every time somebody saves a file."""

OnAbsent = Callable[[Sequence[LedgerEntry]], None]
"""Called with sources that stay in the library although their files are absent: their disk may be, too."""

_WITHIN = re.compile(rf"(?=!/|{re.escape(os.sep)})")
"""Ends of the names of folders and archives within a source."""


def _nothing(*_: object) -> None:
    """Ignore a callback."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Follow the files that `paths` name, for one library.

    `password` opens encrypted files; `archives` includes the members of archives.
    """

    services: Services
    ingestor: Ingestor
    paths: Sequence[str]
    password: str | None = None
    archives: bool = False

    def follow(
        self,
        stopped: CancelEvent,
        progress: Progress = no_progress,
        *,
        on_watching: Callable[[], None] = _nothing,
        on_absent: OnAbsent = _nothing,
        cancelled: CancelEvent | None = None,
    ) -> Iterator[FileResult]:
        """Yield the result of every file that changes, until `stopped`. From `on_watching` on, no change is missed.

        What is being read when it is stopped is read to its end if there is another event for `cancelled`.

        Files added and deleted while nothing watched come first. Additions precede deletions, so that a renamed file is
        recognised by its content and not embedded again.
        """
        replaced = math.inf
        for batch in self._batches(stopped, on_watching, on_absent):
            for result in self._apply(batch, cancelled or stopped, progress) if batch else ():
                if result.status == "replaced":
                    replaced = time.monotonic()
                yield result
            if time.monotonic() - replaced > QUIET_SECONDS:
                replaced = math.inf
                purge_indexes(self.services, progress)

    def plan(self, on_absent: OnAbsent = _nothing) -> Iterator[FileResult]:
        """Yield the removals that `follow` would begin with; nothing is removed."""
        yield from map(_removed, self._find_deleted(self.services.library.ledger(""), on_absent))

    def _apply(self, batch: "_Batch", stopped: CancelEvent, progress: Progress) -> Iterator[FileResult]:
        files = [self._file(path) for path in discover([str(path) for path in batch.changed], self.archives)]
        yield from self.ingestor.ingest_files(files, progress, archives=self.archives, cancelled=stopped)
        deleted = [entry for entry in self.services.library.ledger("") if batch.deletes(entry.source)]
        entries = [entry for entry in deleted if is_deleted(path_of(entry.source))]  # it may be back by now
        forget_sources(self.services, entries)
        yield from map(_removed, entries)

    def _file(self, path: Path) -> File:
        return File.at(path, password=self.password)

    def _batches(
        self, stopped: CancelEvent, on_watching: Callable[[], None], on_absent: OnAbsent
    ) -> Iterator["_Batch | None"]:
        """Yield batches of changes as they happen, and None from time to time while nothing does."""
        devices = {root: _device(root) for root in map(_watch_root, self.paths)}
        begun = False
        for events in watch(
            *devices, stop_event=stopped, step=STEP_MS, rust_timeout=STEP_MS, yield_on_timeout=True, watch_filter=None
        ):
            if not begun:
                begun = True
                before = self._changes_before(on_absent)
                on_watching()
                yield before
            yield self._batch_of(events, devices) if events else None

    def _changes_before(self, on_absent: OnAbsent) -> "_Batch":
        """Return the changes made while nothing watched."""
        entries = self.services.library.ledger("")
        known = {path_of(entry.source) for entry in entries}
        new = [path for path in discover(self.paths, self.archives) if path_of(source_of(path)) not in known]
        return _Batch(tuple(new), frozenset(entry.source for entry in self._find_deleted(entries, on_absent)))

    def _find_deleted(self, entries: Sequence[LedgerEntry], on_absent: OnAbsent) -> Sequence[LedgerEntry]:
        found = find_deletions(entries, self.paths, self.archives)
        if found.absent:
            on_absent(found.absent)
        return found.deleted

    def _batch_of(self, events: Iterable[tuple[Change, str]], devices: dict[Path, int | None]) -> "_Batch":
        named = [Path(name) for name in sorted({name for _, name in events})]
        named = [path for path in named if belongs(path, self.paths, self.archives)]
        deleted = [path for path in named if not os.path.lexists(path)]
        # Removing a disk makes its files vanish, but nobody has deleted them.
        mounted = [
            root.absolute() for root, device in devices.items() if device is not None and _device(root) == device
        ]
        deleted = [path for path in deleted if any(path.absolute().is_relative_to(root) for root in mounted)]
        return _Batch(tuple(path for path in named if exists(path)), frozenset(source_of(path) for path in deleted))


@dataclass(frozen=True, slots=True)
class _Batch:
    changed: tuple[Path, ...]
    deleted: frozenset[str]

    def deletes(self, source: str) -> bool:
        """Return True if a source was deleted, or a folder or archive around it."""
        return source in self.deleted or any(source[: end.start()] in self.deleted for end in _WITHIN.finditer(source))


def _removed(entry: LedgerEntry) -> FileResult:
    """Return the result for a source that was forgotten."""
    return FileResult(name=entry.name, source=entry.source, status="removed")


def _watch_root(name: str) -> Path:
    """Return the folder to watch for a file, folder or glob."""
    path = Path(name).expanduser()
    while not is_folder(path) and path != path.parent:
        path = path.parent
    return path


def _device(folder: Path) -> int | None:
    """Return the device a folder is on, None if it does not exist."""
    try:
        return folder.stat().st_dev
    except OSError:
        return None
