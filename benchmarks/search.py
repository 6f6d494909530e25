"""Milliseconds of a whole search (query embedding, both indexes, fusion) over many passages.

`python -m benchmarks.search PASSAGES.jsonl[.gz]`: one JSON object a line with `text` and perhaps `title`. The passages
are indexed through the real ingestor, once; the queries are the first words of passages spread over the file.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.machine import describe
from evaluation.beir import CorpusDocument, read_rows
from evaluation.indexing import indexed
from rag.settings import load_settings

_QUERY_WORDS = 10


def main() -> None:
    """Index if that was not done before, search, and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--queries", type=int, default=500)
    options = parser.parse_args()
    documents = [
        CorpusDocument(str(number), str(row.get("title") or ""), str(row["text"]))
        for number, row in enumerate(read_rows(options.passages))
    ]
    services, rate = indexed(options.passages.parent.name, documents, load_settings(), lambda *_: None)
    print(describe())
    indexing = "earlier" if rate is None else f"at {rate:.0f} documents/s"
    print(f"{len(documents):,} documents, {services.library.chunk_count():,} chunks, indexed {indexing}")
    started = time.perf_counter()
    services.retriever.retrieve("the first search opens the indexes", 5)
    print(f"first search {time.perf_counter() - started:.2f} s")
    for mode, weight in (("dense", 1.0), ("keyword", 0.0), ("hybrid", None)):
        retriever = services.make_retriever(weight)
        retriever.retrieve("warm up", 5)
        times = []
        for document in documents[:: max(1, len(documents) // options.queries)]:
            started = time.perf_counter()
            retriever.retrieve(" ".join(document.text.split()[:_QUERY_WORDS]), 10)
            times.append(1000 * (time.perf_counter() - started))
        p50, p95 = np.percentile(times, [50, 95])
        print(f"{mode}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")


if __name__ == "__main__":
    main()
