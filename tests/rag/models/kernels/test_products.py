"""The products of a model: found, computed together, and put in the place of its layers."""

import pytest
import torch
from torch import nn

from rag.models.kernels.products import (
    bias_of,
    find_products,
    install_product,
    load_other_tensors,
    other_tensors,
    weight_of,
)
from tests.support.random_models import random_model


class Weights(nn.Module):
    """A product as quantised ones are: its tensors are no parameters."""

    def __init__(self, weights: torch.Tensor, bias: torch.Tensor | None) -> None:
        super().__init__()
        self.out_features, self.in_features = weights.shape
        self._weights, self._bias = weights, bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(x, self._weights, self._bias)


def test_an_output_layer_tied_to_the_embedding_shares_its_tensor() -> None:
    tied = find_products(random_model(tie_word_embeddings=True))[0]
    assert (tied.layers, tied.tensor) == (("lm_head",), "model.embed_tokens.weight")
    assert find_products(random_model())[0].tensor == "lm_head.weight"


@pytest.mark.parametrize("bias", [True, False])
def test_every_weight_is_in_a_product_or_among_the_other_tensors(bias: bool) -> None:
    model = random_model(attention_bias=bias, mlp_bias=bias)
    products = find_products(model)
    elements = sum(weight_of(model, product).numel() for product in products)
    biases = [bias_of(model, product) for product in products]
    elements += sum(each.numel() for each in biases if each is not None)
    elements += sum(tensor.numel() for _, tensor, _ in other_tensors(model, products))
    assert elements == sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize("shape", [(64, 63), (63, 64)])
def test_a_product_of_another_size_than_its_layer_is_refused(shape: tuple[int, int]) -> None:
    model = random_model()
    product = next(each for each in find_products(model) if each.layers == ("model.layers.0.self_attn.o_proj",))
    with pytest.raises(ValueError, match=r"o_proj has another size than the layers"):
        install_product(model, product, Weights(torch.zeros(shape), None))


@pytest.mark.parametrize("name", ["model.norm.weight", "model.embed_tokens.weight"])
def test_a_tensor_of_another_shape_than_what_it_replaces_is_refused(name: str) -> None:
    model = random_model()
    others = {key: tensor for key, tensor, _ in other_tensors(model, [])}
    others[name] = others[name][:16]
    with pytest.raises(ValueError, match=rf"{name} has the shape \(16,.*\) in place of"):
        load_other_tensors(model, others.__getitem__, lambda key: nn.Embedding.from_pretrained(others[key]))
