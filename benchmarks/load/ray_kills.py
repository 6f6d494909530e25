"""Kill nodes of a Ray cluster in the middle of an ingestion, and look for documents that are lost or doubled.

    python -m benchmarks.load.ray_kills 20
    python -m benchmarks.load.ray_kills 20 --postgres

Two nodes read and embed; a head that does no work, and the driver, live. While a worker of a node is at a file, all
processes of the node get SIGKILL, and another node is started. At the end every file must be a document exactly once
or be listed with a reason, the ledger must say the same, and chunks, ids and vectors must be those of one process to
the last bit. Prints what was wrong, and a line with the numbers; exit code 1 if anything was. Needs Ray; starts a
cluster of its own on loopback, and with `--postgres` a PostgreSQL server.
"""

import argparse
import hashlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from benchmarks.made_vectors import CrcEmbedder, SlowEmbedder
from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from ingest.ray.ray_ingestor import RayIngestor
from ingest.sources.discover import discover
from ingest.sources.files import File
from rag.interfaces import Library
from rag.settings import Settings, load_settings
from rag.stores.open_stores import open_stores
from tests.support.servers.postgres_server import postgres_server
from tests.support.servers.ray_cluster import RayCluster, RayNode, ray_cluster

_FILES = 120


def slow_embedder(_settings: Settings) -> SlowEmbedder:
    """Return what embeds on the nodes."""
    return SlowEmbedder(0.005)


@contextmanager
def _opened(library: Path, database: str | None) -> Iterator[tuple[Library, Ingestor]]:
    library.mkdir(exist_ok=True)
    with closing(open_stores(library, database, CrcEmbedder.model_name)) as stores:
        ingestor = Ingestor(
            Preparer(stores.library, CrcEmbedder, chunk_tokens=load_settings().chunk_tokens, max_file_bytes=200_000_000)
        )
        with closing(ingestor):
            yield stores.library, ingestor


def _files(folder: Path) -> list[File]:
    return [File.at(path) for path in discover([str(folder)])]


def drive(library: Path, database: str | None, folder: Path, address: str) -> None:
    """Ingest a folder on the cluster."""
    with _opened(library, database) as (_, ingestor):
        ray = RayIngestor(ingestor, load_settings(), address, embedder=slow_embedder)
        sys.stdout.write("begun\n")
        for result in ray.ingest_files(_files(folder)):
            sys.stdout.write(f"{result.status} {result.name} {result.reason}\n")
            sys.stdout.flush()


def _write(folder: Path, chosen: random.Random) -> None:
    """Add files to a folder: small ones, some of several parts, some broken, some that are copies."""
    first = len(list(folder.iterdir()))
    for number in range(first, first + _FILES):
        if number % 10 == 9:
            (folder / f"{number:05}.pdf").write_bytes(b"%PDF-1.4 half a file " + str(number).encode())
            continue
        lines = 3000 if number % 10 == 4 else chosen.randint(3, 300)
        text = "\n\n".join(f"Line {line} of file {number} is about {chosen.random()}." for line in range(lines))
        if number % 10 == 7:
            text = (folder / f"{number - 1:05}.txt").read_text()
        (folder / f"{number:05}.txt").write_text(text)


def _kill_while(run: "subprocess.Popen[str]", log: Path, cluster: RayCluster, most: int, chosen: random.Random) -> int:
    """Kill nodes while a run goes on; return how many. Some files are stored between two kills."""
    kills, wanted = 0, _stored(log)
    while run.poll() is None:
        time.sleep(0.2)
        if kills < most and _stored(log) >= wanted and (node := _busy_node(cluster, chosen)) and run.poll() is None:
            cluster.kill(node)
            cluster.add()
            kills, wanted = kills + 1, _stored(log) + chosen.randint(2, 10)
            sys.stderr.write(f"{kills} of {most} kills, {_stored(log)} results\n")
    return kills


def _stored(log: Path) -> int:
    return log.read_text().count("\nadded ")


def _busy_node(cluster: RayCluster, chosen: random.Random) -> RayNode | None:
    """Return a node with a worker at a file, which it has been at for a moment; None if there is none."""
    busy = [node for node in cluster.nodes if node.reading()]
    if not busy:
        return None
    node = chosen.choice(busy)
    time.sleep(chosen.uniform(0, 2))
    return node if node.reading() else None


