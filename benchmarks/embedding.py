"""Compare embedding with the defaults of sentence-transformers: `python -m benchmarks.embedding CORPUS.jsonl[.gz]`.

Both embed the same texts of a corpus in BEIR's layout, in turn, several times. Prints the texts per second of each, the
ratio of their medians, and the mean cosine between their vectors; `citewell eval retrieval` measures what a difference
costs.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from benchmarks.machine import describe
from evaluation.set_files import read_json_lines
from rag.interfaces import Vectors
from rag.models.embedder import SentenceTransformerEmbedder
from rag.models.resolve import resolve_model
from rag.settings import load_settings


def main() -> None:
    """Embed with both engines, and print one line per engine and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--texts", type=int, default=512)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    texts = [f"{row.get('title', '')}\n{row['text']}".strip() for row in read_json_lines(options.corpus)][
        : options.texts
    ]
    settings = load_settings()
    folder = resolve_model(settings.embedder, "embedder", settings.models)
    plain = SentenceTransformer(str(folder))
    ours = SentenceTransformerEmbedder(folder, "bench")
    engines: dict[str, Callable[[], Vectors]] = {
        "sentence-transformers' defaults": lambda: np.asarray(plain.encode(texts, normalize_embeddings=True)),
        "Citewell": lambda: ours.embed_documents(texts),
    }
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    vectors: dict[str, Vectors] = {}
    for _ in range(options.runs):
        for name, embed in engines.items():
            started = time.perf_counter()
            vectors[name] = embed()
            seconds[name].append(time.perf_counter() - started)
    print(describe())
    rates = {name: len(texts) / statistics.median(times) for name, times in seconds.items()}
    for name, rate in rates.items():
        print(f"{name}: {rate:.1f} texts/s")
    first, second = rates.values()
    one, other = vectors.values()
    cosine = float((one * other).sum(axis=1).mean())
    print(f"ratio {second / first:.2f}, mean cosine {cosine:.5f}")


if __name__ == "__main__":
    main()
