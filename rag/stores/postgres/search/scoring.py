"""BM25 over postings: the weightiest words first, until no text that was not seen can be among the best."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rag.stores.postgres.search.postings import Ids, Postings, Word

Read = Callable[[Sequence[Word]], list[tuple[Ids, Postings]]]
Scores = npt.NDArray[np.float64]

_READ_AT_ONCE = 50_000
"""Postings that are read together, if several words have so few."""

_FEW = 300
"""Texts that are scored one by one rather than by reading the postings of frequent words."""


class Term(NamedTuple):
    """A word of a query, or a part of one; `weight` is the most that it gives a text."""

    texts: int
    lexeme: str
    weight: float
    is_part: bool


class Best(NamedTuple):
    """The ids that may be among the best, ascending, with their scores; whole, unless words are `left`."""

    ids: Ids
    scores: Scores
    left: int


def best(terms: Sequence[Term], read: Read, means: tuple[float, float], limit: int, within: Ids | None) -> Best:
    """Return the texts that may be among the best `limit`, at most `_FEW` if words are left.

    `means` are the mean numbers of words and of parts of a text; `within` are ids, ascending.
    """
    ordered = sorted(terms, key=lambda term: -term.weight)
    ids, scores = np.zeros(0, dtype=np.int64), np.zeros(0)
    done = 0
    while done < len(ordered):
        group = _next_group(ordered[done:])
        found = read([(term.is_part, term.lexeme) for term in group])
        parts = [_chosen(*each, term, means[term.is_part], within) for term, each in zip(group, found, strict=True)]
        ids, scores = _added([(ids, scores), *parts])
        done += len(group)
        rest = sum(term.weight for term in ordered[done:])
        if done < len(ordered) and len(ids) > limit:
            least = np.partition(scores, -limit)[-limit]
            if least >= rest:  # texts that have the words left only are not among the best
                kept = scores + rest >= least
                if np.count_nonzero(kept) <= max(_FEW, limit):
                    return Best(ids[kept], scores[kept], len(ordered) - done)
    return Best(ids, scores, 0)


def _next_group(terms: Sequence[Term]) -> Sequence[Term]:
    total = 0
    for number, term in enumerate(terms):
        total += term.texts
        if number and total > _READ_AT_ONCE:
            return terms[:number]
    return terms


def _chosen(ids: Ids, postings: Postings, term: Term, mean: float, within: Ids | None) -> tuple[Ids, Scores]:
    """Return the texts with a term that are within, and what it gives them."""
    if within is not None:
        is_within = _are_among(ids, within)
        ids, postings = ids[is_within], postings[is_within]
    times = postings["times"].astype(np.float64)
    length = postings["length"].astype(np.float64)
    return ids, term.weight * times / (times + 1.2 * (0.25 + 0.75 * length / mean))


def _are_among(ids: Ids, within: Ids) -> npt.NDArray[np.bool_]:
    places = np.minimum(np.searchsorted(within, ids), len(within) - 1)
    among: npt.NDArray[np.bool_] = within[places] == ids
    return among


def _added(parts: Sequence[tuple[Ids, Scores]]) -> tuple[Ids, Scores]:
    """Return each id once, ascending, with the sum of its scores."""
    ids = np.concatenate([ids for ids, _ in parts])
    scores = np.concatenate([scores for _, scores in parts])
    if not len(ids):
        return ids, scores
    order = np.argsort(ids, kind="stable")  # runs that are in order are merged
    ids, scores = ids[order], scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))
    return ids[starts], np.add.reduceat(scores, starts)
