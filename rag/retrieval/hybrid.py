"""Hybrid retrieval: dense and keyword search side by side, then score fusion (which is pure).

The constants were chosen on six labelled sets jointly; `benchmarks/RESULTS.md` has the ablations.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from rag.interfaces import Embedder, KeywordIndex, Library, VectorIndex, Vectors
from rag.runtime.progress import Progress
from rag.text.document_names import NameMatcher
from rag.types import Passage

Hits = Sequence[tuple[int, float]]
"""(chunk id, score), best first."""

CANDIDATES = 50
"""Candidates of each side (or the limit, if that is more); scores that one side lacks are then looked up."""

_MAX_DENSE_WEIGHT, _MIN_DENSE_WEIGHT = 0.90, 0.65
_STEEP_FALL = 0.40
_KTH = 5
_NAME_BOOST = 0.10
_SAME_PAGE_PENALTY = 0.06
_MAX_NAMED_DOCUMENTS = 20
_MAX_EXACT_SEARCH = 1_000
"""Up to this many vectors are faster to fetch and compare than the index is to filter."""

_SENTENCE = re.compile(r"(?<=[.?!:])\s+")
_SENTENCE_WORDS = 3


class Indexes(Protocol):
    """The two indexes of a library, brought up to date on request."""

    @property
    def dense(self) -> VectorIndex:
        """Nearest neighbours."""

    @property
    def keyword(self) -> KeywordIndex:
        """BM25."""

    def refresh(self) -> None:
        """Apply what has been committed to the library since."""

    def purge(self, progress: Progress = ...) -> None:
        """Delete removed documents and replaced versions from the files on disk.

        Searches continue meanwhile. `progress` receives the number of chunks done, and the total.
        """

    def rebuild(self) -> None:
        """Rebuild both from the library."""

    def findings(self) -> Iterator[str]:
        """Yield differences from the library, in words; none if all is well."""


@dataclass(frozen=True, slots=True)
class _CachedNames:
    generation: int
    matcher: NameMatcher


class HybridRetriever:
    """A `Retriever` over both indexes.

    `dense_weight` 1 is dense only, 0 keyword only; None weighs each query by its own keyword scores.
    """

    def __init__(
        self, library: Library, indexes: Indexes, embedder: Embedder, *, dense_weight: float | None = None
    ) -> None:
        self._library = library
        self._indexes = indexes
        self._embedder = embedder
        self._dense_weight = dense_weight
        self._names = _CachedNames(-1, NameMatcher({}))

    def retrieve(self, query: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """Return at most `limit` passages, best first; `within` restricts the search to these document ids."""
        self._indexes.refresh()
        allowed = None if within is None else frozenset(self._library.chunk_ids(within))
        named = self._named_documents(query)
        dense, keyword = self._search(query, max(CANDIDATES, limit), allowed, named)
        weight = dense_weight(keyword) if self._dense_weight is None else self._dense_weight
        scores = fuse(dense, keyword, weight)
        # A document may have been replaced since the search: `chunks` leaves out those that no longer exist.
        chunks = self._library.chunks([id_ for id_, _ in scores])
        boosted = dict(scores)
        for chunk in chunks:
            boosted[chunk.id] += _NAME_BOOST * named.get(chunk.document_id, 0.0)
        ranked = sorted(chunks, key=lambda chunk: (-boosted[chunk.id], chunk.id))
        return diversify_pages([Passage(chunk, boosted[chunk.id]) for chunk in ranked], limit)

    def _search(
        self, query: str, count: int, allowed: AbstractSet[int] | None, named: Mapping[int, float]
    ) -> tuple[Hits, Hits]:
        """Return both sides' scores for the same chunks: the best of either side, and of the documents it names."""
        scopes = [allowed]
        best = {id_ for id_, score in named.items() if score == 1.0}
        if 0 < len(best) <= _MAX_NAMED_DOCUMENTS:
            inside = frozenset(self._library.chunk_ids(best))
            scopes.append(inside if allowed is None else inside & allowed)
        dense: dict[int, float] = {}
        keyword: dict[int, float] = {}
        vector = query_vector(query, self._embedder) if self._dense_weight != 0 else None
        for scope in scopes:
            if vector is not None:
                dense.update(self._nearest(vector, count, scope))
            if self._dense_weight != 1:
                keyword.update(self._indexes.keyword.search(query, count, scope))
        if vector is not None and (unscored := keyword.keys() - dense.keys()):
            dense.update(self._nearest(vector, len(unscored), unscored))
        if self._dense_weight != 1 and (unscored := dense.keys() - keyword.keys()):
            keyword.update(self._indexes.keyword.search(query, len(unscored), unscored))
        return _best_first(dense), _best_first(keyword)

    def _nearest(self, vector: Vectors, count: int, scope: AbstractSet[int] | None) -> Hits:
        """Return the nearest chunks; within a small scope, by exact comparison."""
        if scope is None or len(scope) > _MAX_EXACT_SEARCH:
            return self._indexes.dense.search(vector, count, scope)
        ids, vectors = self._library.known_vectors(sorted(scope))
        return _best_first(dict(zip(ids, (vectors @ vector).tolist(), strict=True)))[:count]

    def _named_documents(self, query: str) -> dict[int, float]:
        generation = self._library.generation
        if self._names.generation != generation:
            self._names = _CachedNames(generation, NameMatcher(self._library.names()))
        return self._names.matcher.scores(query)


