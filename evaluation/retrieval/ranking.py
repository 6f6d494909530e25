"""`citewell eval retrieval`: rank documents through the real library and retriever, dense, keyword and hybrid.

The score of a document is that of its best chunk.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from evaluation.datasets.labelled_set import RetrievalSet
from evaluation.retrieval.indexing import index_documents
from rag.runtime.progress import Progress
from rag.services import Services
from rag.settings import Settings

MEASURES = {
    "ndcg@10": nDCG @ 10,
    "recall@3": R @ 3,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "recall@20": R @ 20,
    "mrr@3": RR @ 3,
    "mrr@10": RR @ 10,
}
MODES = {"dense": 1.0, "keyword": 0.0, "hybrid": None}
"""Dense weight of each mode; None is that of the settings."""

_DEPTH = 20
_CHUNKS_PER_DOCUMENT = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """Measures of one mode. `p50_ms` and `p95_ms` are of a whole query, its embedding included."""

    mode: str
    measures: dict[str, float]
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """The report that `citewell eval retrieval` prints. `documents_per_s` is None if the set was indexed before."""

    set: str
    documents: int
    queries: int
    documents_per_s: float | None
    outcomes: tuple[Outcome, ...]


def evaluate(labelled: RetrievalSet, settings: Settings, progress: Progress, modes: Sequence[str]) -> Report:
    """Index the set if that was not done before, and measure each mode."""
    with ExitStack() as stack:
        services, rate = index_documents(labelled.name, labelled.documents, settings, progress, stack)
        outcomes = tuple(_measure(mode, labelled, services, progress) for mode in modes)
    return Report(labelled.name, len(labelled.documents), len(labelled.queries), rate, outcomes)


def _measure(mode: str, labelled: RetrievalSet, services: Services, progress: Progress) -> Outcome:
    retriever = services.make_retriever(MODES[mode])
    sources = {document.id: document.source for document in services.library.documents()}
    run: list[ir_measures.ScoredDoc] = []
    milliseconds: list[float] = []
    for done, (id_, query) in enumerate(labelled.queries.items(), start=1):
        started = time.perf_counter()
        passages = retriever.retrieve(query, _DEPTH * _CHUNKS_PER_DOCUMENT)
        milliseconds.append(1000 * (time.perf_counter() - started))
        best: dict[str, float] = {}
        for passage in passages:
            best.setdefault(sources[passage.chunk.document_id], passage.score)
        run.extend(ir_measures.ScoredDoc(id_, document, score) for document, score in list(best.items())[:_DEPTH])
        progress(f"{labelled.name}, {mode}", done, len(labelled.queries))
    judged = [
        ir_measures.Qrel(id_, document, grade)
        for id_ in labelled.queries
        for document, grade in labelled.judgements[id_].items()
    ]
    values = ir_measures.calc_aggregate(MEASURES.values(), judged, run)
    return Outcome(
        mode,
        {name: float(values[measure]) for name, measure in MEASURES.items()},
        float(np.percentile(milliseconds, 50)),
        float(np.percentile(milliseconds, 95)),
    )
