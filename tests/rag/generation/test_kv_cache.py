"""The KV cache holds what a list of tokens would, however it is stored to, cropped and copied, and shares nothing."""

from itertools import count

import torch
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.kv_cache import BLOCK, KVCache

LAYERS, HEADS, DIMENSION = 2, 3, 4

Step = tuple[str, int]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("store"), st.integers(1, 150)),
        st.tuples(st.just("crop"), st.integers(0, 300)),
        st.tuples(st.just("copy"), st.integers(0, 300)),
    ),
    max_size=12,
)


def rows(tokens: list[int], layer: int) -> torch.Tensor:
    """Return keys that identify token, layer, head and dimension: shape (heads, tokens, dimension)."""
    token = torch.tensor(tokens, dtype=torch.float32)[None, :, None]
    head = torch.arange(HEADS, dtype=torch.float32)[:, None, None] / 8
    dimension = torch.arange(DIMENSION, dtype=torch.float32)[None, None, :] / 64
    return token * 16 + layer + head + dimension


def store(cache: KVCache, tokens: list[int]) -> None:
    for layer in range(LAYERS):
        cache.store(layer, rows(tokens, layer), -rows(tokens, layer))
    cache.advance(len(tokens))


def holds(cache: KVCache, tokens: list[int]) -> bool:
    """Return True if every layer holds these tokens in whole blocks of finite numbers."""
    if cache.length != len(tokens):
        return False
    if not tokens:
        return True
    for layer in range(LAYERS):
        keys, values = cache.blocks(layer, 0)
        expected = rows(tokens, layer)
        if keys.shape[1] % BLOCK or not keys.isfinite().all() or not values.isfinite().all():
            return False
        if not torch.equal(keys[:, : len(tokens)], expected) or not torch.equal(values[:, : len(tokens)], -expected):
            return False
    return True


@given(steps, st.integers(0, 200))
def test_it_holds_what_a_list_would(script: list[Step], capacity: int) -> None:
    cache, tokens = KVCache(LAYERS, capacity), list[int]()
    left_behind: list[tuple[KVCache, list[int]]] = []
    names = count(1)
    for action, number in script:
        if action == "store":
            new = [next(names) for _ in range(number)]
            store(cache, new)
            tokens = tokens + new
        elif action == "crop":
            cache.crop(number)
            tokens = tokens[:number]
        else:
            left_behind.append((cache, tokens))
            length = min(number, len(tokens))
            cache, tokens = cache.copy(length, number), tokens[:length]
        assert holds(cache, tokens)
    assert all(holds(earlier, before) for earlier, before in left_behind)


def test_copies_and_deletions_are_recorded_in_the_journal() -> None:
    journal: list[list[int]] = []
    cache = KVCache(LAYERS, journal=journal)
    store(cache, [1, 2, 3])
    duplicate = cache.copy(2, 9)
    assert journal == [[duplicate.id, cache.id, 2, 9]]
    deleted = duplicate.id
    del duplicate
    assert journal[1:] == [[deleted, -1, 0, 0]]
