"""Kill a server at random moments between accepting files and having taken them in, and look for lost ones.

    python -m benchmarks.load.upload_kills 50 [--second]

All kills hit one library. Each round starts the server, which goes on with what the one before had accepted, sends it
a few files (some of which cannot be read), and kills it with SIGKILL. At the end a server is left to finish. A file is
lost if it was accepted, and is neither in the library nor listed with a reason. With `--second` another server starts
on the library, and ends, after each round's files were accepted and before the kill. Prints each, and a line with the
numbers of kills, accepted files and lost ones; exit code 1 if there was one.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from api import standalone
from benchmarks.made_vectors import CrcEmbedder
from rag.services import Services
from rag.settings import load_settings

_FILES = 6
_LONGEST_S = 1.5
_FINISH_S = 300.0


class _NoModel:
    """Stands in for a language model: nothing is asked here."""

    name = "none"
    context_tokens = 4096


def serve(library: str, **settings: Any) -> None:
    """Serve the API until killed; the address is the first line of output."""
    services = Services(load_settings(library=library, port=0, overviews="off", **settings))
    services.__dict__.update(embedder=CrcEmbedder(), generator=_NoModel(), assistant=None)
    running = standalone.start(services)
    sys.stdout.write(running.url + "\n")
    sys.stdout.flush()
    running.wait()


@contextmanager
def server(program: str, library: Path, *options: str) -> Iterator[httpx.Client]:
    """Run a program that serves in a process of its own, yield a client of it, and kill it at the end."""
    command = [sys.executable, "-m", program, "--serve", str(library), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:  # noqa: S603
        try:
            assert process.stdout  # noqa: S101  a pipe
            with httpx.Client(base_url=process.stdout.readline().strip(), timeout=60) as client:
                yield client
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def content_of(number: int, chosen: random.Random) -> bytes:
    """Return a file: some small, some of several parts, every fifth broken."""
    if number % 5 == 0:
        return b"%PDF-1.4 half a file " + str(number).encode()
    lines = (f"Line {line} of file {number} is about {chosen.random()}." for line in range(chosen.choice((3, 3000))))
    return "\n".join(lines).encode()


def _round(library: Path, sent: dict[str, str], chosen: random.Random, *, second: bool) -> None:
    with server(__spec__.name, library) as client:
        for _ in range(_FILES):
            number = len(sent)
            name = f"{number}.{'pdf' if number % 5 == 0 else 'txt'}"
            answer = client.post("/api/v1/documents", files={"file": (name, content_of(number, chosen))})
            sent[name] = "accepted" if answer.status_code == httpx.codes.ACCEPTED else str(answer.status_code)
        if second:
            with server(__spec__.name, library) as other:
                other.get("/api/v1/jobs").raise_for_status()
        time.sleep(chosen.uniform(0, _LONGEST_S))


def _lost(library: Path, accepted: set[str]) -> list[str]:
    """Let a server finish, and return the accepted files that it knows nothing of."""
    with server(__spec__.name, library) as client:
        end = time.monotonic() + _FINISH_S
        while True:
            jobs: list[dict[str, Any]] = client.get("/api/v1/jobs").json()["jobs"]
            if all(job["state"] not in ("waiting", "working") for job in jobs) or time.monotonic() > end:
                break
            time.sleep(0.5)
        documents = _documents(client)
    told = {job["name"] for job in jobs if job["state"] == "failed" and job["text"]}
    return sorted(accepted - documents - told)


def _documents(client: httpx.Client) -> set[str]:
    names: set[str] = set()
    cursor: str | None = ""
    while cursor is not None:
        page = client.get("/api/v1/documents", params={"limit": 200, "cursor": cursor}).json()
        for document in page["documents"]:
            names |= {document["name"], *document["also"]}
        cursor = page["next_cursor"]
    return names


def main() -> int:
    """Kill as often as asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", type=int, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--second", action="store_true", help="start another server on the library in each round")
    parser.add_argument("--serve", metavar="LIBRARY", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return 0
    chosen, sent = random.Random(options.seed), dict[str, str]()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        for number in range(options.kills):
            _round(library, sent, chosen, second=options.second)
            sys.stderr.write(f"{number + 1} kills\r")
        accepted = {name for name, answer in sent.items() if answer == "accepted"}
        lost = _lost(library, accepted)
    for name in lost:
        sys.stdout.write(f"lost: {name}\n")
    sys.stdout.write(f"{options.kills} kills, {len(accepted)} accepted files, {len(lost)} lost\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
