"""Causal attention over a ragged batch: new tokens of several sequences back to back, each with its own KV cache.

All rows share the model's matrix products; here each sequence attends to its own keys and values. There is no padding
between sequences, so prefill and decode share one forward pass. It is registered with transformers as an attention
implementation, and works for every architecture that supports custom implementations.

On a CPU, a row's result is the same to the last bit whatever else is in the batch, however a prompt is split, wherever
it continues a cached prefix, and however many tokens are drafted. To that end keys come in whole blocks, the unused
ones masked, and rows in multiples of four: the kernel then always sums the same terms in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import AttentionInterface

from rag.generation.kv_cache import KVCache

NAME = "citewell_ragged"

_FEW_ROWS = 16
"""Up to this many rows, query heads that share keys are computed as rows of one head: fewer, fuller blocks."""

_ROW_MULTIPLE = 4
"""Rows are padded to a multiple of this: with fewer, matrix products take another path (seen in MKL without AMX)."""


@dataclass(slots=True)
class SequenceRows:
    """Rows `[start, end)` of a batch: the new tokens of one sequence, whose earlier tokens are in `cache`.

    `masks` holds the attention mask for each window size; every layer uses the same.
    """

    cache: KVCache
    start: int
    end: int
    masks: dict[int | None, torch.Tensor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RaggedBatch:
    """The rows of a forward pass, by sequence."""

    sequences: Sequence[SequenceRows]


def ragged_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    _mask: torch.Tensor | None,
    *,
    ragged: RaggedBatch,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Compute causal attention of each sequence's new tokens over that sequence.

    Args:
        module: the attention layer; its `layer_idx` selects the layer of the KV cache.
        query: shape (1, heads, rows, head dimension).
        key: shape (1, key-value heads, rows, head dimension), of the new tokens only.
        value: same shape as `key`.
        ragged: the rows by sequence.
        scaling: factor on the products; None is 1/√(head dimension).
        sliding_window: number of tokens back that a row sees; None is all.
        others: further arguments that transformers passes to every implementation.

    Returns:
        The output, shape (1, rows, heads, head dimension), and no attention weights.

    Raises:
        ValueError: the architecture needs a kind of attention that is not implemented here.
    """
    if others.get("softcap") is not None or others.get("s_aux") is not None:
        raise ValueError("models with capped or sink attention are not supported")
    out = query.new_zeros((query.shape[2], query.shape[1], value.shape[3]))
    for sequence in ragged.sequences:
        rows = slice(sequence.start, sequence.end)
        sequence.cache.store(module.layer_idx, key[0, :, rows], value[0, :, rows])
        keys, values = sequence.cache.blocks(module.layer_idx, sequence.end - sequence.start)
        mask = _mask_of(sequence, keys.shape[1], sliding_window, query, query.shape[1] // keys.shape[0])
        out[rows] = _attend(query[0, :, rows], keys, values, mask, scaling).transpose(0, 1)
    return out[None], None


def _attend(
    query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor, scaling: float | None
) -> torch.Tensor:
    """Compute attention of query rows over keys and values, all of shape (heads, tokens, dimension)."""
    heads, rows, dimension = query.shape
    groups = heads // keys.shape[0]
    if rows <= _FEW_ROWS:
        query, groups = query.reshape(keys.shape[0], groups * rows, dimension), 1
    filled = pad(query, (0, 0, 0, len(mask) - query.shape[1]))
    attended = scaled_dot_product_attention(
        filled[None], keys[None], values[None], attn_mask=mask, scale=scaling, enable_gqa=groups > 1
    )[0]
    return attended[:, : query.shape[1]].reshape(heads, rows, -1)


def _mask_of(sequence: SequenceRows, keys: int, window: int | None, query: torch.Tensor, groups: int) -> torch.Tensor:
    """Return the additive attention mask: 0 for the keys a row sees, minus infinity for the others.

    Shape (rows, keys), or (groups * rows, keys) for a few rows, padded with rows that see every key.
    """
    if window not in sequence.masks:
        past, rows = sequence.cache.length, sequence.end - sequence.start
        seen = torch.ones((rows, keys), dtype=torch.bool, device=query.device).tril(past)
        if window is not None:
            seen = seen.triu(past - window + 1)
        mask = torch.zeros((rows, keys), dtype=query.dtype, device=query.device).masked_fill_(~seen, -torch.inf)
        mask = mask if rows > _FEW_ROWS else mask.repeat(groups, 1)
        sequence.masks[window] = pad(mask, (0, 0, 0, -len(mask) % _ROW_MULTIPLE))
    return sequence.masks[window]


def register() -> None:
    """Register the implementation with transformers under `NAME`."""
    AttentionInterface.register(NAME, ragged_attention)
