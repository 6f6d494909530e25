"""See how long everybody waits for one request of the worst kind, beside eight people who ask.

    python -m benchmarks.load.worst_requests

Sends forty requests of almost 4 MB, one after the other, each made to take as long or as much memory as it can, while
eight people ask questions of a scripted model. Another process asks `/health` every 20 ms. Prints its longest wait for
each request and the server's memory; exit code 1 if one is longer than .3 s or memory grows by more than 200 MB.
"""

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx

from benchmarks.load.hostile_clients import background
from benchmarks.machine import describe
from rag.runtime.heaps import freeze_loaded
from tests.support.app_process import scripted_process
from tests.support.documents.pdfs import write_pdf

_BYTES = 3_900_000
_PEOPLE = 8
_MOST_S, _MOST_MB = 0.3, 200.0
_EVERY_S = 0.02


def bodies() -> Iterator[tuple[str, str, bytes]]:
    """Yield what is sent: a name, a path, and the body."""
    long = {
        "markers": "[1] " * (_BYTES // 4),
        "backticks": "`" * _BYTES,
        "fences": "```\n" * (_BYTES // 5),
        "brackets": "[" * _BYTES,
        "sentences": "A b. " * (_BYTES // 5),
        "numbers": "1,234.5 % " * (_BYTES // 10),
        "marks": "e\u0301" * (_BYTES // 7),
    }
    ask = {"role": "user", "content": "What is the fee?"}
    for name, text in long.items():
        said: list[dict[str, Any]] = [ask, {"role": "assistant", "content": text}, ask]
        yield f"history of {name}", "/v1/chat/completions", _json(model="citewell", messages=said)
        yield f"input of {name}", "/v1/responses", _json(model="citewell", input=said)
    many = _BYTES // 2
    for name, values in {
        "ones": b"[" + b"1," * many + b"1]",
        "objects": b"[" + b"{}," * (_BYTES // 3) + b"{}]",
        "texts": b"[" + b'"",' * (_BYTES // 3) + b'""]',
        "messages": b"[" + b'{"role":"user"},' * (_BYTES // 16) + b'{"role":"user"}]',
    }.items():
        yield f"messages: {name}", "/v1/chat/completions", b'{"model":"citewell","messages":' + values + b"}"
        yield f"input: {name}", "/v1/responses", b'{"model":"citewell","input":' + values + b"}"
        yield f"texts: {name}", "/v1/embeddings", b'{"input":' + values + b"}"
        yield f"verified: {name}", "/api/v1/verify", b'{"format":2,"answers":' + values + b"}"
        yield f"history: {name}", "/api/v1/asks", b'{"question":"?","history":' + values + b"}"
    members = ",".join(f'"{number}":1' for number in range(_BYTES // 11)).encode()
    yield "metadata", "/v1/responses", b'{"model":"citewell","input":"?","metadata":{' + members + b"}}"
    yield "fields", "/v1/chat/completions", b'{"model":"citewell","messages":[],' + members + b"}"
    yield "one text", "/v1/embeddings", _json(input="word " * (_BYTES // 5))
    yield "one query", "/api/v1/search", _json(query="word " * (_BYTES // 5))
    yield "digits", "/v1/embeddings", b'{"input":' + b"9" * _BYTES + b"}"
    yield "a name", "/citewell/conversations/x", _json(name="x" * 990_000)


def _json(**values: Any) -> bytes:
    return json.dumps(values).encode()


def watch(url: str, longest: "Synchronized[float]", ended: Any) -> None:
    """Ask for `/health` until the end, and keep the longest wait."""
    freeze_loaded()  # a search for garbage here would look like a wait for the server
    with httpx.Client(base_url=url, timeout=300) as client:
        while not ended.is_set():
            begun = time.perf_counter()
            client.get("/health").raise_for_status()
            longest.value = max(longest.value, time.perf_counter() - begun)
            time.sleep(_EVERY_S)


@contextmanager
def people(url: str) -> Iterator[None]:
    """Have eight people ask, one question after the other."""
    ended = Event()

    def asking() -> None:
        with httpx.Client(base_url=url, timeout=300) as client:
            while not ended.is_set():
                client.post("/api/v1/asks", json={"question": "What is the entry fee?"})
                ended.wait(0.2)

    with background([Thread(target=asking) for _ in range(_PEOPLE)], ended):
        yield


def memory_mb(pid: int, kind: str) -> float:
    """Return the memory of a process: "VmRSS" now, or "VmHWM" at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith(kind))


def main() -> int:
    """Send all, and print the table."""
    print(describe())
    longest: Synchronized[float] = multiprocessing.Value("d", 0.0)
    ended = multiprocessing.Event()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pdf = write_pdf(folder / "fees.pdf", ["The entry fee is 20 euros."])
        with scripted_process(folder, "The entry fee is 20 euros.", pdf, pause=0.02) as (url, process), people(url):
            time.sleep(5)
            before = memory_mb(process.pid or 0, "VmRSS")
            watcher = multiprocessing.Process(target=watch, args=(url, longest, ended))
            watcher.start()
            time.sleep(3)
            print(f"beside eight who ask: {longest.value:.3f} s")
            worst = 0.0
            for title, path, body in bodies():
                longest.value = 0.0
                begun = time.perf_counter()
                method = "PATCH" if path.startswith("/citewell") else "POST"
                headers = {"Content-Type": "application/json"}
                status = httpx.request(method, url + path, content=body, headers=headers, timeout=600).status_code
                taken = time.perf_counter() - begun
                time.sleep(3 * _EVERY_S)
                worst = max(worst, longest.value)
                print(f"{title:24} {status}  {taken:7.2f} s  others waited {longest.value:.3f} s")
            grown = memory_mb(process.pid or 0, "VmHWM") - before
            ended.set()
            watcher.join()
    print(f"longest wait of /health: {worst:.3f} s; memory at most {grown:+.0f} MB")
    return int(worst > _MOST_S or grown > _MOST_MB)


if __name__ == "__main__":
    sys.exit(main())
