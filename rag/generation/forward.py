"""Forward pass: new tokens of several sequences through one model together, their pasts from their KV caches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from rag.generation.attention import Part, RaggedBatch
from rag.generation.kv_cache import KVCache

_SIZES = (1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 160, 192, 224, 256)
"""Numbers of rows that are computed: the kernels for a number are made when it first occurs, at some 20 ms a shape."""


@dataclass(frozen=True, slots=True)
class ForwardInput:
    """New tokens of one sequence; the logits of the last `keep` of them are wanted.

    `on_state` is given the states of the token at `state_row` of these at the tapped layers, shape (layers, hidden).
    """

    cache: KVCache
    tokens: Sequence[int]
    keep: int
    on_state: Callable[[torch.Tensor], None] | None = None
    state_row: int = 0


class ModelRunner:
    """Runs a transformers causal language model that was loaded with the ragged attention.

    `tapped_layers` are those, from 0, whose output is given to the work that asks for it.
    """

    def __init__(self, model: Any, device: torch.device, tapped_layers: Sequence[int] = ()) -> None:
        self._model = model
        self.device = device
        self.layers = int(model.config.get_text_config().num_hidden_layers)
        self._tapped: dict[int, torch.Tensor] = {}
        for layer in tapped_layers:
            model.base_model.layers[layer].register_forward_hook(partial(self._keep_states, layer))

    def new_cache(self, capacity: int) -> KVCache:
        """An empty cache with room for `capacity` tokens."""
        return KVCache(self.layers, capacity)

    def forward(self, work: Sequence[ForwardInput]) -> list[torch.Tensor]:
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
        for item, part in zip(work, parts, strict=True):
            item.cache.advance(len(item.tokens))
            if item.on_state:
                row = part.start + item.state_row
                item.on_state(torch.stack([states[row].float() for states in self._tapped.values()]))
        self._tapped.clear()
        return list(logits.split([item.keep for item in work]))

    def _keep_states(self, layer: int, _module: Any, _inputs: Any, output: Any) -> None:
        self._tapped[layer] = (output[0] if isinstance(output, tuple) else output)[0]


def _fill_up(rows: list[int]) -> None:
    """Lengthen to the next of the sizes; what is computed for the extra rows is thrown away."""
    size = next((size for size in _SIZES if size >= len(rows)), len(rows))
    rows.extend([0] * (size - len(rows) if rows else 0))
