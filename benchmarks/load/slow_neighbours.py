"""See how long a signed-in user and a health check wait beside somebody whose requests take minutes.

    python -m benchmarks.load.slow_neighbours

Ann sends 45 requests for embeddings of 400 texts each at once, then 45 for the image of a page that takes long to draw,
each for ten seconds. Meanwhile bob asks who he is, and another process asks `/ready`. Exit code 1 if one waits for more
than half a second.
"""

import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from statistics import median

import httpx
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from api.key import Key
from api.key_store import KeyStore
from benchmarks.machine import describe
from rag.settings import load_settings
from serving.auth_file import Users
from tests.support.app_process import serving
from tests.support.documents.pdfs import write_pdf

_SECONDS = 10.0
_AT_ONCE = 45
_MOST_S = 0.5
_CURVES = 60_000
_PASSWORD = "a long enough password"  # noqa: S105  of a server that lives for a minute
_NOW = "2026-01-01T00:00:00+00:00"


def slow_pdf(path: Path) -> Path:
    """Write a page with words and so many curves that it takes seconds to draw."""
    writer = PdfWriter(clone_from=PdfReader(write_pdf(path, ["A slow page."])))
    page, drawn = writer.pages[0], DecodedStreamObject()
    contents = page.get_contents()
    assert contents is not None  # noqa: S101  what was just written
    curves = (f"0 {n % 842} m {n % 595} 0 {n % 311} 842 595 {n % 700} c S" for n in range(_CURVES))
    drawn.set_data(contents.get_data() + "\n".join(["", "q 9 w", *curves, "Q"]).encode())
    page[NameObject("/Contents")] = writer._add_object(drawn)
    writer.write(path)
    return path


def send(url: str, key: str, method: str, path: str, sent: dict[str, object]) -> None:
    """Send a request again and again, in 45 threads."""

    def sending() -> None:
        while True:
            with suppress(httpx.HTTPError):
                ann.request(method, path, json=sent or None)

    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, timeout=300, headers=headers) as ann, ThreadPoolExecutor(_AT_ONCE) as threads:
        for _ in range(_AT_ONCE):
            threads.submit(sending)


def beside(name: str, url: str, bob: httpx.Client, *request: object) -> float:
    """Print what bob and the health check wait for while another process sends; return the longest."""
    sender = multiprocessing.Process(target=send, args=(url, *request))
    sender.start()
    longest = 0.0
    try:
        for path, asked in (("/citewell/me", bob), ("/ready", httpx.Client(base_url=url, timeout=120))):
            waits, until = [], time.monotonic() + _SECONDS
            while time.monotonic() < until:
                begun = time.perf_counter()
                asked.get(path).raise_for_status()
                waits.append(time.perf_counter() - begun)
                time.sleep(0.05)
            longest = max(longest, *waits)
            print(f"{name}, {path}: median {median(waits):.3f} s, longest {max(waits):.3f} s of {len(waits)}")
    finally:
        sender.kill()
        sender.join()
    return longest


def main() -> int:
    """Measure, and return the exit code."""
    print(describe())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library, accounts = folder / "library", folder / "users.json"
        for user in ("ann", "bob"):
            Users(accounts).add(user, _PASSWORD)
        key = KeyStore(library).add(Key(id="", name="program", created_at=_NOW, owner="ann"))
        with serving(library, load_settings().models, "--model", "tiny", auth_file=str(accounts)) as url:
            ann, bob = (httpx.Client(base_url=url, timeout=300) for _ in range(2))
            ann.headers["Authorization"] = f"Bearer {key}"
            bob.post("/login", data={"name": "bob", "password": _PASSWORD})
            texts: dict[str, object] = {
                "input": ["The tenant pays the rent by the third day of each month. " * 3] * 400
            }
            waits = [beside("embeddings", url, bob, key, "POST", "/v1/embeddings", texts)]
            with slow_pdf(folder / "slow.pdf").open("rb") as file:
                job = ann.post("/api/v1/documents", files={"file": file}).headers["location"]
            while (state := ann.get(job).json())["state"] not in ("ready", "failed"):
                time.sleep(0.2)
            image = f"/api/v1/documents/{state['document_id']}/pages/1/image"
            waits.append(beside("images", url, bob, key, "GET", f"{image}?scale=3", {}))
            begun = time.perf_counter()
            print(f"another size alone: {ann.get(image).status_code}, {time.perf_counter() - begun:.1f} s")
    return int(max(waits) > _MOST_S)


if __name__ == "__main__":
    sys.exit(main())
