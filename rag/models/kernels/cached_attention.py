"""Causal attention over keys and values that are cached, for all sequences of a batch: native/attention.c."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from rag.models.kernels.kernel_library import Pointer, Size, Team, instruction_level, loaded, team

_BLOCK = 32
"""Keys that the kernel reads together: KEYS in native/attention.c."""

_MOST_GROUPS = 48
"""Query heads that share keys, at most."""


class _Sequence(ctypes.Structure):
    _fields_ = (("buffer", Pointer), ("capacity", Size), ("past", Size), ("row", Size), ("rows", Size))


class _Attention(ctypes.Structure):
    _fields_ = (
        ("isa", ctypes.c_int),
        ("sequences", Pointer),
        ("count", Size),
        ("layer", Size),
        ("heads", Size),
        ("groups", Size),
        ("window", Size),
        ("dim", Size),
        ("scale", ctypes.c_float),
        ("q", Pointer),
        ("row_stride", Size),
        ("head_stride", Size),
        ("out", Pointer),
        ("team", Team),
    )


@dataclass(frozen=True, slots=True)
class CachedRows:
    """New rows of a sequence and where its keys and values are.

    `buffer` is bfloat16 of shape (layers, 2, heads, capacity, dimension), the capacity a multiple of 32: the kernel
    reads whole blocks of keys, and what no query sees must be finite. `past` tokens precede the new `rows`, which begin
    at `row` of the batch and are stored in the buffer already.
    """

    buffer: torch.Tensor
    past: int
    row: int
    rows: int


class AttentionBatch:
    """Sequences whose new rows attend to their own keys and values, each layer in one call."""

    def __init__(self, sequences: Sequence[CachedRows]) -> None:
        """Take the sequences.

        Raises:
            ValueError: the kernel would read beyond a buffer.
        """
        for each in sequences:
            capacity = each.buffer.shape[3]
            if capacity % _BLOCK or each.past + each.rows > capacity:
                raise ValueError(f"a cache of {capacity} tokens for {each.past} and {each.rows} more")
        self._kept = sequences  # their buffers must live as long as this
        self._array = (_Sequence * len(sequences))(
            *(_Sequence(s.buffer.data_ptr(), s.buffer.shape[3], s.past, s.row, s.rows) for s in sequences)
        )

    def attend(self, layer: int, query: torch.Tensor, scale: float, window: int | None, out: torch.Tensor) -> None:
        """Compute causal attention into `out`, shape (rows, heads, dimension).

        `query` is bfloat16 of shape (heads, rows, dimension). A row's result is the same to the last bit whatever else
        is in the batch.
        """
        heads = self._kept[0].buffer.shape[2]
        if query.stride(2) != 1:
            query = query.contiguous()
        task = _Attention(
            instruction_level(),
            ctypes.addressof(self._array),
            len(self._array),
            layer,
            heads,
            query.shape[0] // heads,
            window or 0,
            query.shape[2],
            scale,
            query.data_ptr(),
            query.stride(1),
            query.stride(0),
            out.data_ptr(),
            team(torch.get_num_threads()),
        )
        loaded().citewell_attend(ctypes.byref(task))


def can_attend(query: torch.Tensor, heads: int) -> bool:
    """Return True if there is a kernel for queries of this kind, shape (heads, rows, dimension)."""
    groups, rest = divmod(query.shape[0], heads)
    fits = query.shape[2] % 16 == 0 and groups <= _MOST_GROUPS and not rest
    return fits and query.dtype == torch.bfloat16 and query.device.type == "cpu" and instruction_level() > 0
