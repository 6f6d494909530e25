"""Attention over a ragged batch: the new tokens of several sequences, one after the other, each with its own past.

All rows go through a model's matrix products together; here every sequence attends to its own keys and values. There is
no padding between sequences, so a prompt being read and answers being written share one forward pass. Registered with
transformers as an attention implementation, it serves every architecture that supports those.

On a CPU a row comes out the same to the last bit whatever its company: however a prompt is cut into stretches, wherever
it continues an earlier one, and however many tokens are guessed ahead. Whole blocks of keys make it so, the unused ones
masked, and whole fours of rows: the kernel's products then always have sums of the same terms in the same order.
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
"""Up to so many rows, the heads that share keys are computed as rows of one head: fewer, fuller blocks."""

_WHOLE_ROWS = 4
"""Rows are computed in multiples of this: for fewer, matrix products take another path (seen in MKL without AMX)."""


@dataclass(slots=True)
class Part:
    """Rows `[start, end)` of a batch are new tokens of one sequence; `cache` holds the tokens before them.

    `masks` keeps, by window, which keys each row may see: the same for every layer.
    """

    cache: KVCache
    start: int
    end: int
    masks: dict[int | None, torch.Tensor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RaggedBatch:
    """Whose tokens the rows of a forward pass are."""

    parts: Sequence[Part]


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
    """Causal attention of each part over its sequence.

    Args:
        module: the attention layer; its `layer_idx` says where keys and values are kept.
        query: shape (1, heads, rows, head dimension).
        key: shape (1, key-value heads, rows, head dimension), the new tokens' only.
        value: the same.
        ragged: whose rows they are.
        scaling: factor on the products; None is 1/√(head dimension).
        sliding_window: how many tokens back a row may look; None is all.
        others: what transformers passes to every implementation.

    Returns:
        Shape (1, rows, heads, head dimension), and no weights.

    Raises:
        ValueError: the architecture wants something of its attention that is not computed here.
    """
    if others.get("softcap") is not None or others.get("s_aux") is not None:
        raise ValueError("models with capped or sink attention are not supported")
    out = query.new_zeros((query.shape[2], query.shape[1], value.shape[3]))
    for part in ragged.parts:
        rows = slice(part.start, part.end)
        part.cache.store(module.layer_idx, key[0, :, rows], value[0, :, rows])
        keys, values = part.cache.blocks(module.layer_idx, part.end - part.start)
        mask = _mask_of(part, keys.shape[1], sliding_window, query, query.shape[1] // keys.shape[0])
        out[rows] = _attend(query[0, :, rows], keys, values, mask, scaling).transpose(0, 1)
    return out[None], None


def _attend(
    query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor, scaling: float | None
) -> torch.Tensor:
    """Rows of query over keys and values, shapes (heads, tokens, dimension)."""
    heads, rows, dimension = query.shape
    groups = heads // keys.shape[0]
    if rows <= _FEW_ROWS:
        query, groups = query.reshape(keys.shape[0], groups * rows, dimension), 1
    filled = pad(query, (0, 0, 0, len(mask) - query.shape[1]))
    attended = scaled_dot_product_attention(
        filled[None], keys[None], values[None], attn_mask=mask, scale=scaling, enable_gqa=groups > 1
    )[0]
    return attended[:, : query.shape[1]].reshape(heads, rows, -1)


def _mask_of(part: Part, keys: int, window: int | None, query: torch.Tensor, groups: int) -> torch.Tensor:
    """What is added to the scores: 0 for keys a row may see, minus infinity for the others.

    Shape (rows, keys), or for a few rows (groups * rows, keys), with rows that see everything up to a whole number.
    """
    if window not in part.masks:
        past, rows = part.cache.length, part.end - part.start
        seen = torch.ones((rows, keys), dtype=torch.bool, device=query.device).tril(past)
        if window is not None:
            seen = seen.triu(past - window + 1)
        mask = torch.zeros((rows, keys), dtype=query.dtype, device=query.device).masked_fill_(~seen, -torch.inf)
        mask = mask if rows > _FEW_ROWS else mask.repeat(groups, 1)
        part.masks[window] = pad(mask, (0, 0, 0, -len(mask) % _WHOLE_ROWS))
    return part.masks[window]


def register() -> None:
    """Make the implementation known to transformers under `NAME`."""
    AttentionInterface.register(NAME, ragged_attention)
