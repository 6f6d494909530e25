"""Measure a whole search over many passages: `python -m benchmarks.load.search PASSAGES.jsonl[.gz] [--chunks N]`.

PASSAGES has one JSON object a line with `text` and perhaps `title`. They are indexed once, through the real ingestor;
the queries are the first words of passages spread over the file. Prints the milliseconds of a search (query embedding,
both indexes, fusion) in each mode, the memory, and the recall of the dense index. `--chunks` copies the library until
it has so many chunks, text repeated, vectors with noise; `--passages-of` embeds only so many passages before that.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks.machine import describe, peak_memory_gb
from evaluation.indexing import index_documents
from evaluation.labelled_set import CorpusDocument
from evaluation.set_files import read_json_lines
from rag.interfaces import Library, Vectors
from rag.retrieval.hybrid import query_vector
from rag.runtime.progress import no_progress
from rag.services import Services
from rag.settings import load_settings
from rag.types import Content, NewChunk, NewDocument, Page

_QUERY_WORDS = 10
_NOISE = 0.5
"""Length of the noise added to a copied unit vector: its cosine to the original is about 0.9."""

_BATCH = 1_000
_CHUNKS_PER_DOCUMENT = 20
_TOP = 10


def main() -> None:
    """Index if that was not done before, search, and print percentiles, memory and recall."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--chunks", type=int, default=0)
    parser.add_argument("--passages-of", type=int, default=0, help="index only so many, spread over the file")
    options = parser.parse_args()
    documents = [
        CorpusDocument(str(number), str(row.get("title") or ""), str(row["text"]))
        for number, row in enumerate(read_json_lines(options.passages))
    ]
    if options.passages_of:
        documents = documents[:: max(1, len(documents) // options.passages_of)][: options.passages_of]
    queries = [
        " ".join(document.text.split()[:_QUERY_WORDS])
        for document in documents[:: max(1, len(documents) // options.queries)]
    ]
    with ExitStack() as stack:
        name = options.passages.parent.name
        services, rate = index_documents(name, documents, load_settings(), no_progress, stack)
        print(describe(), flush=True)
        indexing = "earlier" if rate is None else f"at {rate:.0f} documents/s"
        print(
            f"{len(documents):,} documents, {services.library.chunk_count():,} chunks, indexed {indexing}", flush=True
        )
        if options.chunks:
            services = stack.enter_context(_scaled(services, options.chunks))
        _measure(services, queries)


def _measure(services: Services, queries: list[str]) -> None:
    before = _resident_gb()
    started = time.perf_counter()
    services.retriever.retrieve("the first search opens the indexes", 5)
    print(f"{services.library.chunk_count():,} chunks: first search {time.perf_counter() - started:.2f} s")
    for mode, weight in (("dense", 1.0), ("keyword", 0.0), ("hybrid", None)):
        retriever = services.make_retriever(weight)
        retriever.retrieve("warm up", 5)
        times = []
        for query in queries:
            started = time.perf_counter()
            retriever.retrieve(query, _TOP)
            times.append(1000 * (time.perf_counter() - started))
        p50, p95 = np.percentile(times, [50, 95])
        print(f"{mode}: p50 {p50:.1f} ms, p95 {p95:.1f} ms", flush=True)
    print(f"memory: {_resident_gb():.2f} GB resident, {before:.2f} GB of it before the first search")
    print(f"recall@{_TOP} of the dense index against exact search: {_recall(services, queries):.4f}")


def _recall(services: Services, queries: list[str]) -> float:
    vectors = np.stack([query_vector(query, services.embedder) for query in queries])
    exact = exact_nearest(vectors, services.library, services.library.chunk_ids())
    found = [services.indexes.dense.search(vector, _TOP) for vector in vectors]
    shares = [len({id_ for id_, _ in hits} & set(true)) / _TOP for hits, true in zip(found, exact, strict=True)]
    return float(np.mean(shares))


def exact_nearest(vectors: Vectors, library: Library, ids: list[int]) -> list[list[int]]:
    """Return the nearest of these chunks by exact search in float32, in any order."""
    best_ids = np.zeros((len(vectors), 0), dtype=np.int64)
    best = np.zeros((len(vectors), 0), dtype=np.float32)
    for batch in _batches(ids, 20_000):
        best_ids = np.hstack([best_ids, np.tile(batch, (len(vectors), 1))])
        best = np.hstack([best, vectors @ library.known_vectors(batch)[1].T])
        top = np.argpartition(-best, _TOP, axis=1)[:, :_TOP]
        best_ids, best = np.take_along_axis(best_ids, top, 1), np.take_along_axis(best, top, 1)
    return [[int(id_) for id_ in row] for row in best_ids]


def _scaled(services: Services, chunks: int) -> Services:
    """Return services over a second library, filled with copies of the first until it has so many chunks."""
    folder = services.settings.library.with_name(f"{services.settings.library.name}-{chunks}")
    scaled = Services(services.settings.model_copy(update={"library": folder, "database": None}))
    scaled.embedder  # noqa: B018  loaded first, so that memory before the first search includes it
    generator = np.random.default_rng(len(scaled.library.names()))
    originals = services.library.chunk_ids()
    copy = scaled.library.chunk_count() // len(originals)
    while (lacking := chunks - scaled.library.chunk_count()) > 0:
        for ids in _batches(originals[:lacking], _BATCH):
            scaled.library.replace_all(list(_copies(services.library, ids, copy, generator)))
        copy += 1
        print(f"  {scaled.library.chunk_count():,} chunks stored", flush=True)
    return scaled


def with_noise(vectors: Vectors, generator: np.random.Generator) -> Vectors:
    """Return copies of unit vectors that are no longer the same."""
    noise = generator.normal(size=vectors.shape) * _NOISE / np.sqrt(vectors.shape[1])
    noisy: Vectors = (vectors + noise).astype(np.float32)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    return noisy


def _copies(
    library: Library, ids: list[int], copy: int, generator: np.random.Generator
) -> Iterator[tuple[Content, Vectors]]:
    noisy = with_noise(library.known_vectors(ids)[1], generator)
    chunks = library.chunks(ids)
    for start in range(0, len(ids), _CHUNKS_PER_DOCUMENT):
        part = chunks[start : start + _CHUNKS_PER_DOCUMENT]
        document = NewDocument(
            name=part[0].document, source=f"{copy}/{part[0].id}", sha256="", recipe="benchmark", size=1
        )
        pages = tuple(
            Page(number=number, label=str(number), text=chunk.text) for number, chunk in enumerate(part, start=1)
        )
        new = tuple(
            NewChunk(number, 0, len(chunk.text), chunk.text, chunk.heading)
            for number, chunk in enumerate(part, start=1)
        )
        yield Content(document, pages, new), noisy[start : start + _CHUNKS_PER_DOCUMENT]


def _batches(ids: list[int], size: int) -> Iterator[list[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _resident_gb() -> float:
    """Return the current memory of this process where the system reports it, else its peak."""
    status = Path("/proc/self/statm")
    if status.is_file():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e9
    return peak_memory_gb()


if __name__ == "__main__":
    main()
