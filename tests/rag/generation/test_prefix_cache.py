"""The prefix cache finds the longest common prefix, keeps to its budget, and hands out copies only."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.kv_cache import KVCache
from rag.generation.prefix_cache import PrefixCache

PLENTY = 10**9


def computed(tokens: list[int]) -> KVCache:
    """Return a cache whose keys are the tokens themselves."""
    cache = KVCache(1)
    rows = torch.tensor(tokens, dtype=torch.float32)[None, :, None]
    cache.store(0, rows, rows)
    cache.advance(len(tokens))
    return cache


def reused(prefixes: PrefixCache, prompt: list[int], running: list[list[int]] | None = None) -> list[int]:
    """Return the tokens that need not be computed again."""
    empty = KVCache(1)
    cache = prefixes.new_cache(prompt, len(prompt), [(tokens, computed(tokens)) for tokens in running or []], empty)
    if cache.length == 0:
        return []
    return [int(key) for key in cache.blocks(0, 0)[0][0, : cache.length, 0]]


def common(one: list[int], other: list[int]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


# Sequences that share prefixes of many lengths: runs of equal tokens, one after the other.
sequences = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 25)), min_size=1, max_size=5).map(
    lambda runs: [kind for kind, length in runs for _ in range(length)]
)


@given(st.lists(sequences, max_size=5), st.lists(sequences, max_size=3), sequences)
def test_the_longest_known_prefix_is_used_and_one_token_is_left(
    stored: list[list[int]], running: list[list[int]], prompt: list[int]
) -> None:
    prefixes = PrefixCache(PLENTY)
    for tokens in stored:
        prefixes.store(tokens, computed(tokens))
    known = reused(prefixes, prompt, running)
    longest = max((common(prompt, tokens) for tokens in stored + running), default=0)
    longest = min(longest, len(prompt) - 1)
    assert known == prompt[: len(known)]
    assert len(known) == longest or (len(known) == 0 and longest < 16)


@given(st.lists(sequences, max_size=8), st.integers(0, 4000))
def test_the_budget_is_never_exceeded(stored: list[list[int]], budget: int) -> None:
    prefixes = PrefixCache(budget)
    for tokens in stored:
        prefixes.store(tokens, computed(tokens))
        assert prefixes.nbytes <= budget


def test_the_least_recently_used_is_evicted_first() -> None:
    one, two, three = [1] * 40, [2] * 40, [3] * 40
    prefixes = PrefixCache(PLENTY)
    prefixes.store(one, computed(one))
    prefixes = PrefixCache(2 * prefixes.nbytes)
    prefixes.store(one, computed(one))
    prefixes.store(two, computed(two))
    assert reused(prefixes, [*one, 9]) == one  # used again: now the other is the older one
    prefixes.store(three, computed(three))
    assert reused(prefixes, [*two, 9]) == []
    assert reused(prefixes, [*one, 9]) == one
    assert reused(prefixes, [*three, 9]) == three


def test_tokens_that_were_not_computed_are_ignored() -> None:
    prefixes = PrefixCache(PLENTY)
    prefixes.store([1] * 60, computed([1] * 30))
    assert reused(prefixes, [1] * 60) == [1] * 30


def test_a_reused_cache_is_an_independent_copy() -> None:
    prefixes = PrefixCache(PLENTY)
    source = computed([1] * 40)
    prefixes.store([1] * 40, source)
    source.crop(0)  # the caller may go on using it
    copy = prefixes.new_cache([1] * 41, 500, [], KVCache(1))
    copy.crop(20)
    rows = torch.full((1, 400, 1), 7.0)
    copy.store(0, rows, rows)
    copy.advance(400)
    assert reused(prefixes, [1] * 41) == [1] * 40
