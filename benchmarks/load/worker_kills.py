"""Kill workers in the middle of jobs, or take their database away, and look for files that are lost or doubled.

    python -m benchmarks.load.worker_kills 20
    python -m benchmarks.load.worker_kills 0 --outage 60

Two servers accept files into one PostgreSQL database and leave them to three workers. A worker is killed with SIGKILL
while a job is its own, and a new one started; `--outage` stops the database for so many seconds instead. At the end
every accepted file must be a document exactly once, with the content that was sent, or be listed with a reason; the
ledger must say the same, on whichever server one asks. Prints what was wrong, and a line with the numbers; exit code
1 if anything was. Needs PostgreSQL with pgvector on this machine; starts a server of its own.
"""

import argparse
import hashlib
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx

from benchmarks.load.upload_kills import content_of, serve, server
from benchmarks.made_vectors import SlowEmbedder
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from rag.stores.open_stores import Stores, open_stores
from serving.uploads import open_worker
from tests.support.servers.postgres_server import PostgresServer, postgres_server

_FILES = 8
_WORKERS = 3
_FINISH_S = 300.0
_ALL_WORKING = "SELECT id, worker FROM jobs WHERE state = 'working'"
_WORKING = "SELECT id, worker FROM jobs WHERE state = 'working' AND lost < 2 ORDER BY random() LIMIT 1"
"""A job that ended three workers is given up, as it should be: none is hit a third time."""


def work(library: str, database: str) -> None:
    """Ingest jobs until SIGTERM."""
    ended = Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with Services(load_settings(library=library, database=database)) as services:
        services.__dict__.update(embedder=SlowEmbedder(0.002))
        open_worker(services, open_ingestor(services)).start()
        ended.wait()


@dataclass(kw_only=True)
class _Site:
    """The servers, workers and files of one run."""

    postgres: PostgresServer
    name: str
    library: Path
    clients: list[httpx.Client] = field(default_factory=list)
    workers: "dict[int, subprocess.Popen[str]]" = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)

    @property
    def database(self) -> str:
        return self.postgres.address_of(self.name)

    def start_worker(self) -> None:
        command = [sys.executable, "-m", __spec__.name, "--work", str(self.library), "--database", self.database]
        process = subprocess.Popen(command, text=True, start_new_session=True)  # noqa: S603  ourselves
        self.workers[process.pid] = process

    def end_worker(self, pid: int, how: signal.Signals) -> int:
        """End a worker; with SIGKILL, also the processes that read for it. Return its exit code."""
        process = self.workers.pop(pid)
        if how is signal.SIGKILL:
            os.killpg(pid, how)
        else:
            process.send_signal(how)
        return process.wait(60)

    def send(self, chosen: random.Random) -> None:
        """Send some files, each to one of the servers."""
        for _ in range(_FILES):
            number = len(self.sent)
            name = f"{number}.{'pdf' if number % 5 == 0 else 'txt'}"
            content = content_of(number, chosen)
            answer = chosen.choice(self.clients).post("/api/v1/documents", files={"file": (name, content)})
            answer.raise_for_status()
            self.sent[name] = content


@contextmanager
def _site() -> Iterator[_Site]:
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres, postgres.database() as name:
        site = _Site(postgres=postgres, name=name, library=Path(folder) / "library")
        site.library.mkdir()
        with ExitStack() as opened:
            for _ in range(2):
                serving = server(__spec__.name, site.library, "--database", site.database)
                site.clients.append(opened.enter_context(serving))
            for _ in range(_WORKERS):
                site.start_worker()
            try:
                yield site
            finally:
                for pid in list(site.workers):
                    site.end_worker(pid, signal.SIGKILL)


def _kill_one(site: _Site, chosen: random.Random) -> float | None:
    """Kill the worker of a job; return the seconds until another had it, or None if none was hit."""
    deadline = time.monotonic() + 30
    while not (rows := site.postgres.run(_WORKING, site.name)):
        if time.monotonic() > deadline:
            return None
        time.sleep(0.01)
    time.sleep(chosen.uniform(0, 0.3))
    rows = site.postgres.run(_WORKING, site.name) or rows
    id_, worker = rows[0]
    pid = int(worker.split(":")[1])
    if pid not in site.workers:
        return None  # one that was killed before
    site.end_worker(pid, signal.SIGKILL)
    killed_at = time.monotonic()
    state = site.postgres.run(f"SELECT 1 FROM jobs WHERE id = {id_} AND worker = '{worker}'", site.name)  # noqa: S608
    site.start_worker()
    while state and site.postgres.run(f"SELECT 1 FROM jobs WHERE id = {id_} AND worker = '{worker}'", site.name):  # noqa: S608
        time.sleep(0.05)
    return time.monotonic() - killed_at if state else None


