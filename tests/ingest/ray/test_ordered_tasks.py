"""Files that wait for workers on a cluster are read or refused, whatever happens to the workers."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from ingest.prepare import FileResult, IngestStep, PreparedDocument, Rejected
from ingest.ray.ordered_tasks import OrderedTasks, Times
from ingest.ray.pool import FILES_PER_WORKER, Pool, PoolWorker, Stream, WorkerLostError
from ingest.ray.rows import Row, file_of, step_row
from ingest.sources.files import File, Fingerprint, IdentifiedFile
from rag.errors import ClusterError
from rag.types import Content, NewChunk, NewDocument, Page

PAGE = Page(number=1, label="", text="An owl.")
CHUNK = NewChunk(1, 0, 7, "An owl.", "")
LOST = None
"""Stands for the death of the worker where the next row would be."""


def document(name: str) -> NewDocument:
    return NewDocument(name=name, source=f"/{name}", sha256=name, recipe="r", size=1)


def whole(name: str) -> IngestStep:
    return PreparedDocument(Content(document(name), (PAGE,), (CHUNK,)), False, 0.0)


@dataclass(eq=False)
class ScriptedStream:
    worker: PoolWorker
    rows: list[Row | None]


@dataclass
class ScriptedPool:
    """Workers that give the steps of a script for each file, one script a reading; `LOST` ends the worker."""

    script: dict[str, list[list[IngestStep | None]]]
    workers: list[PoolWorker] = field(default_factory=lambda: [PoolWorker(object(), None)])
    replaced: int = 0

    def free(self) -> PoolWorker | None:
        return next((worker for worker in self.workers if worker.files < FILES_PER_WORKER), None)

    def read(self, worker: PoolWorker, row: Row) -> Any:
        name = file_of(row).file.name
        worker.files += 1
        scripts = self.script.get(name, [[whole(name)]])
        steps = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        vectors = np.ones((1, 4), dtype=np.float32)
        rows = [None if step is LOST else step_row(part, step, vectors) for part, step in enumerate(steps)]
        return ScriptedStream(worker, rows)

    def wait(self, streams: Sequence[Any], first: Any, seconds: float) -> list[Any]:
        ended = [stream for stream in streams if not stream.rows]
        if not ended:
            time.sleep(min(seconds, 0.01))
        return ended

    def has_item(self, stream: Any) -> bool:
        return bool(stream.rows)

    def fetch(self, stream: Any) -> Row:
        row = stream.rows.pop(0)
        if row is LOST:
            raise WorkerLostError
        return cast(Row, row)

    def require_sound(self, stream: Stream) -> None:
        stream.worker.files -= 1

    def replace(self, worker: PoolWorker) -> None:
        if worker in self.workers:
            self.replaced += 1
            self.workers[self.workers.index(worker)] = PoolWorker(object(), None)


class SilentPool(ScriptedPool):
    def wait(self, streams: Sequence[Any], first: Any, seconds: float) -> list[Any]:
        return []


def identified(file: File) -> IdentifiedFile:
    return IdentifiedFile(
        file=file,
        found=Fingerprint(1, 1, 1),
        document=document(file.name),
        replaces=False,
        name=file.name,
        edited={},
        seconds=0.0,
    )


def files(names: Sequence[str]) -> Iterator[File]:
    return (File.at(Path("/", name)) for name in names)


def given(pool: ScriptedPool, names: Sequence[str], times: Times | None = None) -> list[str]:
    """Return the names of the kinds and documents that came, in their order."""
    tasks = OrderedTasks(identified, lambda: cast(Pool, pool), lambda: None)
    came = []
    for each in tasks.steps(files(names), times or Times(whole=20)):
        if each is not None:
            step = each[0]
            assert isinstance(step, PreparedDocument | Rejected)
            named = step.content.document if isinstance(step, PreparedDocument) else step.document
            came.append(f"{type(step).__name__} {named.name}")
    return came


def test_a_run_that_needs_no_reading_opens_no_pool() -> None:
    def fail() -> Pool:
        raise AssertionError("a pool was opened")

    unchanged = FileResult(name="a", source="/a", status="unchanged")
    tasks = OrderedTasks(lambda _: unchanged, fail, lambda: None)
    assert list(tasks.steps(files(["a"]), Times())) == [(unchanged, None)]


def test_a_file_that_ends_every_worker_fails_and_the_others_are_read() -> None:
    pool = ScriptedPool({"a": [[LOST]]})
    assert given(pool, ["a", "b"]) == ["Rejected a", "PreparedDocument b"]
    assert pool.replaced == 4


def test_a_worker_that_gives_nothing_is_ended_and_its_file_read_by_another() -> None:
    pool = SilentPool({"a": [[], [whole("a")]]})
    assert given(pool, ["a"], times=Times(silent=0.1, whole=20)) == ["PreparedDocument a"]
    assert pool.replaced == 1


def test_a_run_that_has_had_its_time_says_so() -> None:
    pool = ScriptedPool({"a": [[]]})
    with pytest.raises(ClusterError, match="has had its time"):
        given(pool, ["a"], times=Times(whole=0.1))
