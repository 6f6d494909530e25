"""`citewell eval retrieval`: ranks documents through the real library and retriever, dense, keyword and hybrid.

A document is scored by its best chunk. The set is indexed once per content and settings, in a library of its own in the
user's cache, so a second run is quick.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from platformdirs import user_cache_path

from evaluation.beir import CorpusDocument, RetrievalSet
from ingest.chunking import VERSION as CHUNKING
from ingest.chunking import StructureChunker
from ingest.factory import open_ingestor
from ingest.prepare import Prepared
from ingest.readers.clean import clean_text
from rag.factory import Services
from rag.settings import Settings
from rag.types import Content, NewDocument, Page

MEASURES = {
    "ndcg@10": nDCG @ 10,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "recall@20": R @ 20,
    "mrr@10": RR @ 10,
}
MODES = {"dense": 1.0, "keyword": 0.0, "hybrid": None}
"""The dense weight of each mode; None is the setting's own."""

_DEPTH = 20
_CHUNKS_PER_DOCUMENT = 4

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The measures of one mode. `p50_ms` and `p95_ms` are of a whole query, its embedding included."""

    mode: str
    measures: dict[str, float]
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """What `citewell eval retrieval` prints. `documents_per_s` is None when the index was there already."""

    set: str
    documents: int
    queries: int
    documents_per_s: float | None
    outcomes: tuple[Outcome, ...]


def evaluate(labelled: RetrievalSet, settings: Settings, progress: Progress, modes: Sequence[str]) -> Report:
    """Index the set if that was not done before, and measure the modes."""
    services = Services(settings.model_copy(update={"library": library_folder(labelled, settings)}))
    rate = _index(labelled, services, progress)
    outcomes = tuple(_measure(mode, labelled, services, progress) for mode in modes)
    return Report(labelled.name, len(labelled.documents), len(labelled.queries), rate, outcomes)


def library_folder(labelled: RetrievalSet, settings: Settings) -> Path:
    """Where the set's library is kept: named by its content and by what decides how it is cut and embedded."""
    digest = hashlib.sha256()
    for document in labelled.documents:
        digest.update(repr(asdict(document)).encode())
    digest.update(repr((settings.embedder, settings.chunk_tokens, CHUNKING)).encode())
    return user_cache_path("citewell") / "evaluation" / f"{labelled.name.split()[0]}-{digest.hexdigest()[:16]}"


def _index(labelled: RetrievalSet, services: Services, progress: Progress) -> float | None:
    ingestor = open_ingestor(services)
    known = {document.source for document in services.library.documents()}
    missing = [document for document in labelled.documents if document.id not in known]
    if not missing:
        return None
    services.embedder  # noqa: B018  loading it is not indexing
    started = time.perf_counter()
    steps = (_prepared(document, ingestor.preparer.chunker) for document in missing)
    for done, _ in enumerate(ingestor.store(steps), start=1):
        progress(f"indexing {labelled.name}", done, len(missing))
    services.retriever.retrieve("bring the indexes up to date", 1)
    return len(missing) / (time.perf_counter() - started)


def _prepared(document: CorpusDocument, chunker: StructureChunker) -> Prepared:
    """A document of a set as a file would come out of its reader; its title is context, as a heading is."""
    page = Page(1, "", clean_text(document.text) or document.title or "(empty)")
    new = NewDocument(document.title, document.id, "", "evaluation", len(document.text))
    return Prepared(Content(new, (page,), tuple(chunker.chunk([page], document.title))), False, 0.0, "")


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
