"""Causal attention over a ragged batch: new tokens of several sequences back to back, each with its own KV cache.

All rows share the model's matrix products; here each sequence attends to its own keys and values. There is no padding
between sequences, so prefill and decode share one forward pass. It is registered with transformers as an attention
implementation, and works for every architecture that supports custom implementations.

On a CPU, a row's result is the same to the last bit whatever else is in the batch, however a prompt is split, wherever
it continues a cached prefix, and however many tokens are drafted. To that end keys come in whole blocks, the unused
ones masked, and rows in blocks of a size that was measured (`row_blocks`): the kernel then always sums the same terms
in the same order. The rest of a model keeps to that with int8 products, not with bfloat16 ones (see `int8_linear`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import AttentionInterface

from rag.generation.kv_cache import BLOCK, KVCache
from rag.models.kernels.cached_attention import AttentionBatch, CachedRows, Turns, can_attend

NAME = "citewell_ragged"

_FEW_ROWS = 16
"""Up to this many rows, query heads that share keys are computed as rows of one head: fewer, fuller blocks."""

_KERNEL_ROWS = (768, 192, 32)
"""The kernel multiplies 256 rows at a time from 768 rows on, 64 from 192 on, and 32 or what is left of fewer."""

_PROBE_KEYS = 512 + BLOCK
"""The kernel takes 512 keys at a time, then what is left."""


@dataclass(frozen=True, slots=True)
class RowBlocks:
    """Query rows are padded to a multiple of `rows`; if `separate`, each block of them is an entry of the batch."""

    rows: int
    separate: bool = False


_SHARED = RowBlocks(16)
"""With fewer rows, or a number between, products take other paths (seen in MKL)."""

_SEPARATE = RowBlocks(24, separate=True)
"""Where a row's bits depend on the number of rows: always this one, a whole number of MKL's tiles."""


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
    kernel: list[AttentionBatch] = field(default_factory=list)
    """The sequences as our kernel takes them, once the first layer has been stored."""

    def attend_projected(
        self,
        layer: int,
        projected: torch.Tensor,
        turns: Turns,
        scale: float,
        window: int | None,
        shape: tuple[int, int],
    ) -> torch.Tensor:
        """Compute a layer's attention from what its products gave; see `AttentionBatch.attend_projected`.

        `shape` is the number of key-value heads and the dimension of a head.
        """
        if not self.kernel:
            like = projected[:, : shape[0] * shape[1]].view(-1, *shape).transpose(0, 1)
            for each in self.sequences:
                each.cache.reserve(each.end - each.start, like)
        return _kernel_of(self).attend_projected(layer, projected, turns, scale, window, shape[1])


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
    if key.shape == value.shape and can_attend(query[0], key.shape[1]):
        scale = query.shape[3] ** -0.5 if scaling is None else scaling
        _kernel_of(ragged).attend(module.layer_idx, query[0], scale, sliding_window, out)
        return out[None], None
    for sequence in ragged.sequences:
        rows = slice(sequence.start, sequence.end)
        keys, values = sequence.cache.blocks(module.layer_idx, sequence.end - sequence.start)
        mask = _mask_of(sequence, keys.shape[1], sliding_window, query, query.shape[1] // keys.shape[0])
        out[rows] = _attend(query[0, :, rows], keys, values, mask, scaling).transpose(0, 1)
    return out[None], None


def _kernel_of(ragged: RaggedBatch) -> AttentionBatch:
    """Return the sequences as the kernel takes them: their buffers grow in the first layer only."""
    if not ragged.kernel:
        rows = (
            CachedRows(each.cache.buffer, each.cache.length, each.start, each.end - each.start)
            for each in ragged.sequences
        )
        ragged.kernel.append(AttentionBatch([*rows]))
    return ragged.kernel[0]


def _attend(
    query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor, scaling: float | None
) -> torch.Tensor:
    """Compute attention of query rows over keys and values, all of shape (heads, tokens, dimension)."""
    heads, rows, dimension = query.shape
    groups = heads // keys.shape[0]
    if rows <= _FEW_ROWS:
        query, groups = query.reshape(keys.shape[0], groups * rows, dimension), 1
    blocks, _, size, _ = mask.shape
    filled = pad(query, (0, 0, 0, blocks * size - query.shape[1])).unflatten(1, (blocks, size)).transpose(0, 1)
    attended = scaled_dot_product_attention(
        filled,
        keys.expand(blocks, -1, -1, -1),
        values.expand(blocks, -1, -1, -1),
        attn_mask=mask,
        scale=scaling,
        enable_gqa=groups > 1,
    )
    return attended.transpose(0, 1).flatten(1, 2)[:, : query.shape[1]].reshape(heads, rows, -1)


def _mask_of(sequence: SequenceRows, keys: int, window: int | None, query: torch.Tensor, groups: int) -> torch.Tensor:
    """Return the additive attention mask: 0 for the keys a row sees, minus infinity for the others.

    Shape (blocks, 1, rows a block, keys). The rows, groups * rows if few, are padded with ones that see every key.
    """
    if window not in sequence.masks:
        past, rows = sequence.cache.length, sequence.end - sequence.start
        seen = torch.ones((rows, keys), dtype=torch.bool, device=query.device).tril(past)
        if window is not None:
            seen = seen.triu(past - window + 1)
        mask = torch.zeros((rows, keys), dtype=query.dtype, device=query.device).masked_fill_(~seen, -torch.inf)
        mask = mask if rows > _FEW_ROWS else mask.repeat(groups, 1)
        blocks = row_blocks(query.dtype, query.shape[3]) if query.device.type == "cpu" else _SHARED
        mask = pad(mask, (0, 0, 0, -len(mask) % blocks.rows))
        sequence.masks[window] = mask.view(-1, 1, blocks.rows if blocks.separate else len(mask), keys)
    return sequence.masks[window]


@cache
def row_blocks(dtype: torch.dtype, dimension: int) -> RowBlocks:
    """Return blocks in which a row's bits do not depend on the other rows of a CPU. Measured, not looked up.

    Takes some twenty milliseconds, once.
    """
    generator = torch.Generator().manual_seed(0)
    query = torch.randn((_KERNEL_ROWS[0], dimension), generator=generator).to(dtype)
    keys, values = torch.randn((2, 1, _PROBE_KEYS, dimension), generator=generator).to(dtype)

    def attended(rows: int) -> torch.Tensor:
        blocks = query.view(-1, 1, rows, dimension)
        shape = (len(blocks), -1, -1, -1)
        return scaled_dot_product_attention(blocks, keys.expand(shape), values.expand(shape)).reshape(query.shape)

    whole, *others = (attended(rows) for rows in (*_KERNEL_ROWS, _SHARED.rows))
    return _SHARED if all(torch.equal(whole, other) for other in others) else _SEPARATE


def register() -> None:
    """Register the implementation with transformers under `NAME`."""
    AttentionInterface.register(NAME, ragged_attention)
