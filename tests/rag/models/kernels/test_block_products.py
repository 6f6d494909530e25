"""Weights in blocks and products with them: exact to what was rounded, whatever the rows, threads and instructions."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.models.kernels.block_products import Bits, multiply, quantise
from rag.models.kernels.kernel_library import instruction_level
from rag.runtime.compute_thread import computing
from tests.support.kernels.instruction_levels import LEVELS, needs_kernels
from tests.support.kernels.random_tensors import random, relative_error

pytestmark = needs_kernels

GROUP = 32


def on_a_grid(outputs: int, inputs: int, *, seed: int = 0) -> torch.Tensor:
    """Return weights as a GGUF file in four bits has them: scale * code - offset, by groups."""
    generator = torch.Generator().manual_seed(seed)
    groups = inputs // GROUP
    codes = torch.randint(0, 16, (outputs, groups, GROUP), generator=generator)
    scales = torch.rand((outputs, groups, 1), generator=generator) * 0.01 + 0.001
    offsets = torch.rand((outputs, groups, 1), generator=generator) * 0.1
    return (codes * scales - offsets).reshape(outputs, inputs).bfloat16()


@computing
def product(x: torch.Tensor, weights: torch.Tensor, bits: Bits, level: int | None = None) -> torch.Tensor:
    blocks, _ = quantise(weights, bits)
    return multiply(x, blocks, None, bits, len(weights), instruction_level() if level is None else level)


@pytest.mark.parametrize(("bits", "error"), [(4, 0.09), (8, 0.012)])
@pytest.mark.parametrize(("inputs", "outputs"), [(128, 16), (96, 40), (1000, 33), (31, 1), (4096, 16)])
def test_a_product_is_the_exact_one_but_for_rounding(bits: Bits, error: float, inputs: int, outputs: int) -> None:
    x, weights = random(13, inputs, seed=1), random(outputs, inputs)
    assert relative_error(product(x, weights, bits), x.float() @ weights.float().T) < error


@settings(max_examples=30, deadline=None)
@given(
    rows=st.integers(1, 40),
    inputs=st.integers(1, 300),
    outputs=st.integers(1, 70),
    bits=st.sampled_from([4, 8]),
    seed=st.integers(0, 9),
)
def test_a_row_is_the_same_to_the_last_bit_beside_any_others(
    rows: int, inputs: int, outputs: int, bits: Bits, seed: int
) -> None:
    x, weights = random(rows, inputs, seed=seed), random(outputs, inputs)
    together = product(x, weights, bits)
    row = seed % rows
    assert torch.equal(product(x[row : row + 1], weights, bits), together[row : row + 1])


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize(("rows", "inputs"), [(1, 320), (7, 31), (16, 1000), (50, 320), (300, 2048)])
def test_all_instructions_compute_the_same_to_the_last_bit(bits: Bits, rows: int, inputs: int) -> None:
    x, weights = random(rows, inputs, seed=1), random(200, inputs)
    plain = product(x, weights, bits, level=1)
    for level in LEVELS:
        assert torch.equal(product(x, weights, bits, level), plain)


@pytest.mark.parametrize("bits", [4, 8])
def test_one_thread_computes_what_two_do(bits: Bits) -> None:
    x, weights = random(9, 256, seed=1), random(100, 256)
    before = torch.get_num_threads()
    both = product(x, weights, bits)

    @computing
    def alone() -> torch.Tensor:
        torch.set_num_threads(1)
        try:
            return product(x, weights, bits)
        finally:
            torch.set_num_threads(before)

    assert torch.equal(alone(), both)


def test_weights_that_were_in_four_bits_stay_as_they_were() -> None:
    _, error = computing(quantise)(on_a_grid(64, 512), 4)
    assert error < 0.003  # bfloat16 itself rounds by 0.002
    _, error = computing(quantise)(random(64, 512), 4)
    assert error > 0.05


def test_an_outlier_costs_its_own_group_only() -> None:
    weights = random(16, 128)
    weights[3, 40] = 500.0
    identity = torch.eye(128).bfloat16()
    found = product(identity, weights, 4).T.float()
    others = torch.ones(16, 128, dtype=torch.bool)
    others[3, 32:64] = False
    assert relative_error(found[others], weights.float()[others]) < 0.1
    assert abs(float(found[3, 40]) - 500) < 5
