"""Follow folders and files: ingest what is added or changed, remove what is deleted.

What was edited or deleted before the watch began is caught up with when it begins.
"""

import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from watchfiles import Change, watch

from ingest.deletions import find_deletions
from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.removal import forget_sources, purge_indexes
from ingest.sources.discover import belongs, discover
from ingest.sources.files import File, exists, is_deleted, is_folder, path_of, source_of
from rag.runtime.progress import CancelEvent, Progress, no_progress
from rag.services import Services
from rag.types import LedgerEntry

STEP_MS = 400
"""Pause without changes after which the gathered ones are handled, so that no file is read half-written."""

QUIET_SECONDS = 30.0
"""Pause after the last replacement before old versions are purged from the indexes. That costs as much as rebuilding
one, so it is not done every time somebody saves a file."""

_CLOCK_SECONDS = 2.0
"""Most by which the times of files and of the ledger are rounded."""

OnAbsent = Callable[[Sequence[LedgerEntry]], None]
"""Called with sources that stay in the library although their files are absent: their disk may be, too."""

_WITHIN = re.compile(rf"(?=!/|{re.escape(os.sep)})")
"""Ends of the names of folders and archives within a source."""


def _nothing(*_: object) -> None:
    """Ignore a callback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Follow the files that `paths` name, for one library.

    `password` opens encrypted files; `archives` includes the members of archives. Files may have been read `since` then
    and stored later: what was written to meanwhile is older than its entry in the ledger, and yet not in the library.
    """

    services: Services
    ingestor: Ingestor
    paths: Sequence[str]
    password: str | None = None
    archives: bool = False
    since: float = field(default_factory=time.time)

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

        Files added, edited and deleted while nothing watched come first. Additions precede deletions, so that a renamed
        file is recognised by its content and not embedded again.
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
        results = self.ingestor.ingest_files(files, progress, archives=self.archives, cancelled=stopped)
        yield from (result for result in results if not batch.has_said(result))
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
        known: dict[Path, list[LedgerEntry]] = {}
        for entry in entries:
            known.setdefault(path_of(entry.source), []).append(entry)
        found = discover(self.paths, self.archives)
        changed = [path for path in found if self._may_have_changed(path, known.get(path_of(source_of(path)), ()))]
        deleted = frozenset(entry.source for entry in self._find_deleted(entries, on_absent))
        return _Batch(tuple(changed), deleted, {entry.source: entry for entry in entries})

    def _may_have_changed(self, path: Path, entries: Sequence[LedgerEntry]) -> bool:
        """Return True unless a file is as it was read, by its times and size; `entries` are also of its members."""
        try:
            now = path.stat()
        except OSError:
            return not entries  # what is known has been read as far as it can be
        # A file that is moved here, or copied with its time, keeps the time at which its content was written.
        written = max(now.st_mtime, now.st_ctime)
        read = (datetime.fromisoformat(entry.at).timestamp() - _CLOCK_SECONDS for entry in entries)
        if written >= min(self.since, max(read, default=0.0)):
            return True
        source = source_of(path)
        return any(entry.sha256 and entry.size != now.st_size for entry in entries if entry.source == source)

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
    known: Mapping[str, LedgerEntry] = field(default_factory=dict)

    def has_said(self, result: FileResult) -> bool:
        """Return True for the result of a known file that turned out to be as it was, which is no news."""
        entry = self.known.get(result.source)
        if entry is None:
            return False
        return result.status == "unchanged" or (result.status == "failed" and result.reason == entry.reason)

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
