"""Choose cases by a repeatable shuffle, and the distractors shown beside their gold passages.

The shuffle orders items by the hash of a seed and their name: a larger sample contains the smaller one, and the place
of an item does not depend on which others there are.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from evaluation.datasets.cases import GivenPassage
from rag.stores.keyword_index import TantivyIndex

T = TypeVar("T")


def shuffled(items: Iterable[T], seed: int, name: Callable[[T], str]) -> list[T]:
    """Return the items in the order of this seed. `name` tells them apart; equal names keep their order."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{seed} {name(item)}".encode()).digest())


def sample(items: Sequence[T], limit: int | None, seed: int, name: Callable[[T], str]) -> list[T]:
    """Return the first `limit` items of the shuffle, or all items in their own order."""
    return list(items) if limit is None else shuffled(items, seed, name)[:limit]


def sample_evenly(
    one: Sequence[T], other: Sequence[T], limit: int | None, seed: int, name: Callable[[T], str]
) -> list[T]:
    """Return half of the limit of either kind (an odd one is of the first), or all items of both."""
    half = None if limit is None else limit // 2
    rest = None if limit is None or half is None else limit - half
    return [*sample(one, rest, seed, name), *sample(other, half, seed, name)]


class Distractors:
    """Find texts that look as if they answered a question: those that share its most telling words (BM25)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._index = TantivyIndex()
        self._index.add(range(len(texts)), texts)

    def nearest(self, query: str, count: int, among: Collection[int]) -> list[int]:
        """Return the positions of the `count` nearest, best first, ties by position; without a common word last."""
        scores = dict(self._index.search(query, len(among), frozenset(among)))
        return sorted(among, key=lambda position: (-scores.get(position, 0.0), position))[:count]


def mix_passages(
    gold: Sequence[GivenPassage], others: Sequence[GivenPassage], seed: int, case: str
) -> tuple[tuple[GivenPassage, ...], tuple[int, ...]]:
    """Return gold and other passages in an order that seed and case decide, and the positions of the gold ones."""
    marked = [*((passage, True) for passage in gold), *((passage, False) for passage in others)]
    mixed = shuffled(marked, seed, lambda item: f"{case} {item[0].title} {item[0].text}")
    return tuple(p for p, _ in mixed), tuple(position for position, (_, is_gold) in enumerate(mixed) if is_gold)
