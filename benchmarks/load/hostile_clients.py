"""See how fast others are answered while hostile clients keep a server busy.

    python -m benchmarks.load.hostile_clients

Others ask for the list of documents again and again, over connections of their own. Their median is taken alone, then
while 300 clients send their headers a byte at a time, while a body of 1 GB is sent to a route that takes JSON and to
one that takes files, and while processes send as many requests as they can for 20 seconds. All share the machine's
processors with the server, so the last one says how many there were.
"""

import argparse
import contextlib
import multiprocessing
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from statistics import median
from threading import Event, Thread
from urllib.parse import urlsplit

import httpx

from benchmarks.load.endurance import API_ONLY
from benchmarks.machine import describe
from rag.settings import load_settings
from tests.support.app_process import serving

_SLOW = 300
_BODY_BYTES = 1_000_000_000
_PIECE = b" " * 1_000_000
_LOOKS_S = 20.0
_ASKED = "/api/v1/documents"


def others(url: str, seconds: float) -> tuple[float, int]:
    """Return the median milliseconds of an answer, and how many failed."""
    taken, failed, until = [], 0, time.monotonic() + seconds
    while time.monotonic() < until:
        begun = time.perf_counter()
        try:
            httpx.get(f"{url}{_ASKED}", timeout=30).raise_for_status()
        except httpx.HTTPError:
            failed += 1
        taken.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.05)
    return median(taken), failed


@contextmanager
def slow_senders(url: str) -> Iterator[None]:
    """Hold connections whose headers never end; open each anew that the server closes."""
    place, ended = urlsplit(url), Event()
    address = (place.hostname or "", place.port or 80)

    def send_slowly() -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError), socket.create_connection(address, timeout=10) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
                while not ended.wait(0.5):
                    connection.sendall(b"a")

    with background([Thread(target=send_slowly) for _ in range(_SLOW)], ended):
        yield


@contextmanager
def large_bodies(url: str) -> Iterator[None]:
    """Send a body of 1 GB again and again, to a route for JSON and to one for files, each from its own process."""
    form = "multipart/form-data; boundary=x"
    sent = [("/api/v1/asks", "application/json"), ("/api/v1/documents", form)]
    with processes([multiprocessing.Process(target=_send_large, args=(url, *each)) for each in sent]):
        yield


def _send_large(url: str, path: str, kind: str) -> None:
    while True:
        pieces = (_PIECE for _ in range(_BODY_BYTES // len(_PIECE)))
        with contextlib.suppress(httpx.HTTPError):
            httpx.post(f"{url}{path}", content=pieces, headers={"Content-Type": kind}, timeout=30)


@contextmanager
def flood(url: str) -> Iterator[None]:
    """Send as many requests as two processes can, and print how many a second were answered."""
    count: Synchronized[int] = multiprocessing.Value("i", 0)
    begun = time.monotonic()
    with processes([multiprocessing.Process(target=_flood, args=(url, count)) for _ in range(2)]):
        yield
    print(f"answered in the flood: {count.value / (time.monotonic() - begun):.0f} a second")


def _flood(url: str, count: "Synchronized[int]") -> None:
    place = urlsplit(url)
    request = f"GET /health HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode() * 50
    while True:
        with contextlib.suppress(OSError), socket.create_connection((place.hostname or "", place.port or 80)) as stream:
            while True:
                stream.sendall(request)
                received = b""
                while received.count(b"HTTP/1.1 ") < 50:
                    if not (piece := stream.recv(65536)):
                        break
                    received += piece
                with count.get_lock():
                    count.value += received.count(b"HTTP/1.1 ")
                if not received:
                    break


@contextmanager
def processes(started: list[multiprocessing.Process]) -> Iterator[None]:
    """Run processes until the end."""
    for process in started:
        process.start()
    try:
        yield
    finally:
        for process in started:
            process.terminate()
            process.join()


@contextmanager
def background(threads: list[Thread], ended: Event) -> Iterator[None]:
    """Run threads until the end."""
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def main() -> int:
    """Measure, and print a row for each kind of client; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    kinds: dict[str, Callable[[str], AbstractContextManager[None]]] = {
        f"{_SLOW} slow senders of headers": slow_senders,
        "bodies of 1 GB, two at once": large_bodies,
        "a flood, two processes": flood,
    }
    print(describe())
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "library", load_settings().models, program=API_ONLY) as url,
    ):
        others(url, 3)
        for name, clients in kinds.items():
            alone, _ = others(url, _LOOKS_S / 2)
            with clients(url):
                time.sleep(1)
                beside, failed = others(url, _LOOKS_S)
            times = f"{alone:.1f} ms alone, {beside:.1f} ms beside them ({beside / alone:.1f} x)"
            print(f"{name}: {times}, {failed} failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
