"""Fuse rankings: of dense and keyword search, spread over pages, and of several searches.

The constants were chosen on several labelled sets, and checked with each set left out: `benchmarks/history/2026.md`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.types import Passage

Hits = Sequence[tuple[int, float]]
"""(chunk id, score), best first."""

DENSE_WEIGHT = 0.70

_SCALE = 1.5
_HALF_SCORE = 20.0
"""BM25 of the best hit at which keywords have half of the say that they can have."""

_GOOD_SHARE = 0.5
"""Share of the attainable BM25 that a good hit reaches."""

_COVERAGE_EXPONENT = 0.2
_FALL_SHARE = 0.3
_STEEP_FALL = 0.40
_KTH = 5
_SAME_PAGE_PENALTY = 0.06
_NEAR_SHARE = 0.4


def above(dense: Hits, floor: float) -> Hits:
    """Return the cosines as shares of the way from `floor` to 1, which makes those of all models alike.

    Some models (E5) give any two texts a cosine of .7: next to that, keywords would decide everything.
    """
    return [(id_, (cosine - floor) / (1.0 - floor)) for id_, cosine in dense] if floor > 0 else dense


def keyword_strength(keyword: Hits, attainable: float) -> float:
    """Return how much the keyword scores of a query count: by the best score, its share of the query, and their fall.

    `attainable` is the most that BM25 could give. A few common words say little, and so do a few of the many words of a
    long query; words that the library does not have, another language's say, are attainable too. Words that single out
    a few passages say a little more than words that all have.
    """
    scores = sorted((score for _, score in keyword), reverse=True)
    if not scores or scores[0] <= 0 or attainable <= 0:
        return 0.0
    best = scores[0]
    coverage = min(1.0, best / _GOOD_SHARE / attainable)
    fall = 1.0 - (scores[_KTH - 1] if len(scores) >= _KTH else 0.0) / best
    steepness = 2 * min(1.0, fall / _STEEP_FALL) - 1
    return float(_SCALE * best / (best + _HALF_SCORE) * coverage**_COVERAGE_EXPONENT * (1 + _FALL_SHARE * steepness))


def fuse(dense: Hits, keyword: Hits, weight: float, strength: float = 1.0) -> list[tuple[int, float]]:
    """Score by `weight` x cosine + (1 - `weight`) x `strength` x BM25 / the query's best; best first, ties by id.

    A chunk without a word of the query has BM25 0; one without a cosine gets the lowest of the list, or 0.
    """
    cosines, relative = dict(dense), _relative_to_best(keyword)
    lowest = min(0.0, min(cosines.values(), default=0.0))
    ids = (cosines.keys() if weight > 0 else set()) | (relative.keys() if weight < 1 else set())
    return best_first(
        {id_: weight * cosines.get(id_, lowest) + (1 - weight) * strength * relative.get(id_, 0.0) for id_ in ids}
    )


def best_first(scores: Mapping[int, float]) -> list[tuple[int, float]]:
    """Return scores by id as hits, best first, ties by id."""
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


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


def near_best(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages of a search, best first, without those that score far below the best.

    Where one document has the answer, the passages of others are read in vain, and a small model answers from them.
    """
    if not passages or passages[0].score <= 0:  # nothing stands out
        return list(passages)
    return [passage for passage in passages if passage.score >= _NEAR_SHARE * passages[0].score]


def best_of(rankings: Sequence[Sequence[Passage]], limit: int) -> list[Passage]:
    """Return the passages of several searches by the better of their scores, best first."""
    if len(rankings) == 1:
        return list(rankings[0])
    best: dict[int, Passage] = {}
    for passage in (passage for ranking in rankings for passage in ranking):
        known = best.get(passage.chunk.id)
        if known is None or known.score < passage.score:
            best[passage.chunk.id] = passage
    return sorted(best.values(), key=lambda passage: (-passage.score, passage.chunk.id))[:limit]


def in_turn(rankings: Sequence[Sequence[Passage]]) -> list[Passage]:
    """Return the passages of several searches: in turn the best of each that no other has given yet."""
    taken: dict[int, Passage] = {}
    left = [list(reversed(ranking)) for ranking in rankings]
    while any(left):
        for ranking in left:
            while ranking:
                passage = ranking.pop()
                if passage.chunk.id not in taken:
                    taken[passage.chunk.id] = passage
                    break
    return list(taken.values())


def _relative_to_best(hits: Hits) -> dict[int, float]:
    best = max((score for _, score in hits), default=0.0)
    return {id_: score / best for id_, score in hits} if best > 0 else {}
