"""A pool knows which workers can take files, tells a lost worker from one that failed, and does not start for ever."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from ingest.ray.cluster import Cluster
from ingest.ray.pool import Pool, Stream, WorkerLostError
from rag.errors import ClusterError


class RayError(Exception):
    pass


class RayTaskError(RayError):
    pass


class Stand:
    """Stands for a reference: what `get` returns or raises, once it has happened."""

    def __init__(self, value: Any = None, *, happened: bool = True) -> None:
        self.value, self.happened = value, happened


class Actor:
    """Stands for a worker's handle, whose `ready` and `read` give what the test put there."""

    def __init__(self, ray: "ScriptedRay") -> None:
        self.ready = SimpleNamespace(remote=lambda: Stand(ray.start.pop(0) if ray.start else None))
        self.read = SimpleNamespace(options=lambda **_: SimpleNamespace(remote=lambda _row: Items(ray.rows)))


class Items:
    happened = True

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def __next__(self) -> Stand:
        if not self._rows:
            raise StopIteration
        return Stand(self._rows.pop(0))

    def completed(self) -> Stand:
        return Stand(None)


class ScriptedRay:
    """Stands for the module. `start` is what the next workers give when they begin, `rows` what they read."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self) -> None:
        self.start: list[Any] = []
        self.rows: list[Any] = []
        self.killed: list[Any] = []
        self.options: dict[str, Any] = {}

    def remote(self, _worker: Any) -> Any:
        def options(**options: Any) -> Any:
            self.options = options
            return SimpleNamespace(remote=lambda **_: Actor(self))

        return SimpleNamespace(options=options)

    def get(self, reference: Stand, timeout: float) -> Any:
        assert timeout > 0
        if isinstance(reference.value, Exception):
            raise reference.value
        return reference.value

    def wait(self, references: list[Any], **_: Any) -> tuple[list[Any], list[Any]]:
        return [each for each in references if each.happened], []

    def kill(self, actor: Any) -> None:
        self.killed.append(actor)


def opened(ray: ScriptedRay, workers: int = 2, gpus: int = 0) -> Pool:
    cluster = SimpleNamespace(ray=ray, workers=lambda: workers, gpus=gpus)
    return Pool(cast(Cluster, cluster), object, {})


def started(ray: ScriptedRay, workers: int = 2) -> Pool:
    pool = opened(ray, workers)
    pool.wait([], None, 0)
    return pool


def reading(pool: Pool) -> Stream:
    worker = pool.free()
    assert worker
    return pool.read(worker, {})


def test_a_worker_takes_files_when_its_model_is_loaded_and_two_at_most() -> None:
    pool = opened(ScriptedRay())
    assert pool.free() is None
    pool.wait([], None, 0)
    streams = [reading(pool) for _ in range(4)]
    assert [worker.files for worker in pool.workers] == [2, 2]
    assert pool.free() is None
    pool.require_sound(streams[0])
    assert pool.free() is streams[0].worker


@pytest.mark.parametrize("gpus", [0, 2])
def test_a_worker_has_two_cpus_and_one_of_the_gpus_if_there_are_any(gpus: int) -> None:
    ray = ScriptedRay()
    opened(ray, gpus=gpus)
    assert (ray.options["num_cpus"], ray.options["num_gpus"]) == (2, min(gpus, 1))


def test_a_row_that_is_lost_is_told_from_a_worker_that_failed() -> None:
    ray = ScriptedRay()
    pool = started(ray)
    stream = reading(pool)
    ray.rows += [{"part": 0}, RayError("the node is gone"), RayTaskError("Traceback\n  many lines\nKeyError: 'a'\n")]
    assert pool.has_item(stream)
    assert pool.fetch(stream) == {"part": 0}
    with pytest.raises(WorkerLostError):
        pool.fetch(stream)
    with pytest.raises(ClusterError, match="A worker on the Ray cluster failed: KeyError: 'a'"):
        pool.fetch(stream)
    with pytest.raises(WorkerLostError):
        pool.fetch(stream)  # it ended before its time


def test_a_worker_that_cannot_load_its_model_ends_the_run_with_the_reason() -> None:
    ray = ScriptedRay()
    ray.start = [RayError("The actor died because of an error raised in its creation task\nModelError: no such model")]
    with pytest.raises(ClusterError, match="failed: ModelError: no such model"):
        started(ray)


def test_a_worker_whose_node_is_lost_is_replaced_and_counted_until_another_gives_something() -> None:
    ray = ScriptedRay()
    pool = started(ray, workers=1)
    for _ in range(20):
        pool.replace(pool.workers[0])
    ray.rows = [{"part": 0}]
    pool.wait([], None, 0)
    pool.fetch(reading(pool))
    for _ in range(20):
        pool.replace(pool.workers[0])
    assert len(ray.killed) == 40
    with pytest.raises(ClusterError, match="end again and again"):
        pool.replace(pool.workers[0])


def test_a_worker_is_replaced_once() -> None:
    ray = ScriptedRay()
    pool = started(ray, workers=1)
    first = pool.workers[0]
    pool.replace(first)
    pool.replace(first)
    assert len(ray.killed) == 1
