"""See how long a signed-in user waits for the app while another program holds the library's write lock.

    python -m benchmarks.load.write_lock

Signs in, and asks for the page, its static files and its lists, again and again for a minute, each time over a new
connection. Prints the median and the slowest of each. Exit code 1 if one took more than a second, or failed.
"""

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

import httpx

from benchmarks.machine import describe
from rag.settings import load_settings
from rag.stores.database import DATABASE
from serving.auth_file import Users
from tests.support.app_process import serving

_HELD_S = 60.0
_PAUSE_S = 0.1
_MOST_S = 1.0
_PASSWORD = "a long enough password"  # noqa: S105  of a server that lives for a minute
_LISTS = ("/", "/citewell/static/main.js", "/citewell/sources", "/citewell/conversations", "/citewell/notes")


def ask_once(url: str) -> dict[str, float]:
    """Return the seconds of each request of a user who signs in and looks around."""
    taken = {}
    with httpx.Client(base_url=url, timeout=120) as user:
        for path in ("/login", *_LISTS):
            begun = time.perf_counter()
            if path == "/login":
                status = user.post(path, data={"name": "ann", "password": _PASSWORD}).status_code
                expected = 303
            else:
                status, expected = user.get(path).status_code, 200
            taken[path] = time.perf_counter() - begun
            if status != expected:
                raise SystemExit(f"{path}: {status}")
    return taken


def main() -> int:
    """Hold the lock, and print the table."""
    print(describe())
    seen: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        accounts = Path(folder) / "users.json"
        Users(accounts).add("ann", _PASSWORD)
        library = Path(folder) / "library"
        with (
            serving(library, load_settings().models, "--model", "tiny", auth_file=str(accounts)) as url,
            closing(sqlite3.connect(library / DATABASE, isolation_level=None)) as elsewhere,
        ):
            ask_once(url)
            elsewhere.execute("BEGIN IMMEDIATE")
            until = time.monotonic() + _HELD_S
            while time.monotonic() < until:
                for path, seconds in ask_once(url).items():
                    seen.setdefault(path, []).append(seconds)
                time.sleep(_PAUSE_S)
    for path, times in seen.items():
        print(f"{path}: median {median(times):.3f} s, slowest {max(times):.3f} s of {len(times)}")
    return int(max(max(times) for times in seen.values()) > _MOST_S)


if __name__ == "__main__":
    sys.exit(main())
