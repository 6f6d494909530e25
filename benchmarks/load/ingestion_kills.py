"""Kill ingestion at random moments or at every write, resume it, and check that nothing is lost or doubled.

    python -m benchmarks.load.ingestion_kills 200         at 200 random moments, all with one library
    python -m benchmarks.load.ingestion_kills --points    around each kind of write, the first times it happens

Files are added, changed and removed between the rounds. After each resumed run every file must be in the library
exactly once, in its current version, and the ledger and both indexes must agree. Prints each problem, and a line with
the number of kills and of wrong outcomes; exit code 1 if there was one.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.made_vectors import CrcEmbedder
from ingest import prepare
from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from ingest.readers.registry import reader_for
from rag.stores import index_sync, ledger
from rag.stores.database import Database
from rag.stores.faiss_index import FaissIndex
from rag.stores.index_sync import SearchIndexes, Stamp
from rag.stores.keyword_index import TantivyIndex
from rag.stores.sqlite_library import SqliteLibrary
from rag.stores.staging import StagedDocument

_FILES = 24
_LARGE_LINES = 1500
_PART_CHUNKS = 32
_TIMES = 3

POINTS: tuple[tuple[Any, str], ...] = (
    (Database, "commit"),
    (Database, "purge"),
    (StagedDocument, "add"),
    (StagedDocument, "commit"),
    (ledger, "write_entry"),
    (Stamp, "write"),
    (FaissIndex, "save"),
    (TantivyIndex, "update"),
    (index_sync._StoredKeywordIndex, "replace_on_disk"),
    (Path, "replace"),
)
"""Every kind of write: the owner and the name of the function that does it."""


@contextmanager
def opened(folder: Path) -> Iterator[tuple[SqliteLibrary, SearchIndexes, Ingestor]]:
    """Open the library in a folder, its indexes, and an ingestor for it."""
    library = SqliteLibrary(folder, embedder="crc")
    ingestor = Ingestor(Preparer(library, CrcEmbedder, chunk_tokens=40, max_file_bytes=10_000_000))
    try:
        yield library, SearchIndexes(folder, library, CrcEmbedder.dimension), ingestor
    finally:
        ingestor.close()
        library.close()


def run(folder: Path, documents: Path) -> None:
    """Ingest a folder, remove documents whose files are missing, and refresh the indexes."""
    with opened(folder) as (library, indexes, ingestor):
        for result in ingestor.ingest([str(documents)]):
            if result.status == "failed":
                raise RuntimeError(f"{result.name}: {result.reason}")
        for entry in library.ledger():
            if not Path(entry.source).exists():
                library.forget(entry.source)
        indexes.refresh()
        indexes.purge()


def problems(folder: Path, documents: Path) -> Iterator[str]:
    """Yield everything that is lost, doubled or inconsistent."""
    with opened(folder) as (library, indexes, _):
        stored = {document.source: document for document in library.documents()}
        expected = {str(path): path for path in documents.iterdir()}
        yield from (f"lost: {source}" for source in expected.keys() - stored.keys())
        yield from (f"not removed: {source}" for source in stored.keys() - expected.keys())
        if len(stored) != len(library.documents()):
            yield "doubled: two documents of one source"
        for source in expected.keys() & stored.keys():
            pages = list(reader_for(expected[source], source).read(expected[source]))
            stored_pages = [library.page(stored[source].id, page.number) for page in pages]
            if stored_pages != pages or stored[source].pages != len(pages):
                yield f"not what the file has: {source}"
            chunks = library.chunks(library.chunk_ids({stored[source].id}))
            if len({(chunk.page, chunk.start) for chunk in chunks}) != len(chunks):
                yield f"doubled chunks: {source}"
        yield from (f"{entry.source} is {entry.state}" for entry in library.ledger() if entry.state != "ready")
        yield from library.findings()
        yield from indexes.findings()


def change(documents: Path, random_: random.Random, round_: int) -> None:
    """Add, change and remove some of the files; one is large enough to be stored in parts."""
    for path in list(documents.iterdir()):
        if random_.random() < 0.1:
            path.unlink()
    for number in range(_FILES):
        path = documents / f"{number:02}.txt"
        if not path.exists() or random_.random() < 0.3:
            lines = _LARGE_LINES if number == _FILES // 2 else random_.randint(1, 60)
            path.write_text(
                "\n".join(f"Line {line} of {path.name} in round {round_} says this." for line in range(lines))
            )


def forked(work: Callable[[], None]) -> int:
    """Start work in a process of its own, and return its id. Its exit code is 1 if the work raises."""
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    try:
        work()
    except BaseException:  # noqa: BLE001  a forked process must not return
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def wait(pid: int) -> int:
    """Wait for a process, and return its exit code, negative if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def resumes_soundly(folder: Path, documents: Path) -> bool:
    """Run to the end, print the problems, and return whether there were none."""

    def run_and_check() -> None:
        run(folder, documents)
        found = list(problems(folder, documents))
        for problem in found:
            print(problem, flush=True)
        os._exit(1 if found else 0)

    return wait(forked(run_and_check)) == 0


