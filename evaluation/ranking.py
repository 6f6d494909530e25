"""`citewell eval retrieval`: rank documents through the real library and retriever, dense, keyword and hybrid.

The score of a document is that of its best chunk.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from evaluation.case_selection import sample
from evaluation.indexing import index_documents
from evaluation.labelled_set import RetrievalSet
from evaluation.set_files import EvaluationError
from rag.answering.translation import Translator
from rag.retrieval.fusion import best_of
from rag.retrieval.query_translation import search_wordings
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
_MAX_FOUND = 2 * _DEPTH * _CHUNKS_PER_DOCUMENT


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


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """Queries that are asked: all or a sample of them; as they are, or also as the language model translates them."""

    limit: int | None = None
    seed: int = 0
    translate: bool = False


def evaluate(
    labelled: RetrievalSet,
    settings: Settings,
    progress: Progress,
    modes: Sequence[str],
    options: QueryOptions = QueryOptions(),
) -> Report:
    """Index the set if that was not done before, and measure each mode.

    Raises:
        EvaluationError: it has no query that anything is relevant to.
    """
    if not labelled.queries:
        raise EvaluationError(f"'{labelled.name}' has no query with a relevant document: nothing can be measured.")
    queries = sample(list(labelled.queries.items()), options.limit, options.seed, lambda query: query[0])
    labelled = replace(labelled, queries=dict(queries))
    with ExitStack() as stack:
        services, rate = index_documents(labelled.name, labelled.documents, settings, progress, stack)
        wordings = _wordings(labelled, services, progress, options.translate)
        outcomes = tuple(_measure(mode, labelled, wordings, services, progress) for mode in modes)
    return Report(labelled.name, len(labelled.documents), len(labelled.queries), rate, outcomes)


def _wordings(
    labelled: RetrievalSet,
    services: Services,
    progress: Progress,
    translate: bool,
) -> Mapping[str, Sequence[str]]:
    """Return each query, with its translation where the app would translate it."""
    if not translate:
        return {id_: [query] for id_, query in labelled.queries.items()}
    retriever, translator = services.retriever, Translator(services.generator)

    def reword(query: str) -> list[str]:
        return search_wordings(query, retriever, translator.question, None, None)

    found: dict[str, list[str]] = {}
    with ThreadPoolExecutor(services.settings.answers_at_once) as threads:
        for id_, wordings in zip(labelled.queries, threads.map(reword, labelled.queries.values()), strict=True):
            found[id_] = wordings
            progress("translating the queries", len(found), len(labelled.queries))
    return found


def _measure(
    mode: str,
    labelled: RetrievalSet,
    wordings: Mapping[str, Sequence[str]],
    services: Services,
    progress: Progress,
) -> Outcome:
    retriever = services.make_retriever(MODES[mode])
    sources = {document.id: document.source for document in services.library.documents()}
    run: list[ir_measures.ScoredDoc] = []
    milliseconds: list[float] = []
    for done, (id_, queries) in enumerate(wordings.items(), start=1):
        started = time.perf_counter()
        passages = best_of([retriever.retrieve(query, _DEPTH * _CHUNKS_PER_DOCUMENT) for query in queries], _MAX_FOUND)
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
