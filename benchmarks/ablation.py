"""Measure what each part of the search adds: `python -m benchmarks.ablation FOLDER [--float32]`.

FOLDER contains labelled sets by name (scifact, mlquestions, cranfield, anthropic_docs_rag, chroma_chunking,
financebench); missing ones are left out. Prints a table with a column per set and a row per variant: the whole search,
then without one part at a time. `--float32` measures an embedder in float32 instead.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from platformdirs import user_cache_path

import rag.models.embedder
from benchmarks.datasets.cookbook import read_cookbook
from benchmarks.machine import describe
from benchmarks.quality import chunking, pages
from evaluation import indexing, ranking
from evaluation.labelled_set import read_set
from rag.runtime.progress import no_progress
from rag.settings import Settings, load_settings

_VARIANTS: dict[str, dict[str, Any]] = {
    "all of it": {},
    "one fixed weight, .75": {
        "hybrid.DENSE_WEIGHT": 0.75,
        "hybrid.keyword_strength": lambda _keyword, _attainable: 1.0,
    },
    "rarity of words in the whole library": {"hybrid._Scopes.narrowest": None},
    "no headings": {"sections._WEIGHT": 0.0},
    "no name boost": {"hybrid._NAME_BOOST": 0.0},
    "no same-page penalty": {"fusion._SAME_PAGE_PENALTY": 0.0},
    "question as one sentence": {"hybrid.query_vector": lambda query, embedder: embedder.embed_query(query)},
    "20 candidates a side": {"hybrid.CANDIDATES": 20},
}
"""What replaces which part of `rag.retrieval`."""


def main() -> None:
    """Measure every variant on every set, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--float32", action="store_true")
    options = parser.parse_args()
    print(describe(), flush=True)
    columns = _columns(options.folder, load_settings())
    if options.float32:
        columns = {name: column for name, column in columns.items() if name in ("SciFact", "Cranfield")}
    print("| variant |" + "".join(f" {name} |" for name in columns), flush=True)
    variants = {"embedder in float32": {}} if options.float32 else _VARIANTS
    for variant, parts in variants.items():
        with _replacing(parts), _float32(active=options.float32):
            row = [measure() for measure in columns.values()]
        print(f"| {variant} |" + "".join(f" {value} |" for value in row), flush=True)


def _columns(folder: Path, settings: Settings) -> dict[str, Callable[[], str]]:
    def ranked(name: str, split: str | None, measure: str) -> str:
        labelled = read_cookbook(folder / name) if name.startswith("anthropic") else read_set(folder / name, split)
        (outcome,) = ranking.evaluate(labelled, settings, no_progress, ["hybrid"]).outcomes
        return f"{outcome.measures[measure]:.4f}"

    def quoted_excerpts() -> str:
        report = chunking.evaluate(folder / "chroma_chunking", settings)
        return f"{report.recall:.1f} / {report.iou:.2f}"

    def answering_pages() -> str:
        report = pages.evaluate(folder / "financebench", settings)
        return f"{report.overall.among_all:.3f} / {report.overall.within_documents:.3f}"

    columns: dict[str, tuple[str, Callable[[], str]]] = {
        "SciFact": ("scifact", lambda: ranked("scifact", "test", "ndcg@10")),
        "MLQuestions": ("mlquestions", lambda: ranked("mlquestions", "dev", "ndcg@10")),
        "Cranfield": ("cranfield", lambda: ranked("cranfield", None, "ndcg@10")),
        "Anthropic docs (recall@3)": ("anthropic_docs_rag", lambda: ranked("anthropic_docs_rag", None, "recall@3")),
        "Chroma (recall / IoU)": ("chroma_chunking", quoted_excerpts),
        "FinanceBench (all / within)": ("financebench", answering_pages),
    }
    return {name: measure for name, (where, measure) in columns.items() if (folder / where).is_dir()}


@contextmanager
def _replacing(parts: dict[str, Any]) -> Iterator[None]:
    with ExitStack() as stack:
        for name, value in parts.items():
            stack.enter_context(patch(f"rag.retrieval.{name}", value))
        yield


@contextmanager
def _float32(*, active: bool) -> Iterator[None]:
    """Index and search with a float32 embedder, in separate libraries."""
    if not active:
        yield
        return
    with (
        patch.object(rag.models.embedder, "embedding_dtype", return_value=torch.float32),
        patch.object(indexing, "user_cache_path", lambda name: user_cache_path(name) / "float32"),
    ):
        yield


if __name__ == "__main__":
    main()