def random_moments(folder: Path, documents: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill so many runs at random moments, and return the number of kills and of wrong outcomes."""
    random_ = random.Random(seed)
    change(documents, random_, 0)
    if not resumes_soundly(folder, documents):
        return 0, 1
    change(documents, random_, 1)
    started = time.monotonic()
    wait(forked(lambda: run(folder, documents)))
    usual = time.monotonic() - started
    hit = wrong = 0
    round_ = 1
    while hit < kills:
        round_ += 1
        change(documents, random_, round_)
        pid = forked(lambda: run(folder, documents))
        time.sleep(random_.uniform(0, usual))
        os.kill(pid, signal.SIGKILL)
        hit += wait(pid) == -signal.SIGKILL
        wrong += not resumes_soundly(folder, documents)
    return hit, wrong


def at_points(folder: Path, documents: Path, times: int, seed: int) -> tuple[int, int]:
    """Kill before and after each kind of write, the first few times, and return the kills and wrong outcomes."""
    random_ = random.Random(seed)
    change(documents, random_, 0)
    wrong = 0 if resumes_soundly(folder, documents) else 1
    kills = 0
    for owner, name in POINTS:
        for after in (False, True):
            for nth in range(1, times + 1):
                change(documents, random_, 1000 + kills)
                code = wait(forked(partial(_run_and_die, owner, name, after, nth, folder, documents)))
                kills += code == -signal.SIGKILL
                wrong += not resumes_soundly(folder, documents)
    return kills, wrong


def _run_and_die(owner: Any, name: str, after: bool, nth: int, folder: Path, documents: Path) -> None:
    """Run, and kill this process before or after the nth call of a function."""
    original = getattr(owner, name)
    calls = 0

    def replacement(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **options)
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, replacement)
    run(folder, documents)


def main() -> None:
    """Kill, resume, check, and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", nargs="?", type=int, default=0, help="kills at random moments")
    parser.add_argument("--points", action="store_true", help="kill at every kind of write")
    parser.add_argument("--times", type=int, default=_TIMES, help="at how many calls of each kind of write")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    prepare._PART_CHUNKS = _PART_CHUNKS
    total_wrong = 0
    for mode in (["points"] if arguments.points else []) + (["random"] if arguments.kills else []):
        with tempfile.TemporaryDirectory() as made:
            folder, documents = Path(made, "library"), Path(made, "documents")
            documents.mkdir()
            started = time.monotonic()
            if mode == "points":
                kills, wrong = at_points(folder, documents.resolve(), arguments.times, arguments.seed)
            else:
                kills, wrong = random_moments(folder, documents.resolve(), arguments.kills, arguments.seed)
            print(f"{mode}: {kills} kills, {wrong} with anything lost or doubled, {time.monotonic() - started:.0f} s")
            total_wrong += wrong
    sys.exit(1 if total_wrong else 0)


if __name__ == "__main__":
    main()
