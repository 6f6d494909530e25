"""Have users ask, upload and remove for a long time, and see what the server keeps of it.

    python -m benchmarks.load.endurance --users 8 --minutes 30
    python -m benchmarks.load.endurance --users 2 --pause 10 --minutes 120 --watch

Each user has a key and documents of their own and pauses as people do. With `--watch` another process follows a
folder whose files come, change and go. Prints what became of the requests, the seconds to the first event of an
answer, and at the beginning and end of the time after the first five minutes: memory with its slope, open files,
threads, and the size of the library. `--samples FILE` keeps every look at the server, as JSON lines. Exit code 1 if an
answer or a file was lost, or the server failed a request.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import linear_regression, quantiles
from threading import Event, Thread
from typing import Any

import httpx
import psutil

from api.key import Key
from api.key_store import KeyStore
from benchmarks.machine import describe
from rag.settings import load_settings
from tests.support.app_process import serving

API_ONLY = ("cli", "serve", "--api-only", "--port", "0", "--model", "tiny")
_SETTLED_S = 300.0
_SAMPLE_S = 5.0
_UPLOADS_OF = 0.25
_KEPT = 8
_TREES = ("birch", "larch", "oak", "elm", "rowan", "alder", "hazel", "yew")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The server at one moment: seconds since the start; MB of its memory, its readers' and the library's files."""

    seconds: float
    memory: float
    readers: float
    files: int
    threads: int
    disk: float


@dataclass
class Seen:
    """What became of all requests."""

    outcomes: Counter[str] = field(default_factory=Counter)
    first_events: list[float] = field(default_factory=list)


class User:
    """Asks, uploads and removes over the API, one after the other."""

    def __init__(self, url: str, key: str, number: int, pause: float, seen: Seen) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=300)
        self._chosen = random.Random(number)
        self._number, self._pause, self._seen = number, pause, seen
        self._facts: dict[int, tuple[str, int]] = {}
        self._files = 0

    def live(self, ended: Event) -> None:
        """Go on until the time is over."""
        while not ended.is_set():
            try:
                if not self._facts or self._chosen.random() < _UPLOADS_OF:
                    self._upload()
                else:
                    self._ask()
            except (httpx.HTTPError, ValueError, KeyError) as error:
                self._seen.outcomes[f"lost: {type(error).__name__}"] += 1
            ended.wait(self._chosen.uniform(0, 2 * self._pause))
        self._client.close()

    def _upload(self) -> None:
        self._files += 1
        tree, height = self._chosen.choice(_TREES), self._chosen.randint(10, 99)
        text = f"The {tree} of user {self._number} in yard {self._files} is {height} metres high.\n" * 40
        sent = self._client.post("/api/v1/documents", files={"file": (f"{self._files}.txt", text.encode())})
        if self._refused(sent):
            return
        job = sent.json()["job"]
        while job["state"] in ("waiting", "working"):
            time.sleep(0.5)
            job = self._client.get(f"/api/v1/jobs/{job['id']}").raise_for_status().json()
        self._seen.outcomes["file ingested" if job["state"] == "ready" else f"lost: file {job['state']}"] += 1
        if job["state"] == "ready":
            self._facts[job["document_id"]] = (tree, height)
        if len(self._facts) > _KEPT:
            oldest = min(self._facts)
            del self._facts[oldest]
            self._client.delete(f"/api/v1/documents/{oldest}").raise_for_status()
            self._seen.outcomes["file removed"] += 1

    def _ask(self) -> None:
        tree, _ = self._chosen.choice(list(self._facts.values()))
        begun = time.perf_counter()
        body = {"question": f"How high is the {tree}?", "stream": True}
        with self._client.stream("POST", "/api/v1/asks", json=body) as answer:
            if self._refused(answer):
                return
            events = (line.removeprefix("event: ") for line in answer.iter_lines() if line.startswith("event: "))
            first = next(events, "")
            self._seen.first_events.append(time.perf_counter() - begun)
            *_, last = first, *events
        self._seen.outcomes["answer" if last == "answer" else f"lost: answer ended with {last or 'nothing'}"] += 1

    def _refused(self, answer: httpx.Response) -> bool:
        status = answer.status_code
        if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
            self._seen.outcomes[f"told to wait ({status})"] += 1
            return True
        if status >= httpx.codes.BAD_REQUEST:
            self._seen.outcomes[f"lost: {status}"] += 1
        return status >= httpx.codes.BAD_REQUEST


