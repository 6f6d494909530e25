"""Finds the passages that bear on a query: dense and keyword search side by side, fused (fusion is pure).

The constants were chosen on six labelled sets together; `benchmarks/RESULTS.md` has the ablations.
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
"""Each side gives so many (or what is asked for, if more); scores that a side did not give are then looked up."""

_DENSE_MOST, _DENSE_LEAST = 0.90, 0.65
_STEEP = 0.40
_KTH = 5
_NAME_BOOST = 0.10
_SAME_PAGE = 0.06
_NAMED_DOCUMENTS = 20
_FEW = 1_000
"""Up to so many vectors are faster to fetch and compare than an index is to filter."""

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
        """Catch up with the library."""

    def purge(self, progress: Progress = ...) -> None:
        """Take out of the files on disk what only removed documents and replaced versions had.

        Searches go on meanwhile. `progress` hears how many chunks are done, and of how many.
        """

    def rebuild(self) -> None:
        """Build both anew, whatever they hold."""

    def findings(self) -> Iterator[str]:
        """Where they do not hold what the library holds, in words; nothing if all is well."""


@dataclass(frozen=True, slots=True)
class _Names:
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
        self._names = _Names(-1, NameMatcher({}))

    def retrieve(self, query: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """At most `limit` passages, best first; `within` keeps to these document ids."""
        self._indexes.refresh()
        allowed = None if within is None else frozenset(self._library.chunk_ids(within))
        named = self._named_documents(query)
        dense, keyword = self._search(query, max(CANDIDATES, limit), allowed, named)
        weight = dense_weight(keyword) if self._dense_weight is None else self._dense_weight
        scores = fuse(dense, keyword, weight)
        # A document may have been replaced since the search: chunks that are gone are simply not there any more.
        chunks = self._library.chunks([id_ for id_, _ in scores])
        boosted = dict(scores)
        for chunk in chunks:
            boosted[chunk.id] += _NAME_BOOST * named.get(chunk.document_id, 0.0)
        ranked = sorted(chunks, key=lambda chunk: (-boosted[chunk.id], chunk.id))
        return diversify_pages([Passage(chunk, boosted[chunk.id]) for chunk in ranked], limit)

    def _search(
        self, query: str, count: int, allowed: AbstractSet[int] | None, named: Mapping[int, float]
    ) -> tuple[Hits, Hits]:
        """Both sides' scores for the same chunks: the best of either side, and the best of the documents named."""
        scopes = [allowed]
        best = {id_ for id_, score in named.items() if score == 1.0}
        if 0 < len(best) <= _NAMED_DOCUMENTS:
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
        if vector is not None and (missing := keyword.keys() - dense.keys()):
            dense.update(self._nearest(vector, len(missing), missing))
        if self._dense_weight != 1 and (missing := dense.keys() - keyword.keys()):
            keyword.update(self._indexes.keyword.search(query, len(missing), missing))
        return _best_first(dense), _best_first(keyword)

    def _nearest(self, vector: Vectors, count: int, scope: AbstractSet[int] | None) -> Hits:
        """The nearest chunks; among a few, without a pass over the whole index."""
        if scope is None or len(scope) > _FEW:
            return self._indexes.dense.search(vector, count, scope)
        ids, vectors = self._library.known_vectors(sorted(scope))
        return _best_first(dict(zip(ids, (vectors @ vector).tolist(), strict=True)))[:count]

    def _named_documents(self, query: str) -> dict[int, float]:
        generation = self._library.generation
        if self._names.generation != generation:
            self._names = _Names(generation, NameMatcher(self._library.names()))
        return self._names.matcher.scores(query)


def query_vector(query: str, embedder: Embedder) -> Vectors:
    """The vector of a query; of one with several sentences, between the whole and the mean of the sentences."""
    whole = embedder.embed_query(query)
    sentences = [sentence for sentence in _SENTENCE.split(query) if len(sentence.split()) > _SENTENCE_WORDS]
    if len(sentences) < 2:
        return whole
    mean = np.mean([embedder.embed_query(sentence) for sentence in sentences], axis=0)
    return _unit(whole + _unit(mean))


def dense_weight(keyword: Hits) -> float:
    """How much the dense side counts for a query, by how steeply its keyword scores fall.

    Keywords that single out a few chunks count more than keywords that fit many equally well.
    """
    if not keyword or keyword[0][1] <= 0:
        return 1.0
    kth = keyword[_KTH - 1][1] if len(keyword) >= _KTH else 0.0
    fall = 1.0 - kth / keyword[0][1]
    return _DENSE_MOST - (_DENSE_MOST - _DENSE_LEAST) * min(1.0, fall / _STEEP)


def fuse(dense: Hits, keyword: Hits, weight: float) -> list[tuple[int, float]]:
    """`weight` x cosine + (1 - `weight`) x BM25 divided by the query's best BM25, best first; ties by id.

    A chunk without a word of the query has BM25 0; one without a cosine gets the lowest of the list, or 0.
    """
    cosines, relative = dict(dense), _relative_to_best(keyword)
    lowest = min(0.0, min(cosines.values(), default=0.0))
    ids = (cosines.keys() if weight > 0 else set()) | (relative.keys() if weight < 1 else set())
    scores = ((id_, weight * cosines.get(id_, lowest) + (1 - weight) * relative.get(id_, 0.0)) for id_ in ids)
    return sorted(scores, key=lambda item: (-item[1], item[0]))


def diversify_pages(ranked: Sequence[Passage], limit: int) -> list[Passage]:
    """The best `limit` passages, a page that already gave one losing a little for each: so other pages are seen too.

    Only printed pages count: a text file is one page, however long. A case of maximal marginal relevance (Carbonell
    and Goldstein 1998) in which sharing a page is what makes two passages alike.
    """
    remaining, chosen = list(ranked), list[Passage]()
    taken: Counter[tuple[int, int]] = Counter()
    while remaining and len(chosen) < limit:
        scored = [
            (p.score - _SAME_PAGE * taken[p.chunk.document_id, p.chunk.page], -i) for i, p in enumerate(remaining)
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
