"""Checkpoints of causal language models with int8 weights: a folder that is written once and loads in seconds.

Beside the model's own configuration and tokenizer, `int8-00001.safetensors` and so on hold the int8 rows of each matrix
product with their scales, and everything else unchanged. `int8.json` says which layers a product computes: layers that
transformers' decoders apply to the same input form one product. Shards are small and opened one at a time, because a
mapped file counts as memory until it is closed.

Only plain linear layers and embeddings are quantised: a subclass may compute something else (Gemma scales its
embeddings, a router returns several tensors), so it stays as it is.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from rag.models.catalog import INT8_INDEX
from rag.models.hardware import require_memory
from rag.models.int8_linear import Fused, FusedSlice, Int8Embedding, Int8Linear, quantise_rows
from rag.runtime.compute_thread import begin_on_compute_thread, on_compute_thread

_SHARD_BYTES = 64_000_000
_SCALE = ".scale"
_FUSED_LAYERS = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))


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


ANY_LAYER = re.compile("")
_SHARDS = "int8-*.safetensors"


def save(model: Any, folder: Path, layers: re.Pattern[str] = ANY_LAYER) -> None:
    """Write the weights of a model; its configuration and tokenizer are saved by the caller.

    Of the linear layers, those whose last name `layers` finds are quantised.
    """
    products, tensors = _quantised_tensors(model, layers)
    files: dict[str, str] = {}
    shard: dict[str, torch.Tensor] = {}

    def flush() -> None:
        name = f"int8-{len(set(files.values())) + 1:05}.safetensors"
        save_file(shard, folder / name)
        files.update(dict.fromkeys(shard, name))
        shard.clear()

    for name, tensor in tensors:
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


def _quantised_tensors(model: Any, wanted: re.Pattern[str]) -> tuple[list[Product], Iterator[tuple[str, torch.Tensor]]]:
    """Return a model's matrix products, and all its tensors by name: quantised for products and embeddings."""
    embedding = model.get_input_embeddings()
    embedding_name = next(name for name, module in model.named_modules() if module is embedding)
    products = []
    for path, module in model.named_modules():
        for names in _products_of(module, wanted):
            layers = [module.get_submodule(name) for name in names]
            tied = layers[0].weight is embedding.weight and type(embedding) is nn.Embedding
            paths = tuple(f"{path}.{name}" if path else name for name in names)
            tensor = f"{embedding_name if tied else paths[0]}.weight"
            products.append(Product(paths, tuple(len(layer.weight) for layer in layers), tensor))
    return products, _tensors(model, products, embedding_name)


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


def _tensors(model: nn.Module, products: list[Product], embedding: str) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield every tensor once, in the form it is written."""
    for product in products:
        layers: list[Any] = [model.get_submodule(name) for name in product.layers]
        if product.tensor != f"{embedding}.weight":
            yield from _quantised(product.tensor, torch.cat([layer.weight.detach() for layer in layers]))
        if layers[0].bias is not None:
            yield product.bias, torch.cat([layer.bias.detach() for layer in layers])
    quantised = {path for product in products for path in product.layers}
    for path, module in model.named_modules():
        if path in quantised:
            continue
        for name, tensor in [*module.named_parameters(recurse=False), *_persistent_buffers(module)]:
            key = f"{path}.{name}" if path else name
            if type(module) is nn.Embedding:
                yield from _quantised(key, tensor.detach())
            else:
                yield key, tensor.detach().contiguous()


def _quantised(key: str, weight: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
    rows, scale = quantise_rows(weight)
    yield key, rows
    yield key + _SCALE, scale


def _persistent_buffers(module: nn.Module) -> list[tuple[str, torch.Tensor]]:
    temporary = module._non_persistent_buffers_set
    return [(name, buffer) for name, buffer in module.named_buffers(recurse=False) if name not in temporary]


PackedProducts = list[tuple[Product, Int8Linear]]


def begin_packing(folder: Path) -> "Future[PackedProducts]":
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


def load(folder: Path, attention: str | None, packing: "Future[PackedProducts] | None" = None) -> Any:
    """Load the model in a folder; `packing` is the result of `begin_packing`, if that was called before.

    `attention` is transformers' name of an attention implementation; None is the model's default.

    Raises:
        OSError, KeyError, ValueError, RuntimeError: a file is missing or damaged.
    """
    from transformers import AutoConfig, GenerationConfig

    packing = packing or begin_packing(folder)
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    # On the compute thread: meanwhile torch's default number format is another, in every thread.
    model = on_compute_thread(_empty_model, config, attention)
    if (folder / "generation_config.json").is_file():
        model.generation_config = GenerationConfig.from_pretrained(folder, local_files_only=True)
    weights = _Weights(folder)
    for product, linear in packing.result():
        _install_product(model, product, linear)
    _load_other_weights(model, weights)
    weights.close()
    return model.eval()


def _empty_model(config: Any, attention: str | None) -> Any:
    from accelerate import init_empty_weights
    from transformers import AutoModelForCausalLM

    chosen = {} if attention is None else {"attn_implementation": attention}
    with init_empty_weights(include_buffers=False):
        return AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16, trust_remote_code=False, **chosen)


def _install_product(model: Any, product: Product, linear: Int8Linear) -> None:
    """Replace the layers of a product by slices of it."""
    fused = Fused(linear, list(product.sizes))
    for index, path in enumerate(product.layers):
        parent, _, name = path.rpartition(".")
        setattr(model.get_submodule(parent), name, FusedSlice(fused, index) if len(product.layers) > 1 else linear)


def _load_other_weights(model: nn.Module, weights: "_Weights") -> None:
    """Load the weights of everything but the products; replace embeddings by int8 ones."""
    for path, module in list(model.named_modules()):
        if type(module) is nn.Embedding:
            parent, _, name = path.rpartition(".")
            embedding = Int8Embedding(*weights.mapped_rows(f"{path}.weight"), torch.bfloat16)
            setattr(model.get_submodule(parent), name, embedding)
            continue
        prefix = f"{path}." if path else ""
        for name, _ in list(module.named_parameters(recurse=False)):
            setattr(module, name, nn.Parameter(weights.require(prefix + name).clone(), requires_grad=False))
        for name, _ in _persistent_buffers(module):
            module.register_buffer(name, weights.require(prefix + name).clone())


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
        return self.require(key), self.require(key + _SCALE).clone()

    def mapped_rows(self, key: str) -> tuple[torch.Tensor, torch.Tensor]:
        """Return int8 rows, memory-mapped for as long as they are used, and their scales."""
        with safe_open(self._folder / self._files[key], framework="pt") as shard:
            rows = shard.get_tensor(key)
        return rows, self.require(key + _SCALE).clone()

    def close(self) -> None:
        """Close the open shard."""
        self._name, self._shard = "", None

    def _open(self, name: str) -> Any:
        if name != self._name:
            self._shard = None
            self._shard = safe_open(self._folder / name, framework="pt").__enter__()
            self._name = name
        return self._shard
