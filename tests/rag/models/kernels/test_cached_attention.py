"""Attention over cached keys: what torch computes in float32, whatever else is in the batch."""

from itertools import pairwise

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from rag.models.kernels.cached_attention import AttentionBatch, CachedRows, can_attend
from rag.runtime.compute_thread import computing
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.kernels.random_tensors import random, relative_error

pytestmark = needs_kernels

LAYERS, CAPACITY = 2, 768
SHAPES = [(2, 6, 128), (1, 8, 256), (1, 48, 32), (1, 1, 16)]
"""Key-value heads, query heads that share one, dimension."""


def cache(heads: int, dimension: int, seed: int = 0) -> torch.Tensor:
    return random(LAYERS, 2, heads, CAPACITY, dimension, seed=seed)


SPANS = [(0, 1, 17), (1, 20, 400), (21, 9, 0)]
"""First row, number of rows and past tokens of three sequences of a batch of 30 rows."""


def in_spans(buffers: list[torch.Tensor]) -> list[CachedRows]:
    return [CachedRows(buffer, past, row, rows) for buffer, (row, rows, past) in zip(buffers, SPANS, strict=True)]


@computing
def attend(query: torch.Tensor, sequences: list[CachedRows], window: int | None = None, layer: int = 1) -> torch.Tensor:
    """Return the output for queries of shape (heads, rows, dimension), as (rows, heads, dimension)."""
    out = torch.full((query.shape[1], query.shape[0], query.shape[2]), torch.nan).bfloat16()
    AttentionBatch(sequences).attend(layer, query, query.shape[2] ** -0.5, window, out)
    return out


def exact(query: torch.Tensor, buffer: torch.Tensor, past: int, window: int | None, layer: int = 1) -> torch.Tensor:
    rows = query.shape[1]
    seen = torch.ones(rows, past + rows, dtype=torch.bool).tril(past)
    if window is not None:
        seen = seen.triu(past - window + 1)
    keys, values = buffer[layer, :, :, : past + rows].float()
    out = scaled_dot_product_attention(query.float()[None], keys[None], values[None], attn_mask=seen, enable_gqa=True)
    return out[0].transpose(0, 1)


@pytest.mark.parametrize(("heads", "groups", "dimension"), SHAPES)
@pytest.mark.parametrize("window", [None, 100])
@pytest.mark.parametrize(("past", "rows"), [(0, 1), (0, 70), (300, 9), (500, 1), (255, 33)])
def test_it_is_what_torch_computes(
    heads: int, groups: int, dimension: int, window: int | None, past: int, rows: int
) -> None:
    buffer, query = cache(heads, dimension), random(heads * groups, rows, dimension, seed=1)
    found = attend(query, [CachedRows(buffer, past, 0, rows)], window)
    assert relative_error(found, exact(query, buffer, past, window)) < 0.004


@pytest.mark.parametrize("window", [None, 40])
def test_a_row_is_the_same_to_the_last_bit_however_its_sequence_is_split(window: int | None) -> None:
    buffer, query = cache(2, 64), random(12, 130, 64, seed=1)
    whole = attend(query, [CachedRows(buffer, 200, 0, 130)], window)
    for start, end in pairwise((0, 1, 8, 9, 63, 128, 130)):
        part = attend(query[:, start:end], [CachedRows(buffer, 200 + start, 0, end - start)], window)
        assert torch.equal(part, whole[start:end])


def test_each_sequence_attends_to_its_own_keys_only() -> None:
    buffers, query = [cache(2, 64, seed) for seed in (1, 2, 3)], random(4, 30, 64, seed=4)
    together = attend(query, in_spans(buffers))
    for buffer, (row, rows, past) in zip(buffers, SPANS, strict=True):
        alone = attend(query[:, row : row + rows], [CachedRows(buffer, past, 0, rows)])
        assert torch.equal(together[row : row + rows], alone)


def test_what_lies_beyond_the_stored_keys_counts_for_nothing() -> None:
    buffer, query = cache(2, 64), random(2, 3, 64, seed=1)
    before = attend(query, [CachedRows(buffer, 40, 0, 3)])
    buffer[:, :, :, 43:] = 1e30
    assert torch.equal(attend(query, [CachedRows(buffer, 40, 0, 3)]), before)


