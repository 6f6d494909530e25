"""The gate and the norm compute what torch does, rounded as torch rounds it."""

import pytest
import torch

from rag.models.kernels.row_operations import gate, normalise
from rag.runtime.compute_thread import computing
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.kernels.random_tensors import random

pytestmark = needs_kernels

ROWS = [1, 7, 100]


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("scale", [0.1, 1, 30])
def test_the_gate_is_torchs(rows: int, scale: float) -> None:
    x = random(rows, 2 * 208) * scale
    exact = torch.nn.functional.silu(x[:, :208]) * x[:, 208:]
    found = computing(gate)(x)
    assert torch.allclose(found.float(), exact.float(), rtol=2**-7, atol=1e-30)
    assert float((found != exact).float().mean()) < 0.01


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("scale", [1e-4, 1, 100])
def test_the_norm_is_torchs(rows: int, scale: float) -> None:
    x, weights = random(rows, 208) * scale, random(208)
    wide = x.float()
    exact = weights * (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-6)).bfloat16()
    found = computing(normalise)(x, weights, 1e-6)
    assert torch.allclose(found.float(), exact.float(), rtol=2**-7)
    assert float((found != exact).float().mean()) < 0.01


def test_a_row_is_the_same_beside_any_others() -> None:
    x, weights = random(33, 64), random(64)
    for found, row in ((computing(normalise)(x, weights, 1e-6), 20), (computing(gate)(x), 31)):
        again = normalise(x[row : row + 1], weights, 1e-6) if found.shape[1] == 64 else gate(x[row : row + 1])
        assert torch.equal(found[row : row + 1], again)


def test_nothing_is_read_or_written_beyond_rows_and_weights() -> None:
    with pytest.raises(ValueError, match="of a size"):
        gate(random(1, 40))
    for columns, weights in ((20, 20), (64, 16)):
        with pytest.raises(ValueError, match="of a size"):
            normalise(random(1, columns), random(weights), 1e-6)
