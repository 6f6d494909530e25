"""Layers that compute what Llama's do are fused; others are left as they are."""

import pytest
import torch
from torch import nn
from transformers.models.gemma.modeling_gemma import GemmaRMSNorm
from transformers.models.llama.modeling_llama import LlamaRMSNorm

from rag.models.kernels.block_products import quantise
from rag.models.quantisation.block_linear import BlockLinear
from rag.models.quantisation.fused_layers import FusedFeedForward, FusedNorm, fuse_layers
from rag.models.quantisation.products import find_products, install_product, weight_of
from rag.runtime.compute_thread import computing, on_compute_thread
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.random_models import random_model

pytestmark = needs_kernels


def in_blocks(family: str) -> nn.Module:
    """Return a small model whose products are in blocks."""
    model: nn.Module = random_model(family=family, dtype=torch.bfloat16, implementation="sdpa")
    for product in find_products(model):
        weights = weight_of(model, product)
        blocks, _ = computing(quantise)(weights, 8)
        install_product(model, product, BlockLinear(blocks, 8, weights.shape[1], len(weights)))
    return model


def logits(model: nn.Module) -> torch.Tensor:
    def compute() -> torch.Tensor:
        with torch.inference_mode():
            found: torch.Tensor = model(torch.tensor([[5, 9, 2, 61, 33]])).logits.float()
            return found

    return on_compute_thread(compute)


@pytest.mark.parametrize("family", ["llama", "qwen2", "qwen3", "mistral"])
def test_a_fused_model_computes_what_it_did(family: str) -> None:
    model = in_blocks(family)
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
