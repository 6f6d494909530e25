"""Checkpoints of causal language models with int8 weights: a folder that is written once and loads in seconds.

Beside the model's own configuration and tokenizer, `int8-00001.safetensors` and so on hold the int8 rows of each matrix
product with their scales, and everything else unchanged. `int8.json` says which layers a product computes: layers that
transformers' decoders apply to the same input form one product. Shards are small and opened one at a time, because a
mapped file counts as memory until it is closed.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from rag.models.catalog import INT8_INDEX
from rag.models.kernels.int8_linear import SCALE, Int8Embedding, Int8Linear, quantised
from rag.models.kernels.products import (
    ANY_LAYER,
    Product,
    bias_of,
    embedding_name,
    find_products,
    install_product,
    load_other_tensors,
    stored_others,
    weight_of,
)
from rag.models.memory_needs import require_memory
from rag.runtime.compute_thread import begin_on_compute_thread

_SHARD_BYTES = 64_000_000
_SHARDS = "int8-*.safetensors"


def save(model: Any, folder: Path, layers: re.Pattern[str] = ANY_LAYER) -> None:
    """Write the weights of a model; its configuration and tokenizer are saved by the caller.

    Of the linear layers, those whose last name `layers` finds are quantised.
    """
    products = find_products(model, layers)
    files: dict[str, str] = {}
    shard: dict[str, torch.Tensor] = {}

    def flush() -> None:
        name = f"int8-{len(set(files.values())) + 1:05}.safetensors"
        save_file(shard, folder / name)
        files.update(dict.fromkeys(shard, name))
        shard.clear()

    for name, tensor in _tensors(model, products):
        shard[name] = tensor
        if sum(stored.nbytes for stored in shard.values()) >= _SHARD_BYTES:
            flush()
    flush()
    index = {"products": [asdict(product) for product in products], "files": files}
    (folder / INT8_INDEX).write_text(json.dumps(index))


def remove(folder: Path) -> None:
    """Remove the weights that `save` wrote."""
    for file in [folder / INT8_INDEX, *folder.glob(_SHARDS)]:
        file.unlink(missing_ok=True)


def _tensors(model: nn.Module, products: list[Product]) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield every tensor once, in the form it is written: products and embeddings are quantised."""
    tied = f"{embedding_name(model)}.weight"
    for product in products:
        if product.tensor != tied:
            yield from quantised(product.tensor, weight_of(model, product))
        if (bias := bias_of(model, product)) is not None:
            yield product.bias, bias
    yield from stored_others(model, products)


PackedProducts = list[tuple[Product, Int8Linear]]


def begin_reading(folder: Path) -> "Future[PackedProducts]":
    """Start to pack the products of a folder on the compute thread: two thirds of the time it takes to load a model.

    Needs none of the modules that are slow to import, so that it can run during their import.

    Raises:
        ModelError: memory is short.
    """
    require_memory(folder)
    return begin_on_compute_thread(_pack, folder)


def _pack(folder: Path) -> PackedProducts:
    weights = _Weights(folder)
    packed = [
        (product, Int8Linear(*weights.rows(product.tensor), weights.get(product.bias))) for product in weights.products
    ]
    weights.close()
    return packed


def fill(model: Any, folder: Path, packed: PackedProducts) -> None:
    """Put weights into an empty model, its products as they were packed. Call it on the compute thread."""
    weights = _Weights(folder)
    for product, linear in packed:
        install_product(model, product, linear)
    load_other_tensors(
        model,
        lambda name: weights.require(name).clone(),
        lambda name: Int8Embedding(*weights.mapped_rows(name)),
    )
    weights.close()


class _Weights:
    """The tensors of a folder by name, with one shard open at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        index = json.loads((folder / INT8_INDEX).read_text())
        self._files: dict[str, str] = index["files"]
        self.products = [Product(tuple(p["layers"]), tuple(p["sizes"]), p["tensor"]) for p in index["products"]]
        self._name = ""
        self._shard: Any = None

    def get(self, key: str) -> torch.Tensor | None:
        """Return a tensor, or None if there is none of that name."""
        return self.require(key) if key in self._files else None

    def require(self, key: str) -> torch.Tensor:
        """Return a tensor that must exist."""
        tensor: torch.Tensor = self._open(self._files[key]).get_tensor(key)
        return tensor

    def rows(self, key: str) -> tuple[torch.Tensor, torch.Tensor]:
        """Return int8 rows and their scales."""
        return self.require(key), self.require(key + SCALE).clone()

    def mapped_rows(self, key: str) -> tuple[torch.Tensor, torch.Tensor]:
        """Return int8 rows, memory-mapped for as long as they are used, and their scales."""
        with safe_open(self._folder / self._files[key], framework="pt") as shard:
            rows = shard.get_tensor(key)
        return rows, self.require(key + SCALE).clone()

    def close(self) -> None:
        """Close the open shard."""
        self._name, self._shard = "", None

    def _open(self, name: str) -> Any:
        if name != self._name:
            self._shard = None
            self._shard = safe_open(self._folder / name, framework="pt").__enter__()
            self._name = name
        return self._shard