def test_queries_may_lie_row_by_row_as_a_product_leaves_them() -> None:
    buffer, query = cache(2, 64), random(4, 20, 64, seed=1)
    by_rows = query.transpose(0, 1).contiguous().transpose(0, 1)
    sequence = [CachedRows(buffer, 100, 0, 20)]
    assert torch.equal(attend(by_rows, sequence), attend(query, sequence))


@pytest.mark.parametrize(
    ("query", "heads"),
    [
        (torch.zeros(4, 1, 64), 2),
        (torch.zeros(4, 1, 24).bfloat16(), 2),
        (torch.zeros(49, 1, 64).bfloat16(), 1),
        (torch.zeros(5, 1, 64).bfloat16(), 2),
    ],
    ids=["float32", "an odd dimension", "too many heads that share keys", "heads that do not divide"],
)
def test_other_queries_are_left_to_torch(query: torch.Tensor, heads: int) -> None:
    assert not can_attend(query, heads)
    assert can_attend(torch.zeros(4, 1, 64).bfloat16(), 2)


@pytest.mark.parametrize(("capacity", "past", "rows"), [(48, 0, 1), (64, 64, 1), (64, 40, 30)])
def test_nothing_is_read_beyond_a_cache(capacity: int, past: int, rows: int) -> None:
    with pytest.raises(ValueError, match="a cache of"):
        AttentionBatch([CachedRows(random(1, 2, 1, capacity, 16), past, 0, rows)])


def turned(x: torch.Tensor, cosines: torch.Tensor, sines: torch.Tensor) -> torch.Tensor:
    """Return heads turned by the positions of their rows, shape (rows, heads, dimension), as transformers does."""
    first, second = x.chunk(2, dim=-1)
    return x * cosines[:, None] + torch.cat((-second, first), dim=-1) * sines[:, None]


@pytest.mark.parametrize(("heads", "groups", "dimension"), [(2, 6, 128), (1, 3, 32)])
def test_projected_rows_are_turned_stored_and_attended_to_as_one_by_one(
    heads: int, groups: int, dimension: int
) -> None:
    rows, queries = 30, heads * groups
    projected = random(rows, (queries + 2 * heads) * dimension, seed=4)
    angles = random(rows, dimension, seed=5).float()
    turns = (angles.cos().bfloat16(), angles.sin().bfloat16())
    parts = projected.view(rows, -1, dimension).split([queries, heads, heads], dim=1)
    query, keys = (turned(part, *turns) for part in parts[:2])
    stored, plain = ([cache(heads, dimension, seed) for seed in (1, 2, 3)] for _ in range(2))
    for buffer, (row, count, past) in zip(plain, SPANS, strict=True):
        for place, new in enumerate((keys, parts[2])):
            buffer[1, place, :, past : past + count] = new[row : row + count].transpose(0, 1)
    expected = attend(query.transpose(0, 1), in_spans(plain))
    batch = AttentionBatch(in_spans(stored))
    found = computing(batch.attend_projected)(1, projected, turns, dimension**-0.5, None, dimension)
    assert torch.equal(found, expected.flatten(1))
    assert all(torch.equal(one, other) for one, other in zip(stored, plain, strict=True))


@pytest.mark.parametrize(
    ("width", "turned_rows", "dimension", "cached"),
    [(6 * 64, 2, 64, 64), (6 * 64, 3, 16, 16), (5 * 64 + 1, 3, 64, 64), (2 * 64, 3, 64, 64), (6 * 64, 3, 64, 32)],
)
def test_projected_rows_beyond_which_it_would_read_are_refused(
    width: int, turned_rows: int, dimension: int, cached: int
) -> None:
    batch = AttentionBatch([CachedRows(cache(1, cached), 0, 0, 3)])
    turns = (random(turned_rows, dimension), random(turned_rows, dimension))
    with pytest.raises(ValueError, match="do not compute"):
        batch.attend_projected(0, random(3, width), turns, 1.0, None, dimension)
