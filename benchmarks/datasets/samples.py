"""Samples of both kinds of questions, and gold passages mixed with others, as a seed decides."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from evaluation.case_selection import sample, shuffled
from evaluation.cases import GivenPassage

T = TypeVar("T")


def sample_evenly(
    one: Sequence[T], other: Sequence[T], limit: int | None, seed: int, name: Callable[[T], str]
) -> list[T]:
    """Return half of the limit of either kind (an odd one is of the first), or all items of both."""
    half = None if limit is None else limit // 2
    rest = None if limit is None or half is None else limit - half
    return [*sample(one, rest, seed, name), *sample(other, half, seed, name)]


def mix_passages(
    gold: Sequence[GivenPassage], others: Sequence[GivenPassage], seed: int, case: str
) -> tuple[tuple[GivenPassage, ...], tuple[int, ...]]:
    """Return gold and other passages in an order that seed and case decide, and the positions of the gold ones."""
    marked = [*((passage, True) for passage in gold), *((passage, False) for passage in others)]
    mixed = shuffled(marked, seed, lambda item: f"{case} {item[0].title} {item[0].text}")
    return tuple(p for p, _ in mixed), tuple(position for position, (_, is_gold) in enumerate(mixed) if is_gold)
