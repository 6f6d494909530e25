"""Ragged attention: each sequence attends to its own past, and only as far back as its window."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from rag.generation import attention
from rag.generation.attention import RaggedBatch, RowBlocks, SequenceRows, ragged_attention, row_blocks
from rag.generation.kv_cache import KVCache

HEADS, KV_HEADS, DIMENSION = 4, 2, 8
LAYER = SimpleNamespace(layer_idx=0)


def random(heads: int, rows: int, seed: int, dimension: int = DIMENSION) -> torch.Tensor:
    return torch.randn((1, heads, rows, dimension), generator=torch.Generator().manual_seed(seed))


def naive(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, window: int | None = None) -> torch.Tensor:
    """Attention of the last rows of one sequence, written out: shape (rows, heads, dimension)."""
    rows, tokens = query.shape[2], key.shape[2]
    out = torch.zeros((rows, HEADS, DIMENSION))
    for row in range(rows):
        end = tokens - rows + row + 1
        start = max(0, end - window) if window else 0
        for head in range(HEADS):
            group = head // (HEADS // KV_HEADS)
            scores = key[0, group, start:end] @ query[0, head, row] / DIMENSION**0.5
            out[row, head] = scores.softmax(0) @ value[0, group, start:end]
    return out


def attend(
    caches: list[KVCache],
    lengths: list[int],
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    window: int | None = None,
) -> torch.Tensor:
    """One layer's attention over the new tokens of several sequences."""
    ends = [sum(lengths[: at + 1]) for at in range(len(lengths))]
    sequences = [
        SequenceRows(cache, end - length, end) for cache, length, end in zip(caches, lengths, ends, strict=True)
    ]
    with torch.inference_mode():
        out, weights = ragged_attention(
            LAYER, query, key, value, None, ragged=RaggedBatch(sequences), sliding_window=window
        )
    assert weights is None
    for cache, length in zip(caches, lengths, strict=True):
        cache.advance(length)
    return out[0]


@pytest.mark.parametrize("blocks", [RowBlocks(16), RowBlocks(24, separate=True)], ids=str)
@pytest.mark.parametrize("window", [None, 3])
@pytest.mark.parametrize("new", [1, 5, 20, 60])
def test_new_tokens_attend_to_the_cached_ones_however_their_rows_are_laid_out(
    new: int, window: int | None, blocks: RowBlocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "row_blocks", lambda _dtype, _dimension: blocks)
    total = 70
    query, key, value = random(HEADS, total, 1), random(KV_HEADS, total, 2), random(KV_HEADS, total, 3)
    cache, past = KVCache(1), total - new
    attend([cache], [past], query[:, :, :past], key[:, :, :past], value[:, :, :past], window)
    out = attend([cache], [new], query[:, :, past:], key[:, :, past:], value[:, :, past:], window)
    torch.testing.assert_close(out, naive(query[:, :, past:], key, value, window), rtol=1e-4, atol=1e-5)


def test_sequences_of_one_batch_do_not_see_each_other() -> None:
    lengths = [4, 1, 17]
    query, key, value = random(HEADS, 22, 1), random(KV_HEADS, 22, 2), random(KV_HEADS, 22, 3)
    out = attend([KVCache(1) for _ in lengths], lengths, query, key, value)
    start = 0
    for length in lengths:
        rows = slice(start, start + length)
        expected = naive(query[:, :, rows], key[:, :, rows], value[:, :, rows])
        torch.testing.assert_close(out[rows], expected, rtol=1e-4, atol=1e-5)
        start += length


SPLITS = {
    "two prompts that meet": [189, 255, 56],
    "token by token at the end": [256, 230, 1, 1, 3, 9],
    "small parts": [33] * 15 + [5],
}


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize("split", SPLITS.values(), ids=SPLITS.keys())
@pytest.mark.parametrize("heads", [(12, 2, 128), (9, 3, 64), (8, 8, 40)], ids=str)
def test_a_row_is_the_same_to_the_last_bit_however_its_sequence_is_split(
    heads: tuple[int, int, int], split: list[int], dtype: torch.dtype
) -> None:
    of_query, of_key, dimension = heads
    query = (2 * random(of_query, 500, 1, dimension)).to(dtype)
    key, value = (random(of_key, 500, seed, dimension).to(dtype) for seed in (2, 3))

    def attended(lengths: list[int]) -> torch.Tensor:
        parts = [tensor.split(lengths, dim=2) for tensor in (query, key, value)]
        cache = KVCache(1)
        return torch.cat([attend([cache], [part[0].shape[2]], *part) for part in zip(*parts, strict=True)])

    assert torch.equal(attended(split), attended([256, 244]))


def kernel(*, mixing: int) -> Any:
    """A kernel of attention whose result depends on the number of rows if that is less than `mixing`."""

    def attend_rows(query: torch.Tensor, *_tensors: torch.Tensor) -> torch.Tensor:
        return query + (query.shape[2] if query.shape[2] < mixing else 0)

    return attend_rows


@pytest.mark.parametrize(
    ("mixing", "expected"),
    [(16, RowBlocks(16)), (17, RowBlocks(24, separate=True)), (200, RowBlocks(24, separate=True))],
    ids=["depends on fewer rows than it is given", "depends on few rows", "depends on many rows"],
)
def test_rows_share_products_only_where_the_kernel_keeps_them_apart(
    mixing: int, expected: RowBlocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "scaled_dot_product_attention", kernel(mixing=mixing))
    assert row_blocks.__wrapped__(torch.float32, DIMENSION) == expected


@pytest.mark.parametrize("unsupported", [{"softcap": 50.0}, {"s_aux": torch.zeros(HEADS)}])
def test_kinds_of_attention_that_are_not_implemented_are_refused(unsupported: dict[str, Any]) -> None:
    batch = RaggedBatch([SequenceRows(KVCache(1), 0, 1)])
    query, key = random(HEADS, 1, 1), random(KV_HEADS, 1, 2)
    with pytest.raises(ValueError, match="capped or sink attention are not supported"):
        ragged_attention(LAYER, query, key, key, None, ragged=batch, **unsupported)
