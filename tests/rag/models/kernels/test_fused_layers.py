"""Layers that compute what Llama's do are fused; others are left as they are."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from transformers.models.gemma.modeling_gemma import GemmaRMSNorm
from transformers.models.llama.modeling_llama import LlamaRMSNorm

from rag.generation.engine_check import measure_engine
from rag.generation.forward import ForwardInput, ModelRunner
from rag.models.kernels.block_linear import BlockLinear
from rag.models.kernels.block_products import quantise
from rag.models.kernels.fused_layers import FusedFeedForward, FusedLayer, FusedNorm, fuse_layers
from rag.models.kernels.products import find_products, install_product, weight_of
from rag.runtime.compute_thread import computing, on_compute_thread
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.random_models import CPU, VOCABULARY, logits_of, random_model

pytestmark = needs_kernels


LAYERS: dict[str, dict[str, Any]] = {
    "llama": {"family": "llama"},
    "qwen2 with a sliding window": {
        "family": "qwen2", "use_sliding_window": True, "sliding_window": 20, "max_window_layers": 1,
    },
    "mistral with a sliding window": {"family": "mistral", "sliding_window": 20},
}  # fmt: skip


def in_blocks(**changes: Any) -> Any:
    """Return a small model whose products are in blocks."""
    model = random_model(dtype=torch.bfloat16, **changes)
    for product in find_products(model):
        weights = weight_of(model, product)
        blocks, _ = computing(quantise)(weights, 8)
        install_product(model, product, BlockLinear(blocks, 8, weights.shape[1], len(weights)))
    return model


def unfuse(model: Any) -> None:
    for place, layer in enumerate([*model.model.layers]):
        model.model.layers[place] = layer._layer


def logits(model: nn.Module) -> torch.Tensor:
    def compute() -> torch.Tensor:
        with torch.inference_mode():
            found: torch.Tensor = model(torch.tensor([[5, 9, 2, 61, 33]])).logits.float()
            return found

    return on_compute_thread(compute)


@pytest.mark.parametrize("family", ["llama", "qwen2", "qwen3", "mistral"])
def test_a_fused_model_computes_what_it_did(family: str) -> None:
    model = in_blocks(family=family, implementation="sdpa")
    before = logits(model)
    fuse_layers(model)
    kinds = [type(module) for module in model.modules()]
    assert FusedNorm in kinds
    assert FusedFeedForward in kinds
    found = logits(model)
    assert float((found - before).norm() / before.norm()) < 0.03


def test_a_norm_that_computes_something_else_is_left_as_it_is() -> None:
    model = nn.Sequential(GemmaRMSNorm(64).bfloat16(), LlamaRMSNorm(64), LlamaRMSNorm(64).bfloat16())
    fuse_layers(model)
    assert [type(each) for each in model] == [GemmaRMSNorm, LlamaRMSNorm, FusedNorm]


def results(model: Any) -> Iterator[torch.Tensor]:
    """Yield the logits of two sequences that are read in parts, side by side."""
    runner = ModelRunner(model, CPU)
    one, other = runner.new_cache(60), runner.new_cache(0)
    yield from logits_of(runner, ForwardInput(one, [*range(40)], keep=2))
    yield from logits_of(runner, ForwardInput(one, [5, 9, 61], keep=3), ForwardInput(other, [*range(50, 90)], keep=1))
    for token in range(3):
        yield from logits_of(runner, ForwardInput(other, [token], keep=1), ForwardInput(one, [token], keep=1))


@pytest.mark.parametrize("changes", LAYERS.values(), ids=LAYERS.keys())
def test_a_fused_layer_computes_the_same_to_the_last_bit(changes: dict[str, Any]) -> None:
    model = in_blocks(head_dim=32, **changes)
    fuse_layers(model)
    assert {type(layer) for layer in model.model.layers} == {FusedLayer}
    fused = [*results(model)]
    unfuse(model)
    for one, other in zip(fused, results(model), strict=True):
        assert torch.equal(one, other)


def test_a_fused_layer_leaves_transformers_own_forward_pass_as_it_is() -> None:
    model = in_blocks(family="llama", head_dim=32, implementation="sdpa")
    fuse_layers(model)
    fused = logits(model)
    unfuse(model)
    assert torch.equal(fused, logits(model))


@pytest.mark.parametrize(
    "changes", [{"family": "qwen3", "head_dim": 32}, {"family": "llama"}], ids=["norms of heads", "heads of 16"]
)
def test_a_layer_that_the_kernel_cannot_compute_is_left_as_it_is(changes: dict[str, Any]) -> None:
    model = in_blocks(**changes)
    fuse_layers(model)
    assert FusedLayer not in [type(layer) for layer in model.model.layers]


@pytest.mark.parametrize("changes", LAYERS.values(), ids=LAYERS.keys())
def test_a_fused_model_that_nobody_has_measured_runs_in_ragged_batches(changes: dict[str, Any]) -> None:
    model = in_blocks(head_dim=32, **changes)
    fuse_layers(model)
    assert {type(layer) for layer in model.model.layers} == {FusedLayer}
    assert measure_engine(model, CPU, [token % VOCABULARY for token in range(300)]).mode == "ragged"


def test_a_norm_has_a_parameter_by_which_transformers_knows_a_models_device() -> None:
    norm = FusedNorm(torch.ones(64, dtype=torch.bfloat16), 1e-6)
    assert [each.device for each in norm.parameters()] == [CPU]
