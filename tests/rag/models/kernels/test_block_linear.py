"""A linear layer over blocks takes any shape of input, and is used only where it computes correctly."""

from typing import Any

import pytest
import torch

from rag.models.kernels import block_linear
from rag.models.kernels.block_linear import BlockLinear, blocks_are_supported
from rag.models.kernels.block_products import multiply, quantise
from rag.runtime.compute_thread import computing
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.kernels.random_tensors import random

pytestmark = needs_kernels

OUT, IN = 40, 96


def layer(bias: torch.Tensor | None = None) -> BlockLinear:
    return BlockLinear(computing(quantise)(random(OUT, IN), 8)[0], 8, IN, OUT, bias)


@pytest.mark.parametrize("shape", [(IN,), (3, IN), (2, 3, IN), (0, IN), (1, 0, IN)])
def test_it_maps_the_last_dimension(shape: tuple[int, ...]) -> None:
    x, bias = random(*shape, seed=1), random(OUT, seed=2)
    found = computing(layer(bias))(x)
    assert (found.shape, found.dtype) == ((*shape[:-1], OUT), torch.bfloat16)
    exact = x.float() @ random(OUT, IN).float().T + bias.float()
    assert float((found.float() - exact).norm()) <= 0.012 * float(exact.norm())


def test_an_input_that_is_not_contiguous_is_read_rightly() -> None:
    x = random(IN, 5, seed=1).T
    assert torch.equal(computing(layer())(x), computing(layer())(x.contiguous()))


@pytest.mark.parametrize(("bits", "outputs", "biases"), [(8, 56, 56), (8, 40, 1), (8, 40, 41), (5, 40, 40)])
def test_blocks_or_a_bias_of_another_size_and_another_number_of_bits_are_refused(
    bits: Any, outputs: int, biases: int
) -> None:
    blocks = computing(quantise)(random(OUT, IN), 8)[0]
    with pytest.raises(ValueError, match=f"for a layer of 96 by {outputs}"):
        BlockLinear(blocks, bits, IN, outputs, random(biases))


def test_a_processor_whose_kernel_gives_wrong_figures_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    right = multiply
    assert blocks_are_supported.__wrapped__() is not torch.cuda.is_available()
    monkeypatch.setattr(block_linear, "multiply", lambda *arguments: right(*arguments) * 1.2)
    assert not blocks_are_supported.__wrapped__()


def test_a_kernel_whose_rows_depend_on_others_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    right = multiply
    noise = 1 + 2**-7
    monkeypatch.setattr(block_linear, "multiply", lambda x, *others: right(x, *others) * (noise if len(x) > 1 else 1))
    assert not blocks_are_supported.__wrapped__()
