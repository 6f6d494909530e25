"""Keeps what was read: a prompt that begins like an earlier one continues from that one's keys and values.

The system prompt is read once for everybody, and a follow-up pays only for what is new in its conversation.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import count

from rag.generation.kv_cache import KVCache

_WORTH_TOKENS = 16
"""A shorter common beginning is read anew: copying it would cost as much."""


class PrefixCache:
    """Finished sequences and their caches, the least recently used dropped beyond `budget_bytes`."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._kept: OrderedDict[int, tuple[tuple[int, ...], KVCache]] = OrderedDict()
        self._keys = count()

    def begin(
        self,
        prompt: Sequence[int],
        capacity: int,
        running: Iterable[tuple[Sequence[int], KVCache]],
        empty: KVCache,
        unread: int = 1,
    ) -> KVCache:
        """A cache for a prompt: a copy of the longest beginning known, of what is kept or running; else `empty`.

        At least the last `unread` tokens are left to compute: the logits of the last choose the next one.
        """
        best: tuple[int, KVCache] = (0, empty)
        used: int | None = None
        for key, tokens, cache in [
            *((key, *entry) for key, entry in self._kept.items()),
            *((None, tokens, cache) for tokens, cache in running),
        ]:
            length = min(_common(prompt, tokens), cache.length, len(prompt) - unread)
            if length > best[0]:
                best, used = (length, cache), key
        length, cache = best
        if length < _WORTH_TOKENS:
            return empty
        if used is not None:
            self._kept.move_to_end(used)
        return cache.copy(length, capacity)

    def keep(self, tokens: Sequence[int], cache: KVCache) -> None:
        """Keep a sequence that is done; `tokens` beyond what its cache holds do not count."""
        known = tuple(tokens[: cache.length])
        if len(known) < _WORTH_TOKENS:
            return
        compact = cache.copy(cache.length, 0)
        if compact.nbytes > self._budget:
            return  # what is kept of its beginning stays
        for key, (earlier, _) in list(self._kept.items()):
            if _common(earlier, known) == len(earlier):  # this one says it all
                del self._kept[key]
        self._kept[next(self._keys)] = (known, compact)
        while sum(kept.nbytes for _, kept in self._kept.values()) > self._budget:
            self._kept.popitem(last=False)

    @property
    def nbytes(self) -> int:
        """Memory of what is kept, in bytes."""
        return sum(cache.nbytes for _, cache in self._kept.values())


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common beginning."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
