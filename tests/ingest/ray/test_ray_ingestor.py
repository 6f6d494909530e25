"""A cluster stores what one process stores, and neither a killed worker nor a killed run loses or doubles anything."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult, Preparer
from ingest.ray import ray_ingestor
from ingest.ray.node_worker import NodeWorker, node_settings
from ingest.ray.pool import Pool, PoolWorker, WorkerLostError
from ingest.ray.ray_ingestor import RayIngestor
from ingest.ray.rows import Row
from ingest.sandbox.worker import Workers
from rag.interfaces import Library
from rag.settings import load_settings
from rag.stores.open_stores import open_stores
from rag.stores.sqlite_library import SqliteLibrary
from tests.ingest.ray.ray_run import text_files, words
from tests.support.fakes import WordEmbedder
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from tests.support.servers.ray_cluster import RayCluster

_LARGE_LINES = 3000
"""Enough for a document in several parts."""

Opened = Callable[[str], tuple[SqliteLibrary, Ingestor]]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.txt").write_text(f"The owl {number} hoots at night.\n" * (number + 1))
    (folder / "05-broken.pdf").write_bytes(b"%PDF-1.4 nonsense")
    (folder / "06-killer.txt").write_text("A file like the others.")
    (folder / "07-large.txt").write_text("".join(f"# Owl {line}\nIt hoots at night.\n" for line in range(_LARGE_LINES)))
    (folder / "08-same.txt").write_text((folder / "03.txt").read_text())
    return folder


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    workers, libraries = Workers(), []

    def open_one(name: str) -> tuple[SqliteLibrary, Ingestor]:
        (tmp_path / name).mkdir(exist_ok=True)
        library = SqliteLibrary(tmp_path / name, embedder="words")
        libraries.append(library)
        tokens = load_settings().chunk_tokens
        preparer = Preparer(library, WordEmbedder, chunk_tokens=tokens, max_file_bytes=200_000_000, workers=workers)
        return library, Ingestor(preparer)

    yield open_one
    workers.close()
    for library in libraries:
        library.close()


@dataclass
class PoolOfThisProcess:
    """A worker in this process, which `dies` after so many rows in all, and is replaced."""

    worker: NodeWorker
    dies: Sequence[int] = ()
    given: int = 0
    workers: list[PoolWorker] = field(default_factory=lambda: [PoolWorker(object(), None)])

    def free(self) -> PoolWorker | None:
        return next((worker for worker in self.workers if worker.files < 2), None)

    def read(self, worker: PoolWorker, row: Row) -> Any:
        worker.files += 1
        return _Reading(worker, list(self.worker.read(row)))

    def wait(self, streams: Sequence[Any], _first: Any, _seconds: float) -> list[Any]:
        return [stream for stream in streams if not stream.rows]

    def has_item(self, _stream: Any) -> bool:
        return True

    def fetch(self, stream: Any) -> Row:
        self.given += 1
        if self.given in self.dies:
            raise WorkerLostError
        return cast(Row, stream.rows.pop(0))

    def require_sound(self, stream: Any) -> None:
        stream.worker.files -= 1

    def replace(self, worker: PoolWorker) -> None:
        self.workers[self.workers.index(worker)] = PoolWorker(object(), None)


@dataclass(eq=False)
class _Reading:
    worker: PoolWorker
    rows: list[Row]


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[PoolOfThisProcess]:
    """Let runs have a worker in this process, and no cluster."""

    class NoCluster:
        def __init__(self, _address: str) -> None:
            pass

        def join(self) -> None:
            pass

        def close(self) -> None:
            pass

        def require_alive(self) -> None:
            pass

    with closing(NodeWorker(node_settings(load_settings()), words)) as worker:
        pool = PoolOfThisProcess(worker)
        monkeypatch.setattr(ray_ingestor, "Cluster", NoCluster)
        monkeypatch.setattr(ray_ingestor, "Pool", lambda *_: cast(Pool, pool))
        yield pool


def one_by_one(ingestor: Ingestor, folder: Path) -> list[FileResult]:
    return [result for file in text_files(folder) for result in ingestor.ingest_files([file])]


def content(library: Library) -> list[Any]:
    ids = library.chunk_ids()
    named = [(document.id, document.name, document.sha256, document.pages) for document in library.documents()]
    return [ids, named, library.chunks(ids), library.known_vectors(ids)[1].tobytes()]


def outcome(results: Sequence[FileResult]) -> list[tuple[Any, ...]]:
    return [
        (result.source, result.status, result.pages, result.chunks, result.reason, result.note, result.document_id)
        for result in results
    ]


def test_a_cluster_stores_what_one_process_stores_with_the_same_ids_and_vectors(
    opened: Opened, documents: Path, pool: PoolOfThisProcess
) -> None:
    one, ingestor = opened("one")
    expected = one_by_one(ingestor, documents)
    many, ingestor = opened("many")
    results = list(RayIngestor(ingestor, load_settings()).ingest_files(text_files(documents)))
    assert [result.status for result in results].count("failed") == 1
    assert outcome(results) == outcome(expected)
    assert content(many) == content(one)
    sent = pool.given
    again = RayIngestor(ingestor, load_settings()).ingest_files(text_files(documents))
    assert {result.status for result in again} == {"unchanged", "failed"}
    assert pool.given == sent + 1  # what failed is tried again


def test_workers_that_die_again_and_again_lose_and_double_nothing(
    opened: Opened, documents: Path, pool: PoolOfThisProcess
) -> None:
    one, ingestor = opened("one")
    one_by_one(ingestor, documents)
    many, ingestor = opened("many")
    pool.dies = range(3, 1000, 7)
    list(RayIngestor(ingestor, load_settings()).ingest_files(text_files(documents)))
    assert content(many) == content(one)
    assert list(many.findings()) == []


@pytest.fixture(scope="module")
def cluster() -> Iterator["RayCluster"]:
    pytest.importorskip("ray")
    from tests.support.servers.ray_cluster import ray_cluster

    with ray_cluster(1) as cluster:
        yield cluster


def run(cluster: "RayCluster", library: Path, folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.ingest.ray.ray_run", str(library), str(folder), cluster.address, *options]
    return subprocess.run(
        command, env=cluster.environment, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False
    )


def results_of(done: "subprocess.CompletedProcess[str]") -> list[FileResult]:
    assert done.returncode == 0, done.stderr
    return [FileResult(**json.loads(line)) for line in done.stdout.splitlines()]


@pytest.mark.ray
def test_a_killed_run_goes_on_from_the_ledger_and_a_killed_worker_is_replaced(
    cluster: "RayCluster", opened: Opened, documents: Path, tmp_path: Path
) -> None:
    one, ingestor = opened("one")
    expected = one_by_one(ingestor, documents)
    killed = run(cluster, tmp_path / "many", documents, "--kill-after", "5")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    results = results_of(run(cluster, tmp_path / "many", documents))
    assert (documents / "06-killer.killed").exists()
    assert [result.status for result in results].count("unchanged") >= 4
    assert [result.source for result in results] == [result.source for result in expected]
    many, _ = opened("many")
    assert content(many) == content(one)


@pytest.mark.ray
@pytest.mark.postgres
def test_the_library_may_be_in_postgres(
    cluster: "RayCluster", postgres_address: str, opened: Opened, documents: Path, tmp_path: Path
) -> None:
    one, ingestor = opened("one")
    one_by_one(ingestor, documents)
    results_of(run(cluster, tmp_path / "many", documents, "--database", postgres_address))
    with closing(open_stores(tmp_path / "many", postgres_address, "words")) as stores:
        assert content(stores.library) == content(one)


@pytest.mark.ray
def test_a_worker_without_its_model_ends_the_run_with_the_reason(
    cluster: "RayCluster", documents: Path, tmp_path: Path
) -> None:
    done = run(cluster, tmp_path / "none", documents, "--without-model")
    assert done.returncode != 0
    assert "A worker on the Ray cluster failed: ValueError: there is no such model" in done.stderr


@pytest.mark.ray
def test_without_the_token_nobody_joins(cluster: "RayCluster", documents: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.ingest.ray.ray_run", str(tmp_path / "x"), str(documents), cluster.address]
    environment = {**cluster.environment, "RAY_AUTH_TOKEN": "0" * 64}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode != 0
    assert "that can be joined" in done.stderr
