"""Causal attention over keys and values that are cached, for all sequences of a batch: attention.c."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from rag.models.kernels.kernel_library import Pointer, Size, Team, instruction_level, loaded, team

_BLOCK = 32
"""Keys that the kernel reads together: KEYS in attention.c."""

_MOST_GROUPS = 48
"""Query heads that share keys, at most."""

_TURNED = 32
"""Numbers that are turned by a position at once: two vectors of the widest registers."""

Turns = tuple[torch.Tensor, torch.Tensor]
"""Cosines and sines of rotary position embedding, by row."""


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
        ("keys", Pointer),
        ("values", Pointer),
        ("cosines", Pointer),
        ("sines", Pointer),
        ("out", Pointer),
        ("team", Team),
    )


@dataclass(frozen=True, slots=True)
class CachedRows:
    """New rows of a sequence and where its keys and values are.

    `buffer` is bfloat16 of shape (layers, 2, heads, capacity, dimension), the capacity a multiple of 32: the kernel
    reads whole blocks of keys, and what no query sees must be finite. `past` tokens precede the new `rows`, which begin
    at `row` of the batch; `attend` finds them stored in the buffer, `attend_projected` stores them.
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
        self._rows = max(each.row + each.rows for each in sequences)
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
        shape = (layer, heads, query.shape[0] // heads, window or 0, query.shape[2])
        self._compute(shape, scale, (query.data_ptr(), query.stride(1), query.stride(0)), (None,) * 4, out)

    def attend_projected(
        self, layer: int, projected: torch.Tensor, turns: Turns, scale: float, window: int | None, dim: int
    ) -> torch.Tensor:
        """Turn queries and keys by their positions, store keys and values, and compute causal attention.

        `projected` is bfloat16 of shape (rows, numbers): of each row all heads' queries, then keys, then values, of
        `dim` numbers each; the queries are turned in place. `turns` are the cosines and sines of the rows' positions,
        bfloat16 of shape (rows, dim). Returns shape (rows, heads * dim).

        Raises:
            ValueError: the kernel would read or write beyond the rows, or the cache has other heads.
        """
        heads, _, own_dim = self._kept[0].buffer.shape[2:]
        rows, width = projected.shape
        queries = width // dim - 2 * heads
        shapes = {(rows, dim), (rows, own_dim), *(tuple(each.shape) for each in turns)}
        if (
            len(shapes) > 1
            or queries < heads
            or not can_project(queries, heads, dim)
            or width % dim
            or self._rows > rows
        ):
            raise ValueError("projected rows that these kernels do not compute")
        out = torch.empty((rows, queries * dim), dtype=torch.bfloat16)
        start, size = projected.data_ptr(), projected.element_size()
        keys, values = start + queries * dim * size, start + (queries + heads) * dim * size
        shape = (layer, heads, queries // heads, window or 0, dim)
        self._compute(shape, scale, (start, width, dim), (keys, values, *(each.data_ptr() for each in turns)), out)
        return out

    def _compute(
        self,
        shape: tuple[int, int, int, int, int],
        scale: float,
        query: tuple[int, int, int],
        new: tuple[int | None, ...],
        out: torch.Tensor,
    ) -> None:
        """Call the kernel; the tuples are its fields from `layer`, from `q` and from `keys` on."""
        threads = team(torch.get_num_threads())
        sequences = (ctypes.addressof(self._array), len(self._array))
        task = _Attention(instruction_level(), *sequences, *shape, scale, *query, *new, out.data_ptr(), threads)
        loaded().citewell_attend(ctypes.byref(task))


def can_project(queries: int, heads: int, dim: int) -> bool:
    """Return True if `attend_projected` can compute this many heads of queries over those of keys."""
    groups, rest = divmod(queries, heads)
    return dim % _TURNED == 0 and 0 < groups <= _MOST_GROUPS and not rest and instruction_level() > 0


def can_attend(query: torch.Tensor, heads: int) -> bool:
    """Return True if there is a kernel for queries of this kind, shape (heads, rows, dimension)."""
    groups, rest = divmod(query.shape[0], heads)
    fits = query.shape[2] % 16 == 0 and groups <= _MOST_GROUPS and not rest
    return fits and query.dtype == torch.bfloat16 and query.device.type == "cpu" and instruction_level() > 0
