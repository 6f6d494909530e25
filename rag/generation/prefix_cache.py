"""Prefix cache: a prompt that begins like an earlier sequence reuses that sequence's keys and values.

So the system prompt is computed once for everybody, and a follow-up only for what is new in its conversation.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import count

from rag.generation.kv_cache import KVCache

_MIN_PREFIX = 16
"""A shorter common prefix is computed again: copying it would cost as much."""


class PrefixCache:
    """KV caches of finished sequences; beyond `budget_bytes` the least recently used are evicted."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._entries: OrderedDict[int | str, tuple[tuple[int, ...], KVCache]] = OrderedDict()
        self._keys = count()

    def new_cache(
        self,
        prompt: Sequence[int],
        capacity: int,
        running: Iterable[tuple[Sequence[int], KVCache]],
        empty: KVCache,
        min_prefill: int = 1,
    ) -> KVCache:
        """Return a cache for a prompt: a copy of its longest prefix, stored or of a running sequence; else `empty`.

        At least the last `min_prefill` tokens are left to compute: the next token needs the logits of the last one.
        """
        best: tuple[int, KVCache] = (0, empty)
        used: int | str | None = None
        for key, tokens, cache in [
            *((key, *entry) for key, entry in self._entries.items()),
            *((None, tokens, cache) for tokens, cache in running),
        ]:
            length = min(common_prefix(prompt, tokens), cache.length, len(prompt) - min_prefill)
            if length > best[0]:
                best, used = (length, cache), key
        length, cache = best
        if length < _MIN_PREFIX:
            return empty
        if used is not None:
            self._entries.move_to_end(used)
        return cache.copy(length, capacity)

    def store(self, tokens: Sequence[int], cache: KVCache, reader: str | None = None) -> None:
        """Store a copy of a finished sequence's cache; `tokens` beyond the cache's length are ignored.

        With a `reader` it takes the place of what was stored last for the same one.
        """
        cached = tuple(tokens[: cache.length])
        if len(cached) < _MIN_PREFIX:
            return
        compact = cache.copy(cache.length, 0)
        if compact.nbytes > self._budget:
            return  # a stored prefix of it stays
        for known, (earlier, _) in list(self._entries.items()):
            if common_prefix(earlier, cached) == len(earlier):  # a prefix of the new entry
                del self._entries[known]
        key = next(self._keys) if reader is None else reader
        self._entries[key] = (cached, compact)
        self._entries.move_to_end(key)
        while self.nbytes > self._budget:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        """Drop all entries: text that was removed from a library must not stay."""
        self._entries.clear()

    @property
    def nbytes(self) -> int:
        """Size of the stored caches in bytes."""
        return sum(cache.nbytes for _, cache in self._entries.values())


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """Return the length of the common prefix."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
