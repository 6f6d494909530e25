"""Products in int8 are near the float product, row by row, for any shape and magnitude."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rag.models.kernels.int8_linear import (
    _MIN_SCALE,
    Int8Embedding,
    Int8Linear,
    activation_range,
    int8_is_supported,
    quantise_rows,
)
from rag.runtime.compute_thread import on_compute_thread
from tests.support.kernels.random_tensors import relative_error
from tests.support.random_models import needs_int8

pytestmark = needs_int8

OUT, IN = 96, 160
ERROR = 0.02 if activation_range().max_magnitude > 64 else 0.03
"""Of the product's norm, for normally distributed weights and activations, of eight bits or of seven."""


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def applied(layer: Callable[..., torch.Tensor], *inputs: object) -> torch.Tensor:
    """Run a layer on the compute thread."""

    def compute() -> torch.Tensor:
        with torch.inference_mode():
            return layer(*inputs)

    return on_compute_thread(compute)


@given(
    scales=st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    row=st.lists(st.floats(-8, 8, width=32), min_size=4, max_size=4),
)
def test_quantisation_is_off_by_half_a_step_at_most(scales: list[float], row: list[float]) -> None:
    weight = torch.tensor([row]).repeat(3, 1) * (10.0 ** torch.tensor(scales))[:, None]
    rows, scale = quantise_rows(weight)
    assert rows.dtype == torch.int8
    assert rows.shape == weight.shape
    assert scale.shape == (3,)
    assert bool(((rows * scale[:, None] - weight).abs() <= 0.51 * scale[:, None]).all())
    assert bool((scale <= weight.abs().amax(dim=1) / 127 + 1e-9).all())


def test_the_activation_range_is_measured_right_while_another_thread_makes_an_empty_model() -> None:
    expected = activation_range()
    activation_range.cache_clear()
    torch.set_default_dtype(torch.bfloat16)  # as transformers does meanwhile, for all threads
    try:
        assert activation_range() == expected
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_row_of_large_weights_and_one_of_large_activations_do_not_coarsen_the_others() -> None:
    weight, x = random(OUT, IN), random(6, IN, seed=1).bfloat16()
    weight[5] *= 1000
    x[2] *= 1000
    out = applied(Int8Linear(*quantise_rows(weight)), x)
    exact = x.float() @ weight.T
    for row in range(6):
        assert relative_error(out[row, :5], exact[row, :5]) < ERROR
        assert relative_error(out[row, 5:6], exact[row, 5:6]) < 5 * ERROR


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("rows_at_once", [1, 7, 33])
def test_a_row_is_the_same_to_the_last_bit_whatever_the_batch(rows_at_once: int, dtype: torch.dtype) -> None:
    layer = Int8Linear(*quantise_rows(random(OUT, IN)), random(OUT, seed=3))
    rows = random(200, IN, seed=1).to(dtype)
    whole = applied(layer, rows)
    for start in range(0, 200, 41):
        part = rows[start : start + rows_at_once]
        assert torch.equal(applied(layer, part), whole[start : start + rows_at_once])


@given(st.integers(1, 24), st.integers(1, 40), st.floats(-4, 6), st.integers(0, 1000))
def test_no_shape_and_no_magnitude_is_special(rows: int, width: int, magnitude: float, seed: int) -> None:
    weight = random(8, width, seed=seed)
    x = (random(rows, width, seed=seed + 1) * 10**magnitude).bfloat16()
    out = applied(Int8Linear(*quantise_rows(weight)), x)
    exact = x.float() @ weight.T
    # Each term is off by half a step of its weight and half a step of its activation, and bfloat16 rounds twice.
    step = x.float().abs().amax(dim=1, keepdim=True) * weight.abs().amax(dim=1)
    bound = step * width * (0.5 / 127 + 0.6 / activation_range().max_magnitude) * 1.1 + exact.abs() / 128
    # A step of activations has a least size, beside which rows as small as 1e-6 are coarse.
    bound += width * _MIN_SCALE * weight.abs().amax(dim=1)
    assert bool(((out.float() - exact).abs() <= bound).all())


def test_the_largest_activation_of_a_row_fits_whatever_it_is() -> None:
    every = torch.arange(0x3F80, 0x4080, dtype=torch.int16).view(torch.bfloat16)  # all bfloat16 of two octaves
    layer = Int8Linear(*quantise_rows(torch.ones(1, 1)))
    for x in (every[:, None], -every[:, None]):
        assert torch.allclose(applied(layer, x).float(), x.float(), rtol=1 / activation_range().max_magnitude)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_zeros_and_no_rows_at_all(dtype: torch.dtype) -> None:
    bias = random(OUT, seed=3)
    layer = Int8Linear(*quantise_rows(random(OUT, IN)), bias)
    zeros = applied(layer, torch.zeros(3, IN, dtype=dtype))
    assert torch.equal(zeros, bias.to(dtype).expand(3, OUT))
    assert torch.equal(applied(layer, torch.cat([torch.zeros(1, IN), random(1, IN)]).to(dtype))[0], zeros[0])
    assert applied(layer, torch.zeros(0, IN, dtype=dtype)).shape == (0, OUT)
    assert applied(layer, torch.zeros(2, 0, IN, dtype=dtype)).shape == (2, 0, OUT)
    assert not applied(Int8Linear(*quantise_rows(torch.zeros(OUT, IN))), random(3, IN).to(dtype)).any()


def test_an_embedding_returns_the_rows_looked_up() -> None:
    table = random(50, 24)
    embedding = Int8Embedding(*quantise_rows(table))
    ids = torch.tensor([[3, 49, 3], [0, 1, 2]])
    found = applied(embedding, ids)
    assert (found.shape, found.dtype) == ((2, 3, 24), torch.bfloat16)
    assert relative_error(found, table[ids]) < ERROR
    assert torch.equal(found[0, 0], found[0, 2])
    assert applied(embedding, torch.zeros(0, dtype=torch.long)).shape == (0, 24)


@pytest.mark.parametrize(
    ("slower", "supported"),
    [([0.9], True), ([20.0, 0.9], True), ([2.0], True), ([500.0], False), ([500.0, 400.0, 300.0], False)],
    ids=["faster", "busy at first", "as fast as a busy machine says", "a plain loop", "a plain loop, whenever tried"],
)
def test_int8_is_chosen_unless_it_is_a_plain_loop_every_time(
    slower: list[float], supported: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ratios = iter([*slower, *[slower[-1]] * 3])
    seconds = (second for ratio in ratios for second in (ratio, ratio, 1.0, 1.0))  # int8's two, bfloat16's
    monkeypatch.setattr("rag.models.kernels.int8_linear.best_seconds", lambda _work: next(seconds))
    assert int8_is_supported.__wrapped__() is supported
