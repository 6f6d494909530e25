"""The matrix products of a transformers model: which linear layers each computes, and how it takes their place.

Layers that transformers' decoders apply to the same input form one product. Only plain linear layers and embeddings are
replaced: a subclass may compute something else (Gemma scales its embeddings, a router returns several tensors), so it
stays as it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from rag.models.kernels.int8_linear import quantised

_FUSED_LAYERS = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))

ANY_LAYER = re.compile("")


@dataclass(frozen=True, slots=True)
class Product:
    """One matrix product: the layers it computes, the number of rows of each, and the tensor of all rows.

    An output layer tied to the embedding shares its tensor.
    """

    layers: tuple[str, ...]
    sizes: tuple[int, ...]
    tensor: str

    @property
    def bias(self) -> str:
        """Name of the bias tensor, which need not exist."""
        return f"{self.layers[0]}.bias"


def embedding_name(model: Any) -> str:
    """Return the name of a model's input embedding."""
    embedding = model.get_input_embeddings()
    return str(next(name for name, module in model.named_modules() if module is embedding))


def find_products(model: Any, wanted: re.Pattern[str] = ANY_LAYER) -> list[Product]:
    """Return a model's matrix products, of the linear layers whose last name `wanted` finds."""
    embedding = model.get_input_embeddings()
    name_of_embedding = embedding_name(model)
    products = []
    for path, module in model.named_modules():
        for names in _products_of(module, wanted):
            layers = [module.get_submodule(name) for name in names]
            tied = layers[0].weight is embedding.weight and type(embedding) is nn.Embedding
            paths = tuple(f"{path}.{name}" if path else name for name in names)
            tensor = f"{name_of_embedding if tied else paths[0]}.weight"
            products.append(Product(paths, tuple(len(layer.weight) for layer in layers), tensor))
    return products


def weight_of(model: Any, product: Product) -> torch.Tensor:
    """Return the weights of a product, shape (out, in)."""
    return torch.cat([model.get_submodule(layer).weight.detach() for layer in product.layers])


def bias_of(model: Any, product: Product) -> torch.Tensor | None:
    """Return the bias of a product, shape (out,), or None."""
    layers = [model.get_submodule(layer) for layer in product.layers]
    return None if layers[0].bias is None else torch.cat([layer.bias.detach() for layer in layers])


def _products_of(module: nn.Module, wanted: re.Pattern[str]) -> list[tuple[str, ...]]:
    """Return the names of a module's own linear layers; those that one product can compute share a tuple."""
    children = module.named_children()
    linear = {name: child for name, child in children if type(child) is nn.Linear and wanted.search(name)}
    groups = [
        group
        for group in _FUSED_LAYERS
        if linear.keys() >= set(group) and len({linear[name].bias is None for name in group}) == 1
    ]
    grouped = {name for group in groups for name in group}
    return [*groups, *((name,) for name in linear if name not in grouped)]


def other_tensors(model: nn.Module, products: list[Product]) -> Iterator[tuple[str, torch.Tensor, bool]]:
    """Yield the tensors of everything but the products: name, tensor, and whether it is an embedding's table."""
    quantised = {path for product in products for path in product.layers}
    for path, module in model.named_modules():
        if path in quantised:
            continue
        for name, tensor in [*module.named_parameters(recurse=False), *_persistent_buffers(module)]:
            key = f"{path}.{name}" if path else name
            yield key, tensor.detach().contiguous(), type(module) is nn.Embedding


def stored_others(model: nn.Module, products: list[Product]) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the tensors of everything but the products by the names they are stored under: embeddings in int8."""
    for key, tensor, is_embedding in other_tensors(model, products):
        yield from quantised(key, tensor) if is_embedding else [(key, tensor)]


def _persistent_buffers(module: nn.Module) -> list[tuple[str, torch.Tensor]]:
    temporary = module._non_persistent_buffers_set
    return [(name, buffer) for name, buffer in module.named_buffers(recurse=False) if name not in temporary]


def install_product(model: Any, product: Product, linear: Any) -> None:
    """Replace the layers of a product by slices of it.

    Raises:
        ValueError: the product is not of the size of the layers.
    """
    shapes = [tuple(model.get_submodule(path).weight.shape) for path in product.layers]
    wanted = [(rows, linear.in_features) for rows in product.sizes]
    if shapes != wanted or sum(product.sizes) != linear.out_features:
        raise ValueError(f"the product of {', '.join(product.layers)} has another size than the layers")
    fused = Fused(linear, list(product.sizes))
    for index, path in enumerate(product.layers):
        parent, _, name = path.rpartition(".")
        setattr(model.get_submodule(parent), name, FusedSlice(fused, index) if len(product.layers) > 1 else linear)


def load_other_tensors(
    model: nn.Module, tensor: Callable[[str], torch.Tensor], embedding: Callable[[str], nn.Module]
) -> None:
    """Fill everything but the products: parameters and buffers by `tensor`, embeddings by `embedding`, by name.

    Raises:
        ValueError: one has another shape than what it replaces. The kernels would read beyond it.
    """

    def fitting(name: str, replaced: torch.Tensor) -> torch.Tensor:
        found = tensor(name)
        _require_shape(name, found.shape, replaced)
        return found

    for path, module in list(model.named_modules()):
        if type(module) is nn.Embedding:
            parent, _, name = path.rpartition(".")
            table: Any = embedding(f"{path}.weight")
            _require_shape(f"{path}.weight", (table.num_embeddings, table.embedding_dim), module.weight)
            setattr(model.get_submodule(parent), name, table)
            continue
        prefix = f"{path}." if path else ""
        for name, parameter in list(module.named_parameters(recurse=False)):
            setattr(module, name, nn.Parameter(fitting(prefix + name, parameter), requires_grad=False))
        for name, buffer in _persistent_buffers(module):
            module.register_buffer(name, fitting(prefix + name, buffer))


def _require_shape(name: str, found: Sequence[int], replaced: torch.Tensor) -> None:
    if tuple(found) != tuple(replaced.shape):
        raise ValueError(f"{name} has the shape {tuple(found)} in place of {tuple(replaced.shape)}")


class Fused(nn.Module):
    """Several linear layers over the same input, computed as one product; each is a `FusedSlice` of it."""

    def __init__(self, linear: nn.Module, sizes: list[int]) -> None:
        super().__init__()
        self.linear = linear
        self.sizes = sizes
        self._input: torch.Tensor | None = None
        self._outputs: tuple[torch.Tensor, ...] = ()

    def output(self, x: torch.Tensor, index: int) -> torch.Tensor:
        """Return the output of one layer; the first call with an input computes all layers."""
        if self._input is not x:
            self._input, self._outputs = x, self.linear(x).split(self.sizes, dim=-1)
        output = self._outputs[index]
        if index == len(self.sizes) - 1:  # the last layer: release the tensors
            self._input, self._outputs = None, ()
        return output


class FusedSlice(nn.Module):
    """One layer of a `Fused` product."""

    def __init__(self, fused: Fused, index: int) -> None:
        super().__init__()
        self._fused = [fused]  # in a list, so that it is not a submodule of every slice
        self._index = index

    @property
    def whole(self) -> Fused:
        """The product that this is a slice of."""
        return self._fused[0]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map shape (..., in) to (..., out)."""
        return self._fused[0].output(x, self._index)
