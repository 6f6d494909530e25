"""Forward pass: new tokens of several sequences through one model together, their pasts from their KV caches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from rag.models.attention import Part, RaggedBatch
from rag.models.kv_cache import KVCache

_SIZES = (1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 160, 192, 224, 256)
"""Numbers of rows that are computed: the kernels for a number are made when it first occurs, at some 20 ms a shape."""


@dataclass(frozen=True, slots=True)
class Work:
    """New tokens of one sequence; the logits of the last `keep` of them are wanted."""

    cache: KVCache
    tokens: Sequence[int]
    keep: int


class ModelRunner:
    """Runs a transformers causal language model that was loaded with the ragged attention."""

    def __init__(self, model: Any, device: torch.device) -> None:
        self._model = model
        self.device = device
        self.layers = int(model.config.get_text_config().num_hidden_layers)

    def new_cache(self, capacity: int) -> KVCache:
        """An empty cache with room for `capacity` tokens."""
        return KVCache(self.layers, capacity)

    def forward(self, work: Sequence[Work]) -> list[torch.Tensor]:
        """Compute all rows in one pass and store their keys and values; logits of shape (keep, vocabulary) for each."""
        tokens: list[int] = []
        positions: list[int] = []
        wanted: list[int] = []
        parts: list[Part] = []
        for item in work:
            start = len(tokens)
            tokens.extend(item.tokens)
            positions.extend(range(item.cache.length, item.cache.length + len(item.tokens)))
            wanted.extend(range(len(tokens) - item.keep, len(tokens)))
            parts.append(Part(item.cache, start, len(tokens)))
        rows = len(wanted)
        if self.device.type == "cpu":
            _fill_up(tokens)
            _fill_up(positions)
            _fill_up(wanted)
        with torch.inference_mode():
            out = self._model(
                input_ids=torch.tensor([tokens], device=self.device),
                position_ids=torch.tensor([positions], device=self.device),
                use_cache=False,
                logits_to_keep=torch.tensor(wanted, dtype=torch.long, device=self.device),
                ragged=RaggedBatch(parts),
            )
            logits = out.logits[0, :rows].float()
        for item in work:
            item.cache.advance(len(item.tokens))
        return list(logits.split([item.keep for item in work]))


def _fill_up(rows: list[int]) -> None:
    """Lengthen to the next of the sizes; what is computed for the extra rows is thrown away."""
    size = next((size for size in _SIZES if size >= len(rows)), len(rows))
    rows.extend([0] * (size - len(rows) if rows else 0))
