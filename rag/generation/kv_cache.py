"""The KV cache of one sequence: keys and values of its tokens, so that each passes through the model once.

A sequence has one buffer for all layers. It can be cropped (after drafted tokens were rejected), copied (for a beam),
and started from the beginning of another sequence's (prefix reuse).
"""

import weakref
from itertools import count

import torch

BLOCK = 256
"""Capacity is a multiple of this many tokens, and attention sees whole blocks (see there). Its kernel takes 512 keys at
a time, and sums what is left in another order unless it is half of that: seen in MKL with 32, 64 and 128."""

_LEAST_KEYS = 2 * BLOCK
"""Attention never sees fewer: the kernel sums 256 keys alone in another order than 256 of more (seen in MKL on an AMD
processor of the fifth generation)."""

_IDS = count()
_SPARE_TOKENS = 64
"""Extra capacity, so that drafted tokens fit."""


class KVCache:
    """Keys and values of `length` tokens, for every layer of a model. Grows as needed.

    A `journal` records copies and deletions as [id, id of the original, length, capacity], for other processes that
    mirror the caches; the original is -1 for a deletion.
    """

    def __init__(self, layers: int, capacity: int = 0, journal: list[list[int]] | None = None) -> None:
        self.id = next(_IDS)
        self._journal = journal
        if journal is not None:
            weakref.finalize(self, journal.append, [self.id, -1, 0, 0])
        self._layers = layers
        self._capacity = capacity
        self._buffer: torch.Tensor | None = None
        self.length = 0

    @property
    def nbytes(self) -> int:
        """Size of the buffer in bytes."""
        return 0 if self._buffer is None else self._buffer.nbytes

    def store(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Write new tokens of a layer after the stored ones; call `advance` once all layers have theirs.

        Args:
            layer: number of the layer, from 0.
            keys: shape (key-value heads, new tokens, head dimension).
            values: same shape as `keys`.
        """
        end = self.length + keys.shape[1]
        buffer = self.reserve(keys.shape[1], keys)
        buffer[layer, 0, :, self.length : end] = keys
        buffer[layer, 1, :, self.length : end] = values

    def reserve(self, new: int, like: torch.Tensor) -> torch.Tensor:
        """Return the buffer with room for `new` tokens; `like` has the shape of keys (heads, any number, dimension)."""
        tokens = self.length + new
        if self._buffer is None or self._buffer.shape[3] < tokens:
            needed = max(tokens, self._capacity, 2 * self.length) + _SPARE_TOKENS
            self._capacity = max(_LEAST_KEYS, -(-needed // BLOCK) * BLOCK)
            heads, _, dimension = like.shape
            # Zeros: a masked value counts for nothing only if it is finite.
            grown = like.new_zeros((self._layers, 2, heads, self._capacity, dimension))
            if self._buffer is not None:
                grown[:, :, :, : self.length] = self._buffer[:, :, :, : self.length]
            self._buffer = grown
        return self._buffer

    def blocks(self, layer: int, new: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return keys and values of a layer, its `new` tokens included, padded to whole blocks.

        Shapes (key-value heads, a multiple of `BLOCK` from 512 on, head dimension); the padding is arbitrary and must
        be masked.
        """
        end = max(_LEAST_KEYS, -(-(self.length + new) // BLOCK) * BLOCK)
        return self.buffer[layer, 0, :, :end], self.buffer[layer, 1, :, :end]

    @property
    def buffer(self) -> torch.Tensor:
        """Keys and values as stored, shape (layers, 2, key-value heads, capacity, head dimension)."""
        assert self._buffer is not None  # noqa: S101  `store` made it
        return self._buffer

    def advance(self, tokens: int) -> None:
        """Count this many new tokens, now stored in all layers."""
        self.length += tokens

    def crop(self, length: int) -> None:
        """Drop the tokens from `length` on; the next ones overwrite them."""
        self.length = min(self.length, length)

    def copy(self, length: int, capacity: int) -> "KVCache":
        """Return an independent copy of the first `length` tokens, with room for `capacity`."""
        duplicate = KVCache(self._layers, max(capacity, length), self._journal)
        if self._journal is not None:
            self._journal.append([duplicate.id, self.id, length, capacity])
        if self._buffer is not None and length:
            duplicate.reserve(length, self._buffer[0, 0])[:, :, :, :length] = self._buffer[:, :, :, :length]
            duplicate.length = length
        return duplicate
