"""Attention over a ragged batch: the new tokens of several sequences, one after the other, each with its own past.

All rows go through a model's matrix products together; here every sequence attends to its own keys and values. There is
no padding, so a prompt being read and answers being written share one forward pass. Registered with transformers as an
attention implementation, it serves every architecture that supports those.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

from rag.models.kv_cache import KVCache

NAME = "citewell_ragged"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows `[start, end)` of a batch are new tokens of one sequence; `cache` holds the tokens before them."""

    cache: KVCache
    start: int
    end: int


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
    **_unused: Any,
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

    Returns:
        Shape (1, rows, heads, head dimension), and no weights.
    """
    out = query.new_empty((query.shape[2], query.shape[1], value.shape[3]))
    for part in ragged.parts:
        rows = slice(part.start, part.end)
        keys, values = part.cache.store(module.layer_idx, key[0, :, rows], value[0, :, rows])
        attended = _attend(query[0, :, rows], keys, values, scaling, sliding_window)
        out[rows] = attended.transpose(0, 1)
    return out[None], None


def _attend(
    query: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    scaling: float | None,
    window: int | None,
) -> torch.Tensor:
    """Rows of query, the last tokens of keys, over all keys up to their own. Shapes (heads, tokens, dimension)."""
    heads, rows, dimension = query.shape
    groups = heads // keys.shape[0]
    past = keys.shape[1] - rows
    if past == 0 and window is None:
        return scaled_dot_product_attention(
            query[None], keys[None], values[None], is_causal=True, scale=scaling, enable_gqa=groups > 1
        )[0]
    # The heads that share keys become rows of one head: nothing has to be repeated.
    grouped = query.reshape(1, heads // groups, groups * rows, dimension)
    mask = None if rows == 1 and window is None else _mask(rows, past, window, query.device).repeat(groups, 1)
    attended = scaled_dot_product_attention(grouped, keys[None], values[None], attn_mask=mask, scale=scaling)
    return attended.reshape(heads, rows, -1)


def _mask(rows: int, past: int, window: int | None, device: torch.device) -> torch.Tensor:
    """Which keys each row may see, shape (rows, past + rows)."""
    own = torch.arange(past, past + rows, device=device)[:, None]
    keys = torch.arange(past + rows, device=device)[None, :]
    seen = keys <= own
    return seen if window is None else seen & (keys > own - window)


def register() -> None:
    """Make the implementation known to transformers under `NAME`."""
    AttentionInterface.register(NAME, ragged_attention)