def _jobs(client: httpx.Client) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = client.get("/api/v1/jobs").json()["jobs"]
    return jobs


def _wrong(site: _Site) -> list[str]:
    """Wait until the queue is empty, and return what is not as it should be."""
    end = time.monotonic() + _FINISH_S
    while any(job["state"] in ("waiting", "working") for job in _jobs(site.clients[0])) and time.monotonic() < end:
        time.sleep(0.5)
    jobs = _jobs(site.clients[0])
    wrong = [] if jobs == _jobs(site.clients[1]) else ["the servers tell different things of the jobs"]
    states = {job["name"]: job["state"] for job in jobs}
    with closing(open_stores(site.library, site.database, Services(load_settings()).embedder_name)) as stores:
        for name, content in site.sent.items():
            wrong += [f"{name}: {problem}" for problem in _problems(site, stores, name, content, states.get(name, ""))]
        wrong += list(stores.library.findings())
    left = [path.name for path in (site.library / "accepted").glob("*/*")]
    return wrong + [f"{name}: its accepted file was left" for name in left]


def _problems(site: _Site, stores: Stores, name: str, content: bytes, state: str) -> Iterator[str]:
    entry = stores.library.entry(f"upload:{name}", "")
    documents = [each for each in stores.library.documents("") if each.name == name]
    expected = "failed" if name.endswith(".pdf") else "ready"
    if (state, entry.state if entry else "none") != (expected, expected):
        yield f"lost: the job is {state or 'gone'}, the ledger says {entry.state if entry else 'nothing'}"
    if len(documents) != (expected == "ready"):
        yield f"{len(documents)} documents"
    if expected == "ready":
        stored = site.library / "files" / name
        digest = hashlib.sha256(content).hexdigest()
        if [document.sha256 for document in documents] != [digest] or not stored.exists():
            yield "another content, or no original"
        elif hashlib.sha256(stored.read_bytes()).hexdigest() != digest:
            yield "another original"


def _outage(site: _Site, seconds: float, chosen: random.Random) -> list[str]:
    """Take the database away while each worker has a job; return what was wrong with them."""
    before = set(site.workers)
    while {int(worker.split(":")[1]) for _, worker in site.postgres.run(_ALL_WORKING, site.name)} != before:
        if not site.postgres.run("SELECT 1 FROM jobs WHERE state = 'waiting'", site.name):
            site.send(chosen)
        time.sleep(0.1)
    site.postgres.stop(signal.SIGQUIT)
    time.sleep(seconds)
    site.postgres.start()
    ended = [pid for pid in before if site.workers[pid].poll() is not None]
    return [f"worker {pid} ended while the database was away" for pid in ended]


def main() -> int:
    """Kill as often as asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", type=int, nargs="?", default=20)
    parser.add_argument("--outage", type=float, default=0, help="seconds without the database")
    parser.add_argument("--seed", type=int, default=1)
    for role in ("serve", "work", "database"):
        parser.add_argument(f"--{role}", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, database=options.database, ingest_uploads=False)
    elif options.work:
        work(options.work, options.database)
    else:
        return _run(options.kills, options.outage, random.Random(options.seed))
    return 0


def _run(kills: int, outage: float, chosen: random.Random) -> int:
    takeovers: list[float] = []
    with _site() as site:
        while len(takeovers) < kills:
            site.send(chosen)
            if (seconds := _kill_one(site, chosen)) is not None:
                takeovers.append(seconds)
            sys.stderr.write(f"{len(takeovers)} kills\r")
        wrong = []
        if outage:
            site.send(chosen)
            wrong += _outage(site, outage, chosen)
        wrong += _wrong(site)
        ended = Counter(site.end_worker(pid, signal.SIGTERM) for pid in list(site.workers))
        sent = len(site.sent)
    for problem in wrong:
        sys.stdout.write(f"{problem}\n")
    if takeovers:
        median, most = statistics.median(takeovers), max(takeovers)
        sys.stdout.write(f"taken over after {median:.1f} s in the median, {most:.1f} s at most\n")
    sys.stdout.write(f"exit codes of the workers after SIGTERM: {dict(ended)}\n")
    sys.stdout.write(f"{kills} kills, {outage:.0f} s without the database, {sent} files, {len(wrong)} wrong\n")
    return 1 if wrong or set(ended) - {0} else 0


if __name__ == "__main__":
    sys.exit(main())
