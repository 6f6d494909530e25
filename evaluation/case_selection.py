"""Choose cases by a repeatable shuffle, and texts that come near a question without answering it.

The shuffle orders items by the hash of a seed and their name: a larger sample contains the smaller one, and the place
of an item does not depend on which others there are.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from rag.stores.keyword_index import TantivyIndex

T = TypeVar("T")


def shuffled(items: Iterable[T], seed: int, name: Callable[[T], str]) -> list[T]:
    """Return the items in the order of this seed. `name` tells them apart; equal names keep their order."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{seed} {name(item)}".encode()).digest())


def sample(items: Sequence[T], limit: int | None, seed: int, name: Callable[[T], str]) -> list[T]:
    """Return the first `limit` items of the shuffle, or all items in their own order."""
    return list(items) if limit is None else shuffled(items, seed, name)[:limit]


class Distractors:
    """Find texts that look as if they answered a question: those that share its most telling words (BM25)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._index = TantivyIndex()
        self._index.add(range(len(texts)), texts)

    def nearest(self, query: str, count: int, among: Collection[int]) -> list[int]:
        """Return the positions of the `count` nearest, best first, ties by position; without a common word last."""
        scores = dict(self._index.search(query, len(among), frozenset(among)))
        return sorted(among, key=lambda position: (-scores.get(position, 0.0), position))[:count]
