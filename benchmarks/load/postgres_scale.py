"""Measure searches in PostgreSQL as a library grows: `python -m benchmarks.load.postgres_scale LIBRARY… [options]`.

A server is started in a folder of its own (set TMPDIR to say where; a million chunks take some 7 GB) and deleted at the
end. LIBRARY are folders of libraries whose vectors are copied with noise; the texts are theirs and those of
`--passages`. Prints, for each size: seconds to build, size, memory of the server, milliseconds of a search in each mode
over everything and within one of 100 owners, and the recall of the dense index. Queries are embedded beforehand.
`computing` is the processor time of client and server together, which a search takes on a machine that is idle.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import numpy as np
import psycopg

from benchmarks.load.made_library import OWNERS, Library, Originals, owner_of
from benchmarks.load.search import exact_nearest
from benchmarks.machine import describe
from evaluation.set_files import read_json_lines
from rag.interfaces import Vectors
from rag.retrieval.hybrid import HybridRetriever
from rag.services import Services
from rag.settings import load_settings
from rag.stores.open_stores import SqliteStores
from rag.stores.postgres.postgres_stores import PostgresStores
from tests.support.servers.postgres_server import postgres_server

_TOP = 10
_WORDS = 120
"""Words of a passage that are kept, about as many as a chunk has."""

_QUERY_WORDS = 10
_SETTINGS = {
    "shared_buffers": "1GB",
    "max_parallel_workers_per_gather": "0",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
}


class KnownQueries:
    """An embedder of queries whose vectors are known."""

    model_name, max_tokens, unrelated_cosine, is_multilingual = "minilm", 256, 0.0, False

    def __init__(self, vectors: dict[str, Vectors]) -> None:
        self._vectors = vectors
        self.dimension = len(next(iter(vectors.values())))

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a known query."""
        return self._vectors[text]

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return vectors of texts; zeros for those that are no known queries, such as headings."""
        return np.stack([self._vectors.get(text, np.zeros(self.dimension, np.float32)) for text in texts])


def main() -> None:
    """Grow a library to each size, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("libraries", nargs="+", type=Path)
    parser.add_argument("--passages", type=Path, required=True, help="JSON lines with a text each")
    parser.add_argument("--questions", type=Path, required=True, help="JSON lines with a text each")
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=100)
    options = parser.parse_args()
    passages = [" ".join(str(row["text"]).split()[:_WORDS]) for row in read_json_lines(options.passages)]
    originals = _originals(options.libraries, passages)
    questions = [str(row["text"]) for row in read_json_lines(options.questions)][: options.queries // 2]
    embedded = originals.texts[: len(originals.vectors)]
    step = max(1, len(embedded) // (options.queries - len(questions)))
    questions += [" ".join(text.split()[:_QUERY_WORDS]) for text in embedded[::step]][: options.queries // 2]
    with Services(load_settings()) as services:
        embedder = KnownQueries({question: services.embedder.embed_query(question) for question in questions})
    print(describe(), f"{len(originals.texts):,} texts, {len(originals.vectors):,} vectors", flush=True)
    with postgres_server() as server:
        for name, value in _SETTINGS.items():
            server.run(f"ALTER SYSTEM SET {name} = '{value}'")
        server.stop()
        server.start()
        with server.database() as name:
            address = server.address_of(name)
            with closing(PostgresStores(address, "minilm")):
                pass
            with psycopg.connect(address, autocommit=True) as db:
                library = Library(db, originals)
                for size in options.sizes:
                    library.grow(size)
                    print(f"\n{size:,} chunks; seconds so far: {_seconds(library.seconds)}", flush=True)
                    _report(address, db, embedder, questions)


def _originals(folders: Sequence[Path], passages: list[str]) -> Originals:
    texts, vectors = [], []
    for folder in folders:
        with closing(SqliteStores(folder, "minilm")) as stores:
            ids = stores.library.chunk_ids()
            texts += [chunk.text for chunk in stores.library.chunks(ids)]
            vectors.append(stores.library.known_vectors(ids)[1])
    return Originals([text for text in dict.fromkeys([*texts, *passages]) if text.strip()], np.concatenate(vectors))


def _seconds(spent: dict[str, float]) -> str:
    return ", ".join(f"{what} {seconds:.0f}" for what, seconds in spent.items())


def _report(address: str, db: psycopg.Connection[Any], embedder: KnownQueries, questions: list[str]) -> None:
    with closing(PostgresStores(address, "minilm")) as stores:
        documents = [document for document in stores.library.names() if owner_of(document) == "user7"]
        for place, within in (("everything", None), (f"one of {OWNERS} owners", frozenset(documents))):
            for mode, weight in (("dense", 1.0), ("keyword", 0.0), ("hybrid", None)):
                indexes = stores.indexes(embedder.dimension)
                retriever = HybridRetriever(stores.library, indexes, cast("Any", embedder), dense_weight=weight)
                passed, computed = _times(
                    lambda question: retriever.retrieve(question, _TOP, within),  # noqa: B023
                    questions,
                    db,
                )
                print(f"{place}, {mode}: {_percentiles(passed)}; computing {_percentiles(computed)}", flush=True)
            ids = stores.library.chunk_ids(within)
            print(
                f"  recall@{_TOP} of {len(ids):,}: {_recall(stores, embedder, questions, ids, within):.4f}", flush=True
            )
        (size,) = db.execute(b"SELECT pg_database_size(current_database())").fetchone() or (0,)
        print(f"database {size / 1e9:.2f} GB; memory of the server {_server_gb(db):.2f} GB (PSS)", flush=True)


def _times(
    search: Callable[[str], object], questions: Sequence[str], db: psycopg.Connection[Any]
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each search, and those that processors computed: the rest is waiting for them."""
    for question in questions[:5]:
        search(question)
    query = b"SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name = 'citewell'"
    servers = [Path(f"/proc/{pid}/schedstat") for (pid,) in db.execute(query)]
    passed, computed = [], []
    for question in questions:
        before, begun = _computing_ms(servers), time.perf_counter()
        search(question)
        passed.append(1000 * (time.perf_counter() - begun))
        computed.append(_computing_ms(servers) - before)
    return passed, computed


def _computing_ms(servers: Sequence[Path]) -> float:
    """Return the processor time so far of this process and of the server's."""
    return sum(int(each.read_text().split()[0]) for each in servers) / 1e6 + 1000 * time.process_time()


def _percentiles(times: list[float]) -> str:
    p50, p95 = np.percentile(times, [50, 95])
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _recall(stores: PostgresStores, embedder: KnownQueries, questions: list[str], ids: list[int], within: Any) -> float:
    vectors = embedder.embed_queries(questions)
    dense = stores.indexes(embedder.dimension).dense
    found = [dense.search(vector, _TOP, None if within is None else frozenset(ids)) for vector in vectors]
    exact = exact_nearest(vectors, stores.library, ids)
    return float(np.mean([len({id_ for id_, _ in f} & set(e)) / _TOP for f, e in zip(found, exact, strict=True)]))


def _server_gb(db: psycopg.Connection[Any]) -> float:
    """Return the memory of the server's processes, what they share counted once."""
    postmaster = _parent(db.info.backend_pid)
    own = [pid for pid in _processes() if pid == postmaster or _parent(pid) == postmaster]
    lines = [line for pid in own for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e9


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


if __name__ == "__main__":
    main()
