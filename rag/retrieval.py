"""Finds the passages that bear on a query: dense and keyword search side by side, fused (pure functions)."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from rag.interfaces import Embedder, KeywordIndex, Library, VectorIndex
from rag.types import Passage

_CANDIDATES_PER_RESULT = 10
_MIN_CANDIDATES = 50
"""Each side over-fetches, so that a passage ranked low by one side and high by the other is in the fusion."""


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


class HybridRetriever:
    """A `Retriever` over both indexes. `dense_weight` 1 is dense only, 0 keyword only."""

    def __init__(self, library: Library, indexes: Indexes, embedder: Embedder, *, dense_weight: float) -> None:
        self._library = library
        self._indexes = indexes
        self._embedder = embedder
        self._dense_weight = dense_weight

    def retrieve(self, query: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """At most `limit` passages, best first; `within` keeps to these document ids."""
        self._indexes.refresh()
        allowed = None if within is None else frozenset(self._library.chunk_ids(within))
        candidates = max(_MIN_CANDIDATES, _CANDIDATES_PER_RESULT * limit)
        dense: list[tuple[int, float]] = []
        keyword: list[tuple[int, float]] = []
        if self._dense_weight > 0:
            dense = self._indexes.dense.search(self._embedder.embed_query(query), candidates, allowed)
        if self._dense_weight < 1:
            keyword = self._indexes.keyword.search(query, candidates, allowed)
        ranked = fuse(dense, keyword, self._dense_weight)
        scores = dict(ranked)
        # A document may have been replaced since the search: its chunks are gone, so more than `limit` are looked up.
        chunks = self._library.chunks([id_ for id_, _ in ranked])
        return [Passage(chunk, scores[chunk.id]) for chunk in chunks[:limit]]


def fuse(
    dense: Sequence[tuple[int, float]], keyword: Sequence[tuple[int, float]], dense_weight: float
) -> list[tuple[int, float]]:
    """Weighted sum of the cosine and of the BM25 score divided by the query's best, best first.

    A passage that one side did not find gets the least score that side gave, or 0 where that is lower. Ties keep the
    older chunk first, so that a search is repeatable. It beat reciprocal rank fusion on SciFact.
    """
    sides = [(dense_weight, dict(dense)), (1.0 - dense_weight, _relative_to_best(keyword))]
    used = [(weight, scores, _floor(scores)) for weight, scores in sides if weight > 0]
    ids = {id_ for _, scores, _ in used for id_ in scores}
    total: Callable[[int], float] = lambda id_: sum(w * scores.get(id_, floor) for w, scores, floor in used)  # noqa: E731
    return sorted(((id_, total(id_)) for id_ in ids), key=lambda item: (-item[1], item[0]))


def _relative_to_best(hits: Sequence[tuple[int, float]]) -> Mapping[int, float]:
    best = max((score for _, score in hits), default=0.0)
    return {id_: score / best for id_, score in hits} if best > 0 else {}


def _floor(scores: Mapping[int, float]) -> float:
    return min(0.0, min(scores.values(), default=0.0))
