"""Stop the app while answers are being written, and see how long that takes.

    python -m benchmarks.load.stopping --model default --runs 3

Asks several questions over the API, and sends SIGTERM once all are being written. Prints the seconds until the process
has ended, and how the answers did.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

import httpx
import psutil

from benchmarks.machine import describe
from rag.settings import load_settings
from tests.support.app_process import serving

_AT_ONCE = 3
_BEGIN_S = 120.0
_QUESTION = "Explain at length what the documents say about the fees, in ten sentences."
_TEXT = "\n\n".join(
    f"The fee of year {year} is {year - 1900} euros, paid in May at the desk." for year in range(1950, 2020)
)


def answer(url: str, begun: Event, ended: list[str]) -> None:
    """Ask one question, and note how it ended."""
    try:
        with httpx.stream(
            "POST", f"{url}/api/v1/asks", json={"question": _QUESTION, "stream": True}, timeout=300
        ) as got:
            for line in got.iter_lines():
                if line == "event: token":
                    begun.set()
        ended.append("whole")
    except httpx.HTTPError as error:
        ended.append(type(error).__name__)


def upload(url: str) -> None:
    """Upload the document, and wait until it is ready."""
    job = httpx.post(f"{url}/api/v1/documents", files={"file": ("fees.txt", _TEXT.encode())}).json()["job"]
    while job["state"] != "ready":
        time.sleep(0.2)
        job = httpx.get(f"{url}/api/v1/jobs/{job['id']}").json()


def stop_once(folder: Path, model: str) -> float:
    """Return the seconds from SIGTERM to the end of the process, with answers being written."""
    begun, ended = [Event() for _ in range(_AT_ONCE)], list[str]()
    with serving(folder / "library", load_settings().models, "--model", model) as url:
        upload(url)
        asking = [Thread(target=answer, args=(url, each, ended)) for each in begun]
        for thread in asking:
            thread.start()
        if not all(each.wait(_BEGIN_S) for each in begun):
            raise SystemExit("the answers did not begin")
        server = next(each for each in psutil.Process().children() if "serve" in each.cmdline())
        stopped = time.monotonic()
        server.terminate()
        server.wait(60)
        seconds = time.monotonic() - stopped
        for thread in asking:
            thread.join(30)
    print(f"{seconds:.1f} s with {_AT_ONCE} answers being written, which ended: {', '.join(ended)}")
    return seconds


def main() -> int:
    """Stop so many times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="default")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    print(describe())
    for _ in range(asked.runs):
        with tempfile.TemporaryDirectory() as folder:
            stop_once(Path(folder), asked.model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