def follow_files(folder: Path, ended: Event) -> None:
    """Have files of a folder come, change and go."""
    chosen = random.Random(0)
    while not ended.wait(2 * _SAMPLE_S):
        file = folder / f"{chosen.randrange(20)}.txt"
        if file.exists() and chosen.random() < 0.5:
            file.unlink()
        else:
            file.write_text(f"The gate of yard {file.stem} is {chosen.randint(2, 9)} metres wide.\n" * 20)


@contextmanager
def watching(library: Path, folder: Path) -> Iterator[None]:
    """Run `citewell ingest --watch` beside the server."""
    folder.mkdir()
    command = [sys.executable, "-m", "cli", "ingest", "--watch", "--library", str(library), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603  our own
        try:
            yield
        finally:
            process.terminate()


def sample(server: psutil.Process, library: Path, begun: float) -> Sample:
    """Look at the server and its helpers."""
    disk = sum(path.stat().st_size for path in library.rglob("*") if path.is_file())
    return Sample(
        seconds=time.monotonic() - begun,
        memory=server.memory_info().rss / 1e6,
        readers=sum(each.memory_info().rss for each in server.children(recursive=True)) / 1e6,
        files=server.num_fds(),
        threads=server.num_threads(),
        disk=disk / 1e6,
    )


def watch_server(library: Path, seconds: float, kept: Path | None) -> list[Sample]:
    """Look at the server every few seconds until the time is over; append each look to the file `kept`."""
    server = next(each for each in psutil.Process().children() if "--api-only" in each.cmdline())
    begun, samples = time.monotonic(), []
    while time.monotonic() - begun < seconds:
        with suppress(psutil.NoSuchProcess, FileNotFoundError):  # a helper or a file that went just then
            samples.append(sample(server, library, begun))
            if kept is not None:
                with kept.open("a") as file:
                    print(json.dumps(asdict(samples[-1])), file=file)
        time.sleep(_SAMPLE_S)
    return samples


def report(seen: Seen, samples: list[Sample]) -> dict[str, Any]:
    """Return the figures."""
    settled = [each for each in samples if each.seconds > min(_SETTLED_S, samples[-1].seconds / 2)]
    per_minute = linear_regression([s.seconds / 60 for s in settled], [s.memory for s in settled]).slope
    percentiles = quantiles(seen.first_events, n=100)
    first, last = settled[0], settled[-1]
    return {
        "outcomes": dict(seen.outcomes),
        "first_event_s": {"median": round(percentiles[49], 3), "p99": round(percentiles[98], 3)},
        "memory_mb": [round(first.memory), round(last.memory)],
        "readers_mb": [round(first.readers), round(last.readers)],
        "memory_mb_per_minute": round(per_minute, 2),
        "open_files": [first.files, last.files],
        "threads": [first.threads, last.threads],
        "library_mb": [round(first.disk, 1), round(last.disk, 1)],
    }


def add_key(library: Path, number: int) -> str:
    """Return a new key for a user of their own."""
    now = datetime.now(UTC).isoformat()
    return KeyStore(library).add(Key(id="", name=f"user {number}", owner=f"user{number}", created_at=now))


def main() -> int:
    """Run, and print the figures as JSON; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--pause", type=float, default=3, help="seconds a user waits between two things, on average")
    parser.add_argument("--watch", action="store_true")
    parser.add_argument("--samples", type=Path, help="file for every look at the server, a line of JSON each")
    options = parser.parse_args()
    seen, ended = Seen(), Event()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        library.mkdir(mode=0o700)
        keys = [add_key(library, n) for n in range(options.users)]
        with serving(library, load_settings().models, program=API_ONLY, max_new_tokens="48") as url:
            users = [User(url, key, n, options.pause, seen) for n, key in enumerate(keys)]
            threads = [Thread(target=user.live, args=(ended,)) for user in users]
            with watching(library, Path(folder) / "followed") if options.watch else nullcontext():
                if options.watch:
                    threads.append(Thread(target=follow_files, args=(Path(folder) / "followed", ended)))
                for thread in threads:
                    thread.start()
                samples = watch_server(library, options.minutes * 60, options.samples)
                ended.set()
                for thread in threads:
                    thread.join()
    print(json.dumps({"machine": describe(), **report(seen, samples)}, indent=2))
    return 1 if any(outcome.startswith("lost") for outcome in seen.outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
