"""Keys and values of one sequence of tokens, kept so that each token passes through the model once.

A sequence has one buffer for all layers. It can be cut back (after speculated tokens were refused), copied (for a
beam), and begun with the start of another sequence's (prefix reuse).
"""

import torch

_SPARE = 64
"""Room is made for so many more tokens than are known to come, so that a speculated tail fits."""


class KVCache:
    """Keys and values of `length` tokens, for every layer of a model. Room grows as it is needed."""

    def __init__(self, layers: int, capacity: int = 0) -> None:
        self._layers = layers
        self._capacity = capacity
        self._buffer: torch.Tensor | None = None
        self.length = 0

    @property
    def nbytes(self) -> int:
        """Memory of the buffer in bytes."""
        return 0 if self._buffer is None else self._buffer.nbytes

    def store(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Write new tokens of a layer after the stored ones; views of all its keys and values.

        Args:
            layer: number of the layer.
            keys: shape (key-value heads, new tokens, head dimension).
            values: the same.

        Returns:
            Keys and values of shape (key-value heads, length + new tokens, head dimension). `length` itself moves with
            `advance`, when all layers have their part.
        """
        end = self.length + keys.shape[1]
        buffer = self._with_room(end, keys)
        buffer[layer, 0, :, self.length : end] = keys
        buffer[layer, 1, :, self.length : end] = values
        return buffer[layer, 0, :, :end], buffer[layer, 1, :, :end]

    def advance(self, tokens: int) -> None:
        """So many new tokens are now stored in all layers."""
        self.length += tokens

    def crop(self, length: int) -> None:
        """Forget the tokens from `length` on; their room is written over."""
        self.length = min(self.length, length)

    def copy(self, length: int, capacity: int) -> "KVCache":
        """A cache of its own with the first `length` tokens, and room for `capacity`."""
        twin = KVCache(self._layers, max(capacity, length))
        if self._buffer is not None and length:
            twin._with_room(length, self._buffer[0, 0])[:, :, :, :length] = self._buffer[:, :, :, :length]
            twin.length = length
        return twin

    def _with_room(self, tokens: int, like: torch.Tensor) -> torch.Tensor:
        """The buffer, with room for so many tokens: shape (layers, 2, heads, room, head dimension)."""
        if self._buffer is None or self._buffer.shape[3] < tokens:
            self._capacity = max(tokens, self._capacity, 2 * self.length) + _SPARE
            heads, _, dimension = like.shape
            grown = like.new_empty((self._layers, 2, heads, self._capacity, dimension))
            if self._buffer is not None:
                grown[:, :, :, : self.length] = self._buffer[:, :, :, : self.length]
            self._buffer = grown
        return self._buffer
