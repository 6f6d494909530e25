"""Hybrid retrieval: dense and keyword search side by side, fused; then the headings above the best hits."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from rag.interfaces import Embedder, KeywordQuery, Library, Vectors
from rag.interfaces.search_indexes import Indexes
from rag.retrieval.fusion import DENSE_WEIGHT, Hits, above, best_first, diversify_pages, fuse, keyword_strength
from rag.retrieval.heading_vectors import COMPARED, HeadingVectors, heading_of
from rag.text.document_names import NameMatcher
from rag.text.language import detect_language
from rag.types import Passage

CANDIDATES = 50
"""Candidates of each side (or the limit, if that is more); scores that one side lacks are then looked up."""

_FOREIGN_DENSE_WEIGHT = 0.2
"""Weight of an embedder for English in another language. In XQuAD, the default one finds .83 of the German paragraphs,
.40 of the Chinese and .09 of the Arabic; keywords find .97 and more, and with any weight up to .4 both together do."""

_NAME_BOOST = 0.10
_MAX_NAMED_DOCUMENTS = 20
_MAX_EXACT_SEARCH = 1_000
"""Up to this many vectors are faster to fetch and compare than the index is to filter."""

_SENTENCE = re.compile(r"(?<=[.?!:])\s+")
_SENTENCE_WORDS = 3


@dataclass(frozen=True, slots=True)
class _CachedNames:
    generation: int
    matcher: NameMatcher


@dataclass(frozen=True, slots=True)
class _Scopes:
    """Where to search: `allowed` (None: everywhere), and in it the documents that the question names, if it does."""

    allowed: frozenset[int] | None
    named: frozenset[int] | None

    @property
    def narrowest(self) -> frozenset[int] | None:
        """The chunks among which the rarity of a word counts."""
        return self.named or self.allowed


class HybridRetriever:
    """A `Retriever` over both indexes. `dense_weight` 1 is dense only, 0 keyword only; None is the usual weight."""

    def __init__(
        self, library: Library, indexes: Indexes, embedder: Embedder, *, dense_weight: float | None = None
    ) -> None:
        self._library = library
        self._indexes = indexes
        self._embedder = embedder
        self._weight = DENSE_WEIGHT if dense_weight is None else dense_weight
        self._is_set = dense_weight is not None
        self._names = _CachedNames(-1, NameMatcher({}))
        self._headings = HeadingVectors(embedder)

    def retrieve(self, query: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """Return at most `limit` passages, best first; `within` restricts the search to these document ids."""
        self._indexes.refresh()
        named = self._named_documents(query)
        scopes = self._scopes(named, within)
        words = self._indexes.keyword.prepare(query, scopes.narrowest)
        vector = query_vector(query, self._embedder) if self._weight > 0 else None
        dense, keyword = self._search(vector, words, max(CANDIDATES, limit), scopes)
        strength = keyword_strength(keyword, words.attainable)
        weight = self._weight if self._is_set else self._weight_of(query, scopes.allowed)
        scores = fuse(above(dense, self._embedder.unrelated_cosine), keyword, weight, strength)
        # A document may have been replaced since the search: `chunks` leaves out those that no longer exist.
        chunks = self._library.chunks([id_ for id_, _ in scores])
        ranked = dict(scores)
        for chunk in chunks:
            ranked[chunk.id] += _NAME_BOOST * named.get(chunk.document_id, 0.0)
        ordered = [Passage(chunk, ranked[chunk.id]) for chunk in chunks]
        return diversify_pages(self._with_headings(vector, sorted(ordered, key=_rank)), limit)

    def with_words(self, text: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """Return at most `limit` passages that have words of a text, best first; no model is asked."""
        self._indexes.refresh()
        scores = dict(self._indexes.keyword.search(text, limit, self._scopes({}, within).allowed))
        return [Passage(chunk, scores[chunk.id]) for chunk in self._library.chunks(list(scores))]

    def languages(self, within: AbstractSet[int] | None = None) -> Mapping[str, int]:
        """Return the number of chunks in each language, the most frequent first; "" is none that is known."""
        self._indexes.refresh()
        return self._indexes.keyword.languages(self._scopes({}, within).allowed)

    def _weight_of(self, query: str, allowed: AbstractSet[int] | None) -> float:
        """Return the weight of the dense side: low in a language of the library that the embedder does not know."""
        if self._embedder.is_multilingual or (language := detect_language(query)) in ("", "en"):
            return self._weight
        return _FOREIGN_DENSE_WEIGHT if language in self._indexes.keyword.languages(allowed) else self._weight

    def _scopes(self, named: Mapping[int, float], within: AbstractSet[int] | None) -> _Scopes:
        allowed = None if within is None else frozenset(self._library.chunk_ids(within))
        best = {id_ for id_, score in named.items() if score == 1.0}
        if not 0 < len(best) <= _MAX_NAMED_DOCUMENTS:
            return _Scopes(allowed, None)
        inside = frozenset(self._library.chunk_ids(best))
        return _Scopes(allowed, inside if allowed is None else inside & allowed)

    def _search(self, vector: Vectors | None, words: KeywordQuery, count: int, scopes: _Scopes) -> tuple[Hits, Hits]:
        """Return both sides' scores for the same chunks: the best of either side, and of the documents it names."""
        dense: dict[int, float] = {}
        keyword: dict[int, float] = {}
        for scope in (scopes.allowed,) if scopes.named is None else (scopes.allowed, scopes.named):
            if vector is not None:
                dense.update(self._nearest(vector, count, scope))
            if self._weight < 1:
                keyword.update(self._indexes.keyword.search(words, count, scope))
        if vector is not None and (unscored := keyword.keys() - dense.keys()):
            dense.update(self._nearest(vector, len(unscored), unscored))
        if self._weight < 1 and (unscored := dense.keys() - keyword.keys()):
            keyword.update(self._indexes.keyword.search(words, len(unscored), unscored))
        return best_first(dense), best_first(keyword)

    def _with_headings(self, vector: Vectors | None, passages: list[Passage]) -> list[Passage]:
        """Return passages ranked anew, the best of them by the headings above them too."""
        if vector is None:
            return passages
        best = passages[:COMPARED]
        headings = [heading_of(passage.chunk) for passage in best]
        bonuses = self._headings.bonuses(vector, headings)
        raised = [Passage(p.chunk, p.score + bonuses[heading]) for p, heading in zip(best, headings, strict=True)]
        return sorted(raised + passages[COMPARED:], key=_rank)

    def _nearest(self, vector: Vectors, count: int, scope: AbstractSet[int] | None) -> Hits:
        """Return the nearest chunks; within a small scope, by exact comparison."""
        if scope is None or len(scope) > _MAX_EXACT_SEARCH:
            return self._indexes.dense.search(vector, count, scope)
        ids, vectors = self._library.known_vectors(sorted(scope))
        if not ids:  # an empty library's vectors have no dimension yet
            return ()
        return best_first(dict(zip(ids, (vectors @ vector).tolist(), strict=True)))[:count]

    def _named_documents(self, query: str) -> dict[int, float]:
        generation = self._library.generation
        if self._names.generation != generation:
            self._names = _CachedNames(generation, NameMatcher(self._library.names(), self._library.facts()))
        return self._names.matcher.scores(query)


def query_vector(query: str, embedder: Embedder) -> Vectors:
    """Return the vector of a query; of several sentences, halfway between the whole and their mean."""
    sentences = [sentence for sentence in _SENTENCE.split(query) if len(sentence.split()) > _SENTENCE_WORDS]
    if len(sentences) < 2:
        return embedder.embed_query(query)
    whole, *parts = embedder.embed_queries([query, *sentences])
    return _unit(whole + _unit(np.mean(parts, axis=0)))


def _rank(passage: Passage) -> tuple[float, int]:
    return -passage.score, passage.chunk.id


def _unit(vector: Vectors) -> Vectors:
    unit: Vectors = (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
    return unit
