"""Keys and values of one sequence of tokens, kept so that each token passes through the model once.

A sequence has one buffer for all layers. It can be cut back (after speculated tokens were refused), copied (for a
beam), and begun with the start of another sequence's (prefix reuse).
"""

import weakref
from itertools import count

import torch

BLOCK = 32
"""Room comes in blocks of so many tokens; see `attention`."""

_KEYS = count()
_SPARE = 64
"""Room is made for so many more tokens than are known to come, so that a speculated tail fits."""


class KVCache:
    """Keys and values of `length` tokens, for every layer of a model. Room grows as it is needed.

    A `journal` notes copies and ends, for those who keep caches of their own in step: [key, source, length, capacity],
    with a source of -1 when a cache is gone.
    """

    def __init__(self, layers: int, capacity: int = 0, journal: list[list[int]] | None = None) -> None:
        self.key = next(_KEYS)
        self._journal = journal
        if journal is not None:
            weakref.finalize(self, journal.append, [self.key, -1, 0, 0])
        self._layers = layers
        self._capacity = capacity
        self._buffer: torch.Tensor | None = None
        self.length = 0

    @property
    def nbytes(self) -> int:
        """Memory of the buffer in bytes."""
        return 0 if self._buffer is None else self._buffer.nbytes

    def store(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Write new tokens of a layer after the stored ones; `advance` counts them when all layers have theirs.

        Args:
            layer: number of the layer.
            keys: shape (key-value heads, new tokens, head dimension).
            values: the same.
        """
        end = self.length + keys.shape[1]
        buffer = self._with_room(end, keys)
        buffer[layer, 0, :, self.length : end] = keys
        buffer[layer, 1, :, self.length : end] = values

    def blocks(self, layer: int, new: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values of a layer and its `new` tokens, in whole blocks: what follows them is not theirs.

        Shapes (key-value heads, a multiple of `BLOCK`, head dimension).
        """
        assert self._buffer is not None  # noqa: S101  `store` made it
        end = -(-(self.length + new) // BLOCK) * BLOCK
        return self._buffer[layer, 0, :, :end], self._buffer[layer, 1, :, :end]

    def advance(self, tokens: int) -> None:
        """So many new tokens are now stored in all layers."""
        self.length += tokens

    def crop(self, length: int) -> None:
        """Forget the tokens from `length` on; their room is written over."""
        self.length = min(self.length, length)

    def copy(self, length: int, capacity: int) -> "KVCache":
        """A cache of its own with the first `length` tokens, and room for `capacity`."""
        twin = KVCache(self._layers, max(capacity, length), self._journal)
        if self._journal is not None:
            self._journal.append([twin.key, self.key, length, capacity])
        if self._buffer is not None and length:
            twin._with_room(length, self._buffer[0, 0])[:, :, :, :length] = self._buffer[:, :, :, :length]
            twin.length = length
        return twin

    def _with_room(self, tokens: int, like: torch.Tensor) -> torch.Tensor:
        """The buffer, with room for so many tokens: shape (layers, 2, heads, room, head dimension)."""
        if self._buffer is None or self._buffer.shape[3] < tokens:
            room = max(tokens, self._capacity, 2 * self.length) + _SPARE
            self._capacity = -(-room // BLOCK) * BLOCK
            heads, _, dimension = like.shape
            # Zeros, since masked keys count for nothing only if they are numbers.
            grown = like.new_zeros((self._layers, 2, heads, self._capacity, dimension))
            if self._buffer is not None:
                grown[:, :, :, : self.length] = self._buffer[:, :, :, : self.length]
            self._buffer = grown
        return self._buffer
