"""Measure how long one user's file takes behind another's thousand: `python -m benchmarks.load.waiting_file`.

One user sends many files by the API, as fast as they are taken; then another sends one. Prints the seconds until that
one is ready, and how many of the first user's files were by then.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from benchmarks.load.endurance import API_ONLY, add_key
from benchmarks.machine import describe
from rag.settings import load_settings
from tests.support.app_process import serving

_AT_ONCE = 4


def send(client: httpx.Client, number: int) -> int:
    """Send a file, and return the id of its job."""
    text = f"The oak of yard {number} is {number % 30 + 3} metres high, and the elm beside it is older.\n" * 30
    sent = client.post("/api/v1/documents", files={"file": (f"{number}.txt", text.encode())})
    job: int = sent.raise_for_status().json()["job"]["id"]
    return job


def state_of(client: httpx.Client, job: int) -> str:
    """Return the state of a job."""
    state: str = client.get(f"/api/v1/jobs/{job}").raise_for_status().json()["state"]
    return state


def main() -> int:
    """Measure; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        library.mkdir(mode=0o700)
        keys = [add_key(library, number) for number in range(2)]
        with serving(library, load_settings().models, program=API_ONLY) as url:
            many, one = (
                httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=300) for key in keys
            )
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                jobs = list(pool.map(lambda number: send(many, number), range(options.files)))
            before = Counter(state_of(many, job) for job in jobs)
            begun = time.monotonic()
            job = send(one, options.files)
            while (state := state_of(one, job)) in ("waiting", "working"):
                time.sleep(0.1)
            seconds = time.monotonic() - begun
            after = Counter(state_of(many, job) for job in jobs)
    print(describe())
    print(
        f"{options.files} files sent, then one: {state} after {seconds:.1f} s; of the others {before['ready']} were",
        end=" ",
    )
    print(f"ready before, {after['ready']} then, {after['waiting']} still wait")
    return 0 if state == "ready" else 1


if __name__ == "__main__":
    sys.exit(main())
