"""The workers of a run: processes of Ray's on the nodes, each with the model loaded once. Dead ones are replaced."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.ray.cluster import CPUS_PER_WORKER, Cluster
from ingest.ray.rows import Row
from rag.errors import ClusterError

FILES_PER_WORKER = 2
"""One that is read, and one that waits, so that no worker waits for this process."""

_FETCH_S = 60.0
_MOST_DEATHS = 20
"""Workers that may end in a row without having given anything."""


class WorkerLostError(Exception):
    """A worker ended, or what it gave is lost with its node."""


@dataclass(eq=False)
class PoolWorker:
    """A worker; `starting` is what Ray will know when it is ready, None from then on."""

    actor: Any
    starting: Any
    files: int = 0


@dataclass(eq=False)
class Stream:
    """The rows that a worker gives for one file: `items` as they come, and `ended` when all are there."""

    worker: PoolWorker
    items: Any
    ended: Any = field(repr=False)


class Pool:
    """As many workers as the cluster bears when it is made."""

    def __init__(self, cluster: Cluster, worker: Callable[..., Any], arguments: dict[str, Any]) -> None:
        self._ray = cluster.ray
        self._class = self._ray.remote(worker).options(
            num_cpus=CPUS_PER_WORKER, num_gpus=1 if cluster.gpus else 0, scheduling_strategy="SPREAD"
        )
        self._arguments = arguments
        self._deaths = 0
        self.workers = [self._start() for _ in range(cluster.workers())]

    def free(self) -> PoolWorker | None:
        """Return the ready worker with the fewest files, if it can take another."""
        ready = [worker for worker in self.workers if worker.starting is None and worker.files < FILES_PER_WORKER]
        return min(ready, key=lambda worker: worker.files, default=None)

    def read(self, worker: PoolWorker, row: Row) -> Stream:
        """Have a worker read a file."""
        worker.files += 1
        items = worker.actor.read.options(num_returns="streaming").remote(row)
        return Stream(worker, items, items.completed())

    def wait(self, streams: Sequence[Stream], first: Stream | None, seconds: float) -> list[Stream]:
        """Wait until something happens; note the workers that are ready, and return the streams that ended.

        `first` has an item, or has ended, when `has_item` says so.
        """
        starting = {worker.starting: worker for worker in self.workers if worker.starting is not None}
        ending = {stream.ended: stream for stream in streams}
        watched = [*starting, *ending, *([first.items] if first else [])]
        if not watched:
            return []
        self._ray.wait(watched, num_returns=1, timeout=seconds, fetch_local=False)
        for reference in self._happened(list(starting)):
            self._note_start(starting[reference])
        return [ending[reference] for reference in self._happened(list(ending))]

    def has_item(self, stream: Stream) -> bool:
        """Return True if the next item of a stream can be fetched at once."""
        return bool(self._happened([stream.items]))

    def fetch(self, stream: Stream) -> Row:
        """Return the next item of a stream.

        Raises:
            WorkerLostError: it is lost.
            ClusterError: the worker failed on it.
        """
        try:
            row: Row = self._ray.get(next(stream.items), timeout=_FETCH_S)
        except StopIteration as error:
            raise WorkerLostError from error
        except self._ray.exceptions.RayError as error:
            self._raise(error)
        self._deaths = 0
        return row

    def require_sound(self, stream: Stream) -> None:
        """Raise the error of a stream that has ended with one: a `WorkerLostError` or a `ClusterError`."""
        stream.worker.files -= 1
        try:
            self._ray.get(stream.ended, timeout=_FETCH_S)
        except self._ray.exceptions.RayError as error:
            self._raise(error)

    def replace(self, worker: PoolWorker) -> None:
        """Start another worker in the place of one that is lost, on whichever node has room."""
        if worker not in self.workers:
            return
        self._ray.kill(worker.actor)
        self._deaths += 1
        if self._deaths > _MOST_DEATHS:
            raise ClusterError(
                "The workers on the Ray cluster end again and again before they give anything. Look at the memory of "
                "the nodes and at Ray's logs there; what is stored stays stored."
            )
        self.workers[self.workers.index(worker)] = self._start()

    def _start(self) -> PoolWorker:
        actor = self._class.remote(**self._arguments)
        return PoolWorker(actor, actor.ready.remote())

    def _note_start(self, worker: PoolWorker) -> None:
        try:
            self._ray.get(worker.starting, timeout=_FETCH_S)
            worker.starting = None
        except self._ray.exceptions.RayError as error:
            if "creation task" in str(error):  # what Ray says of a constructor that raised
                raise _failed(error) from error
            self.replace(worker)

    def _happened(self, references: list[Any]) -> list[Any]:
        if not references:
            return []
        done, _ = self._ray.wait(references, num_returns=len(references), timeout=0, fetch_local=False)
        return list(done)

    def _raise(self, error: Exception) -> None:
        if isinstance(error, self._ray.exceptions.RayTaskError):
            raise _failed(error) from error
        raise WorkerLostError from error


def _failed(error: Exception) -> ClusterError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ClusterError(f"A worker on the Ray cluster failed: {lines[-1] if lines else type(error).__name__}")