def query_vector(query: str, embedder: Embedder) -> Vectors:
    """Return the vector of a query; of several sentences, halfway between the whole and their mean."""
    whole = embedder.embed_query(query)
    sentences = [sentence for sentence in _SENTENCE.split(query) if len(sentence.split()) > _SENTENCE_WORDS]
    if len(sentences) < 2:
        return whole
    mean = np.mean([embedder.embed_query(sentence) for sentence in sentences], axis=0)
    return _unit(whole + _unit(mean))


def dense_weight(keyword: Hits) -> float:
    """Return the weight of the dense side for a query, by how steeply its keyword scores fall.

    Keywords that single out a few chunks count more than keywords that match many equally well.
    """
    if not keyword or keyword[0][1] <= 0:
        return 1.0
    kth = keyword[_KTH - 1][1] if len(keyword) >= _KTH else 0.0
    fall = 1.0 - kth / keyword[0][1]
    return _MAX_DENSE_WEIGHT - (_MAX_DENSE_WEIGHT - _MIN_DENSE_WEIGHT) * min(1.0, fall / _STEEP_FALL)


def fuse(dense: Hits, keyword: Hits, weight: float) -> list[tuple[int, float]]:
    """Score by `weight` x cosine + (1 - `weight`) x BM25 / the query's best BM25; best first, ties by id.

    A chunk without a word of the query has BM25 0; one without a cosine gets the lowest of the list, or 0.
    """
    cosines, relative = dict(dense), _relative_to_best(keyword)
    lowest = min(0.0, min(cosines.values(), default=0.0))
    ids = (cosines.keys() if weight > 0 else set()) | (relative.keys() if weight < 1 else set())
    scores = ((id_, weight * cosines.get(id_, lowest) + (1 - weight) * relative.get(id_, 0.0)) for id_ in ids)
    return sorted(scores, key=lambda item: (-item[1], item[0]))


def diversify_pages(ranked: Sequence[Passage], limit: int) -> list[Passage]:
    """Return the best `limit` passages, with a small penalty for each one already taken from the same page.

    Only printed pages count: a text file is one page, however long. This is maximal marginal relevance (Carbonell and
    Goldstein 1998) with two passages alike if they share a page.
    """
    remaining, chosen = list(ranked), list[Passage]()
    taken: Counter[tuple[int, int]] = Counter()
    while remaining and len(chosen) < limit:
        scored = [
            (p.score - _SAME_PAGE_PENALTY * taken[p.chunk.document_id, p.chunk.page], -i)
            for i, p in enumerate(remaining)
        ]
        score, index = max(scored)
        passage = remaining.pop(-index)
        if passage.chunk.is_paged:
            taken[passage.chunk.document_id, passage.chunk.page] += 1
        chosen.append(replace(passage, score=score))
    return chosen


def _relative_to_best(hits: Hits) -> dict[int, float]:
    best = max((score for _, score in hits), default=0.0)
    return {id_: score / best for id_, score in hits} if best > 0 else {}


def _best_first(scores: Mapping[int, float]) -> Hits:
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _unit(vector: Vectors) -> Vectors:
    unit: Vectors = (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
    return unit
