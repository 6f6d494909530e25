"""Give files to the workers of a pool ahead of their turn, and take what they give in the order of the files."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.prepare import DocumentPart, FileResult, IngestStep, Rejected
from ingest.ray.pool import FILES_PER_WORKER, Pool, PoolWorker, Stream, WorkerLostError
from ingest.ray.rows import file_row, step_of
from ingest.sources.files import File, IdentifiedFile
from rag.errors import ClusterError
from rag.interfaces import Vectors

_AHEAD_PER_WORKER = 4 * FILES_PER_WORKER
"""Files before the first whose turn it is: so many wait in Ray's stores, and then nothing more is read."""

_LOOK_S = 5.0
_START_S = 900.0
"""For so long a file may wait for a worker: nodes may load models at first, or be another's."""

_MOST_LOSSES = 4
"""A file that ended so many workers is not tried again in this run."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds after which a worker that gives nothing is ended, and after which the whole run is given up.

    The first is above what one file may take: an hour of reading.
    """

    silent: float = 4500.0
    whole: float = float("inf")


Found = IdentifiedFile | FileResult | Rejected
Given = tuple[IngestStep, Vectors | None] | None


@dataclass(eq=False, kw_only=True)
class _Task:
    """A file on its way, of which so many parts were given.

    `found` is None for a copy of one before it, which is looked at when that is stored.
    """

    file: File
    found: Found | None
    stream: Stream | None = None
    parts: int = 0
    losses: int = 0
    since: float = 0.0


class OrderedTasks:
    """Files on their way through a pool.

    `identify` says what a file is, `open_pool` is called when the first has to be read, and `while_waiting`, called
    every few seconds without news, raises if none will come.
    """

    def __init__(
        self, identify: Callable[[File], Found], open_pool: Callable[[], Pool], while_waiting: Callable[[], None]
    ) -> None:
        self._identify = identify
        self._open_pool = open_pool
        self._while_waiting = while_waiting
        self._pool: Pool | None = None
        self._tasks: deque[_Task] = deque()
        self._running: list[Stream] = []
        self._unstored: set[tuple[str, str]] = set()  # given, but perhaps not stored before the next None

    def steps(self, files: Iterator[File], times: Times) -> Iterator[Given]:
        """Yield the steps of the files in order; None means that no other is ready yet.

        Raises:
            ClusterError: the run has had its time, a worker failed, or none is left.
        """
        deadline = time.monotonic() + times.whole
        remaining: Iterator[File] | None = files
        while True:
            if time.monotonic() >= deadline:
                raise ClusterError("The run has had its time. What is stored stays stored; run it again to go on.")
            if remaining and len(self._tasks) < self._most() and not self._admit(remaining):
                remaining = None
            if not self._tasks:
                if remaining is None:
                    return
                continue
            self._assign()
            task = self._tasks[0]
            if task.found is None:
                yield from self._nothing()
                task.found = self._identify(task.file)  # what it is a copy of is stored now
            elif isinstance(task.found, IdentifiedFile):
                is_full = remaining is None or len(self._tasks) >= self._most()
                seconds = max(0.0, min(_LOOK_S, deadline - time.monotonic())) if is_full else 0.0
                yield from self._given(task, task.found, times.silent, seconds)
            else:
                self._tasks.popleft()
                yield task.found, None

    def _most(self) -> int:
        return _AHEAD_PER_WORKER * max(1, len(self._pool.workers) if self._pool else 1)

    def _admit(self, files: Iterator[File]) -> bool:
        """Take in the next file; return False if there is none."""
        file = next(files, None)
        if file is None:
            return False
        found: Found | None = self._identify(file)
        if isinstance(found, IdentifiedFile):
            coming = {_key(task.found) for task in self._tasks if isinstance(task.found, IdentifiedFile)}
            found = None if _key(found) in coming | self._unstored else found
        self._tasks.append(_Task(file=file, found=found, since=time.monotonic()))
        return True

    def _assign(self) -> None:
        """Give files to workers that are free, the first ones first."""
        for task in self._tasks:
            if task.stream is None and isinstance(task.found, IdentifiedFile):
                self._pool = self._pool or self._open_pool()
                worker = self._pool.free()
                if worker is None:
                    return
                task.stream = self._pool.read(worker, file_row(task.found))
                task.since = time.monotonic()
                self._running.append(task.stream)

    def _nothing(self) -> Iterator[None]:
        yield None
        self._unstored.clear()

    def _given(self, task: _Task, found: IdentifiedFile, silent: float, seconds: float) -> Iterator[Given]:
        """Yield what has come of the first file, or wait a little."""
        pool = self._pool
        if pool is None:
            return
        try:
            if task.stream is None or not pool.has_item(task.stream):
                yield from self._nothing()
                self._wait(pool, task, silent, seconds)
                return
            row = pool.fetch(task.stream)
        except WorkerLostError:
            if task.stream:
                self._lose(pool, task.stream.worker)
            return
        task.since = time.monotonic()
        if row["part"] < task.parts:
            return  # given by a worker that was lost: the same file is read to the same parts
        if row["part"] > task.parts:
            raise ClusterError("A worker on the Ray cluster gave parts of a document in disorder. Run it again.")
        task.parts += 1
        step, vectors = step_of(row)
        if not isinstance(step, DocumentPart):
            self._tasks.popleft()
            self._unstored.add(_key(found))
        yield step, vectors

    def _wait(self, pool: Pool, first: _Task, silent: float, seconds: float) -> None:
        started = time.monotonic()
        for stream in pool.wait(self._running, first.stream, seconds):
            if stream not in self._running:
                continue  # it was lost with the one before it
            self._running.remove(stream)
            try:
                pool.require_sound(stream)
            except WorkerLostError:
                if stream is not first.stream:  # whose items say so themselves
                    self._lose(pool, stream.worker)
        waited = time.monotonic() - first.since
        if first.stream is None and waited > _START_S:
            raise ClusterError(f"No worker started on the Ray cluster in {waited / 60:.0f} minutes. Look at its nodes.")
        if first.stream is not None and waited > silent:
            raise WorkerLostError
        if time.monotonic() - started >= _LOOK_S / 2:
            self._while_waiting()

    def _lose(self, pool: Pool, worker: PoolWorker) -> None:
        """Have the files of a worker that is lost read by others. The first of them may be what ended it."""
        pool.replace(worker)
        lost = [task for task in self._tasks if task.stream and task.stream.worker is worker]
        self._running = [stream for stream in self._running if stream.worker is not worker]
        for order, task in enumerate(lost):
            task.stream, task.losses, task.since = None, task.losses + (order == 0), time.monotonic()
            if task.losses >= _MOST_LOSSES and isinstance(task.found, IdentifiedFile):
                reason = f"reading or embedding it ended {task.losses} workers of the Ray cluster"
                task.found = Rejected(task.found.document, reason, task.found.seconds, may_pass=True)


def _key(found: IdentifiedFile) -> tuple[str, str]:
    return found.document.owner, found.document.sha256
