"""Follows folders and files: what is added or changed is taken in, what is deleted is removed.

What was deleted before it began to look is removed then.
"""

import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, watch

from ingest.deletions import missing
from ingest.discover import belongs, discover
from ingest.files import File, is_folder, is_gone, is_there, path_of, source_of
from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.removal import forget_sources, purge_indexes
from rag.runtime.progress import CancelEvent, Progress, no_progress
from rag.services import Services
from rag.types import LedgerEntry

STEP_MS = 400
"""Changes are gathered until for so long there were none: a file that is being written is not read half."""

QUIET_SECONDS = 30.0
"""So long after the last replacement the old versions' words are taken out of the indexes, which costs as much as
building one anew: not after each time that somebody saves a file."""

Absent = Callable[[Sequence[LedgerEntry]], None]
"""Hears of sources that are kept though their files are not there: their disk may not be."""

_WITHIN = re.compile(rf"(?=!/|{re.escape(os.sep)})")
"""Where in a source the name of a folder or an archive ends."""


def _nothing(*_: object) -> None:
    """What is called if nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Follows what `paths` name, for one library.

    `password` opens encrypted files; with `archives`, these are entered.
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
        watching: Callable[[], None] = _nothing,
        absent: Absent = _nothing,
    ) -> Iterator[FileResult]:
        """What became of every file that changed, until `stopped`. `watching` is called when no change can be missed.

        It begins with what came and went while nobody watched. What is new comes before what is gone: a renamed file is
        known by its content and not embedded again.
        """
        replaced = math.inf
        for batch in self._batches(stopped, watching, absent):
            for result in self._take_in(batch, stopped, progress) if batch else ():
                if result.status == "replaced":
                    replaced = time.monotonic()
                yield result
            if time.monotonic() - replaced > QUIET_SECONDS:
                replaced = math.inf
                purge_indexes(self.services, progress)

    def planned(self, absent: Absent = _nothing) -> Iterator[FileResult]:
        """What `follow` would find deleted before it began."""
        yield from map(_removed, self._deleted(self.services.library.ledger(""), absent))

    def _take_in(self, batch: "_Batch", stopped: CancelEvent, progress: Progress) -> Iterator[FileResult]:
        files = [self._file(path) for path in discover([str(path) for path in batch.changed], self.archives)]
        yield from self.ingestor.ingest_files(files, progress, archives=self.archives, cancelled=stopped)
        gone = [entry for entry in self.services.library.ledger("") if batch.deletes(entry.source)]
        entries = [entry for entry in gone if is_gone(path_of(entry.source))]  # it may be back by now
        forget_sources(self.services, entries)
        yield from map(_removed, entries)

    def _file(self, path: Path) -> File:
        return File.at(path, password=self.password)

    def _batches(self, stopped: CancelEvent, watching: Callable[[], None], absent: Absent) -> Iterator["_Batch | None"]:
        """What changed, as it does; None every now and then while nothing does."""
        devices = {root: _device(root) for root in map(_root, self.paths)}
        begun = False
        for events in watch(
            *devices, stop_event=stopped, step=STEP_MS, rust_timeout=STEP_MS, yield_on_timeout=True, watch_filter=None
        ):
            if not begun:
                begun = True
                before = self._before(absent)
                watching()
                yield before
            yield self._sorted(events, devices) if events else None

    def _before(self, absent: Absent) -> "_Batch":
        """What came or went while nobody watched."""
        entries = self.services.library.ledger("")
        known = {path_of(entry.source) for entry in entries}
        new = [path for path in discover(self.paths, self.archives) if path_of(source_of(path)) not in known]
        return _Batch(tuple(new), frozenset(entry.source for entry in self._deleted(entries, absent)))

    def _deleted(self, entries: Sequence[LedgerEntry], absent: Absent) -> Sequence[LedgerEntry]:
        found = missing(entries, self.paths, self.archives)
        if found.absent:
            absent(found.absent)
        return found.deleted

    def _sorted(self, events: Iterable[tuple[Change, str]], devices: dict[Path, int | None]) -> "_Batch":
        named = [Path(name) for name in sorted({name for _, name in events})]
        named = [path for path in named if belongs(path, self.paths, self.archives)]
        gone = [path for path in named if not os.path.lexists(path)]
        # A disk that is taken out takes along what was on it, but nobody has deleted anything.
        there = [root.absolute() for root, device in devices.items() if device is not None and _device(root) == device]
        gone = [path for path in gone if any(path.absolute().is_relative_to(root) for root in there)]
        return _Batch(tuple(path for path in named if is_there(path)), frozenset(source_of(path) for path in gone))


@dataclass(frozen=True, slots=True)
class _Batch:
    changed: tuple[Path, ...]
    gone: frozenset[str]

    def deletes(self, source: str) -> bool:
        """Whether a source was one of those that are gone, or lay in a folder or an archive that is."""
        return source in self.gone or any(source[: end.start()] in self.gone for end in _WITHIN.finditer(source))


def _removed(entry: LedgerEntry) -> FileResult:
    """What became of a source that was forgotten."""
    return FileResult(name=entry.name, source=entry.source, status="removed")


def _root(name: str) -> Path:
    """The folder that must be looked at for a file, folder or glob."""
    path = Path(name).expanduser()
    while not is_folder(path) and path != path.parent:
        path = path.parent
    return path


def _device(folder: Path) -> int | None:
    """The device that a folder is on; None if it is gone."""
    try:
        return folder.stat().st_dev
    except OSError:
        return None
