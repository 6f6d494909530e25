"""Fair samples that can be repeated (pure): an order by the hash of a seed and an item's name.

A larger sample holds the smaller one, and no item's place depends on which others are there.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def shuffled(items: Iterable[T], seed: int, name: Callable[[T], str]) -> list[T]:
    """The items in the order of this seed. `name` tells them apart; equal names keep their order."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{seed} {name(item)}".encode()).digest())


def sample(items: Sequence[T], limit: int | None, seed: int, name: Callable[[T], str]) -> list[T]:
    """All items as they stand, or the first `limit` of the shuffle."""
    return list(items) if limit is None else shuffled(items, seed, name)[:limit]


def sample_evenly(
    one: Sequence[T], other: Sequence[T], limit: int | None, seed: int, name: Callable[[T], str]
) -> list[T]:
    """Half of the limit of either kind (the odd one of the first), or all of both."""
    half = None if limit is None else limit // 2
    rest = None if limit is None or half is None else limit - half
    return [*sample(one, rest, seed, name), *sample(other, half, seed, name)]
