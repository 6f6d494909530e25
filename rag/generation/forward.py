"""Forward pass with KV cache: run new tokens of several sequences through the model in one batch."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from rag.generation.attention import RaggedBatch, SequenceRows
from rag.generation.kv_cache import KVCache
from rag.models.kernels.block_linear import has_blocks
from rag.runtime.processor_share import ProcessorShare

_ROW_COUNTS = (1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 160, 192, 224, 256)
"""Row counts that a batch is padded to: torch builds kernels when a count first occurs, some 20 ms a shape. Our own
kernels take any number of rows."""


States = dict[int, torch.Tensor]
"""Outputs of layers (from 0) at one token, each of shape (hidden,)."""


@dataclass(frozen=True, slots=True)
class ForwardInput:
    """New tokens of one sequence, and the number of last ones to return logits for (`keep`).

    `on_state` receives the states of the token at index `state_row`, shape (hidden,), by tapped layer.
    """

    cache: KVCache
    tokens: Sequence[int]
    keep: int
    on_state: Callable[[States], None] | None = None
    state_row: int = 0


class LayerTap:
    """Catch the outputs of some layers (from 0) in a forward pass, for `ForwardInput.on_state`."""

    def __init__(self, model: Any, layers: Sequence[int]) -> None:
        self._states: dict[int, torch.Tensor] = {}
        for layer in layers:
            model.base_model.layers[layer].register_forward_hook(partial(self._catch, layer))

    def deliver(self, item: ForwardInput, row: int) -> None:
        """Give an input the states of one row, if it wants them."""
        if item.on_state:
            item.on_state({layer: states[row].float() for layer, states in self._states.items()})

    def clear(self) -> None:
        """Release the states of the last pass."""
        self._states.clear()

    def _catch(self, layer: int, _module: Any, _inputs: Any, output: Any) -> None:
        self._states[layer] = (output[0] if isinstance(output, tuple) else output)[0]


class ModelRunner:
    """Run a transformers causal language model that was loaded with the ragged attention.

    `tapped_layers` (from 0) are those whose output `ForwardInput.on_state` receives. A `share` sets the number of
    threads before each pass: only for our own kernels, whose figures do not depend on it.
    """

    resumable = True
    """A sequence may be computed in parts, cropped, and continued from a prefix of another."""

    max_sequences = 1 << 16

    def __init__(
        self,
        model: Any,
        device: torch.device,
        tapped_layers: Sequence[int] = (),
        share: ProcessorShare | None = None,
    ) -> None:
        self._model = model
        self._share = share if has_blocks(model) else None
        self.device = device
        self.layers = int(model.config.get_text_config().num_hidden_layers)
        self._pads = device.type == "cpu" and not has_blocks(model)
        self._tap = LayerTap(model, tapped_layers)

    def new_cache(self, capacity: int) -> KVCache:
        """Return an empty cache with room for `capacity` tokens."""
        return KVCache(self.layers, capacity)

    def forward(self, inputs: Sequence[ForwardInput], until: int | None = None) -> list[torch.Tensor]:
        """Run one forward pass and store keys and values; return logits of shape (keep, vocabulary) for each input.

        A pass for states alone ends with layer `until` (from 0): its inputs keep no logits, and what it adds to their
        caches is good only for others that end there.
        """
        tokens: list[int] = []
        positions: list[int] = []
        logit_rows: list[int] = []
        sequences: list[SequenceRows] = []
        for item in inputs:
            start = len(tokens)
            tokens.extend(item.tokens)
            positions.extend(range(item.cache.length, item.cache.length + len(item.tokens)))
            logit_rows.extend(range(len(tokens) - item.keep, len(tokens)))
            sequences.append(SequenceRows(item.cache, start, len(tokens)))
        rows = len(logit_rows)
        if self._pads:
            _pad(tokens)
            _pad(positions)
            _pad(logit_rows)
        computing = self._share.computing(len(tokens)) if self._share else nullcontext()
        with torch.inference_mode(), _ending_with(self._model, until), computing:
            out = self._model(
                input_ids=torch.tensor([tokens], device=self.device),
                position_ids=torch.tensor([positions], device=self.device),
                use_cache=False,
                logits_to_keep=torch.tensor(logit_rows, dtype=torch.long, device=self.device),
                ragged=RaggedBatch(sequences),
            )
            logits = out.logits[0, :rows].float()
        for item, sequence in zip(inputs, sequences, strict=True):
            item.cache.advance(len(item.tokens))
            self._tap.deliver(item, sequence.start + item.state_row)
        self._tap.clear()
        return list(logits.split([item.keep for item in inputs]))


@contextmanager
def _ending_with(model: Any, layer: int | None) -> Iterator[None]:
    """Leave out the layers of a model behind this one (from 0)."""
    if layer is None:
        yield
        return
    base = model.base_model
    layers = base.layers
    base.layers = layers[: layer + 1]
    try:
        yield
    finally:
        base.layers = layers


def _pad(rows: list[int]) -> None:
    """Pad to the next row count with zeros; results of the extra rows are discarded."""
    count = next((count for count in _ROW_COUNTS if count >= len(rows)), len(rows))
    rows.extend([0] * (count - len(rows) if rows else 0))