def _content(library: Library) -> list[Any]:
    ids = library.chunk_ids()
    named = [(document.id, document.name, document.sha256, document.pages) for document in library.documents()]
    return [ids, named, library.chunks(ids), library.known_vectors(ids)[1].tobytes()]


def _wrong(library: Library, reference: Library, folder: Path) -> Iterator[str]:
    """Yield what is not as it should be."""
    hashes = [document.sha256 for document in library.documents()]
    for path in sorted(folder.iterdir()):
        entry = library.entry(str(path.resolve()), "")
        expected = "failed" if path.suffix == ".pdf" else "ready"
        if not entry or entry.state != expected:
            yield f"{path.name}: the ledger says {entry.state if entry else 'nothing'}"
        count = hashes.count(hashlib.sha256(path.read_bytes()).hexdigest())
        if count != (expected == "ready"):
            yield f"{path.name}: {count} documents"
    yield from library.findings()
    parts = ("ids", "documents", "chunks", "vectors")
    for what, one, other in zip(parts, _content(library), _content(reference), strict=True):
        if one != other:
            yield f"the {what} differ from those of one process"


@dataclass(kw_only=True)
class _Site:
    """A cluster, the files, and the library that they go into."""

    cluster: RayCluster
    place: Path
    database: str | None
    chosen: random.Random
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def files(self) -> Path:
        return self.place / "files"

    def run(self, kills: int) -> int:
        """Ingest more files while nodes are killed; return how many were."""
        _write(self.files, self.chosen)
        command = [sys.executable, "-m", __spec__.name, "--drive", str(self.place / "library"), str(self.files)]
        command += [self.cluster.address, *(["--database", self.database] if self.database else [])]
        started = time.monotonic()
        with (self.place / "log").open("a") as log:
            run = subprocess.Popen(command, env=self.cluster.environment, stdout=log, stderr=log, text=True)  # noqa: S603
        done = _kill_while(run, self.place / "log", self.cluster, kills, self.chosen)
        self.seconds.append(time.monotonic() - started)
        if run.returncode:
            self.wrong.append(f"a run ended with {run.returncode}: {(self.place / 'log').read_text()[-2000:]}")
        return done

    def check(self) -> str:
        """Compare the library with that of one process; return what is in it, in words."""
        one, ours = _opened(self.place / "one", None), _opened(self.place / "library", self.database)
        with one as (reference, ingestor), ours as (library, _):
            for file in _files(self.files):
                list(ingestor.ingest_files([file]))
            self.wrong += _wrong(library, reference, self.files)
            files, documents, chunks = len(_files(self.files)), len(library.documents()), len(library.chunk_ids())
        return f"{files} files, {documents} documents, {chunks} chunks"


def _run(kills: int, seed: int, *, postgres: bool) -> int:
    done = 0
    with ExitStack() as opened:
        place = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        (place / "files").mkdir()
        database = None
        if postgres:
            server = opened.enter_context(postgres_server())
            database = server.address_of(opened.enter_context(server.database()))
        cluster = opened.enter_context(ray_cluster(2))
        site = _Site(cluster=cluster, place=place, database=database, chosen=random.Random(seed))
        while done < kills and not site.wrong:
            done += site.run(kills - done)
        counts = site.check()
    for problem in site.wrong:
        sys.stdout.write(f"{problem}\n")
    runs, seconds = len(site.seconds), statistics.median(site.seconds)
    sys.stdout.write(f"{describe()}\n{done} kills in {runs} runs of {seconds:.0f} s (median)\n")
    sys.stdout.write(f"{counts}, {len(site.wrong)} wrong\n")
    return 1 if site.wrong else 0


def main() -> int:
    """Kill as often as asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", type=int, nargs="?", default=20)
    parser.add_argument("--postgres", action="store_true", help="with the library in PostgreSQL")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drive", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--database", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.drive:
        library, folder, address = options.drive
        drive(Path(library), options.database, Path(folder), address)
        return 0
    return _run(options.kills, options.seed, postgres=options.postgres)


if __name__ == "__main__":
    sys.exit(main())
