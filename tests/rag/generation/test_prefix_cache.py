"""What was read before is found by its longest common beginning, kept within a budget, and never lent out itself."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.kv_cache import KVCache
from rag.generation.prefix_cache import PrefixCache

PLENTY = 10**9


def read(tokens: list[int]) -> KVCache:
    """A cache whose keys are the tokens themselves."""
    cache = KVCache(1)
    rows = torch.tensor(tokens, dtype=torch.float32)[None, :, None]
    cache.store(0, rows, rows)
    cache.advance(len(tokens))
    return cache


def begun(prefixes: PrefixCache, prompt: list[int], running: list[list[int]] | None = None) -> list[int]:
    """The tokens that need not be read again."""
    empty = KVCache(1)
    cache = prefixes.new_cache(prompt, len(prompt), [(tokens, read(tokens)) for tokens in running or []], empty)
    if cache.length == 0:
        return []
    return [int(key) for key in cache.blocks(0, 0)[0][0, : cache.length, 0]]


def common(one: list[int], other: list[int]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


# Sequences that share beginnings of many lengths: stretches of some tokens of a kind, one after the other.
sequences = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 25)), min_size=1, max_size=5).map(
    lambda stretches: [kind for kind, length in stretches for _ in range(length)]
)


@given(st.lists(sequences, max_size=5), st.lists(sequences, max_size=3), sequences)
def test_the_longest_known_beginning_is_used_and_a_token_is_left(
    kept: list[list[int]], running: list[list[int]], prompt: list[int]
) -> None:
    prefixes = PrefixCache(PLENTY)
    for tokens in kept:
        prefixes.store(tokens, read(tokens))
    known = begun(prefixes, prompt, running)
    longest = max((common(prompt, tokens) for tokens in kept + running), default=0)
    longest = min(longest, len(prompt) - 1)
    assert known == prompt[: len(known)]
    assert len(known) == longest or (len(known) == 0 and longest < 16)


@given(st.lists(sequences, max_size=8), st.integers(0, 4000))
def test_the_budget_is_never_exceeded(kept: list[list[int]], budget: int) -> None:
    prefixes = PrefixCache(budget)
    for tokens in kept:
        prefixes.store(tokens, read(tokens))
        assert prefixes.nbytes <= budget


def test_a_budget_of_nothing_keeps_nothing() -> None:
    prefixes = PrefixCache(0)
    prefixes.store([1] * 50, read([1] * 50))
    assert (prefixes.nbytes, begun(prefixes, [1] * 50)) == (0, [])


def test_the_least_recently_used_goes_first() -> None:
    one, two, three = [1] * 40, [2] * 40, [3] * 40
    prefixes = PrefixCache(PLENTY)
    prefixes.store(one, read(one))
    prefixes = PrefixCache(2 * prefixes.nbytes)
    prefixes.store(one, read(one))
    prefixes.store(two, read(two))
    assert begun(prefixes, [*one, 9]) == one  # used again: now the other is the older one
    prefixes.store(three, read(three))
    assert begun(prefixes, [*two, 9]) == []
    assert begun(prefixes, [*one, 9]) == one
    assert begun(prefixes, [*three, 9]) == three


def test_a_longer_sequence_takes_the_place_of_its_own_beginning() -> None:
    prefixes = PrefixCache(PLENTY)
    long = [1] * 20 + [2] * 200
    prefixes.store(long, read(long))
    alone = prefixes.nbytes
    prefixes = PrefixCache(PLENTY)
    for end in (20, 30, 220):
        prefixes.store(long[:end], read(long[:end]))
    assert prefixes.nbytes == alone


def test_what_is_too_large_to_keep_leaves_its_beginning_kept() -> None:
    beginning, long = [1] * 40, [1] * 2000
    prefixes = PrefixCache(PLENTY)
    prefixes.store(beginning, read(beginning))
    prefixes = PrefixCache(prefixes.nbytes)
    prefixes.store(beginning, read(beginning))
    prefixes.store(long, read(long))
    assert begun(prefixes, long) == beginning


def test_tokens_that_were_not_computed_do_not_count() -> None:
    prefixes = PrefixCache(PLENTY)
    prefixes.store([1] * 60, read([1] * 30))
    assert begun(prefixes, [1] * 60) == [1] * 30


def test_what_is_lent_is_a_copy_with_room_of_its_own() -> None:
    prefixes = PrefixCache(PLENTY)
    source = read([1] * 40)
    prefixes.store([1] * 40, source)
    source.crop(0)  # whoever brought it may do as he likes
    lent = prefixes.new_cache([1] * 41, 500, [], KVCache(1))
    lent.crop(20)
    rows = torch.full((1, 400, 1), 7.0)
    lent.store(0, rows, rows)
    lent.advance(400)
    assert begun(prefixes, [1] * 41) == [1] * 40


def test_without_a_beginning_in_common_the_empty_cache_is_the_one_that_was_given() -> None:
    prefixes = PrefixCache(PLENTY)
    prefixes.store([1] * 40, read([1] * 40))
    empty = KVCache(1, 123)
    assert prefixes.new_cache([2] * 40, 123, [], empty) is empty
