"""Checkpoints of causal language models with weights in blocks of four and eight bits: one file, mapped, not loaded.

Beside the model's own configuration and tokenizer, `blocks.bin` holds all tensors, and `blocks.json` says where each
lies and what it is: the blocks of each matrix product, embeddings in int8, everything else unchanged. Several processes
share the pages of the file, and the system may take them back.

Weights that a GGUF file had in four bits stay as they were; what it had in more gets eight. Of other models, the output
layer gets eight bits, and so do the layers that llama.cpp's Q4_K_M gives more than four.
"""

import json
import re
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import torch
from torch import nn

from rag.models.catalog import BLOCK_INDEX, BLOCK_WEIGHTS
from rag.models.kernels.block_linear import BlockLinear
from rag.models.kernels.block_products import Bits, quantise
from rag.models.kernels.fused_layers import fuse_layers
from rag.models.kernels.int8_linear import SCALE, Int8Embedding
from rag.models.kernels.kernel_library import file_checksum
from rag.models.kernels.products import (
    ANY_LAYER,
    Product,
    bias_of,
    find_products,
    install_product,
    load_other_tensors,
    stored_others,
    weight_of,
)
from rag.models.memory_needs import require_memory
from rag.runtime.compute_thread import begin_on_compute_thread

_VERSION = 1
_ALIGNMENT = 64
_ON_A_GRID = 0.02
"""Weights that four bits hold with less than this error were in four bits before; others are off by 0.06 or more."""

_LAYER = re.compile(r"\.(\d+)\.")
_SENSITIVE = re.compile(r"\.(v_proj|qkv_proj|down_proj|fc2|w2|dense_4h_to_h|c_proj)$")


def save(
    model: Any,
    folder: Path,
    layers: re.Pattern[str] = ANY_LAYER,
    *,
    least_bits: Bits = 4,
    keeps_more: bool = False,
) -> None:
    """Write the weights of a model; its configuration and tokenizer are saved by the caller.

    Linear layers whose last name `layers` finds are put into blocks, of `least_bits` or more. With `keeps_more`, layers
    whose weights were not in four bits get eight: those of a file that had some in more.
    """
    products = find_products(model, layers)
    depth = int(model.config.get_text_config().num_hidden_layers)
    index: dict[str, Any] = {"version": _VERSION, "products": [], "tensors": {}, "parameters": 0}
    with (folder / BLOCK_WEIGHTS).open("wb") as file:
        for product in products:
            weights = weight_of(model, product).to(torch.bfloat16)
            bits, blocks = _blocks(weights, product, depth, least_bits=least_bits, keeps_more=keeps_more)
            name = f"{product.layers[0]}.blocks"
            index["tensors"][name] = _write(file, blocks)
            entry = {**asdict(product), "tensor": name, "bits": bits, "inputs": weights.shape[1]}
            index["products"].append(entry)
            index["parameters"] += 0 if _is_output_layer(product) else weights.numel()
            if (bias := bias_of(model, product)) is not None:
                index["tensors"][product.bias] = _write(file, bias)
        for name, tensor in stored_others(model, products):
            index["tensors"][name] = _write(file, tensor)
            index["parameters"] += tensor.numel()
        size = file.tell()
    index.update(size=size, checksum=file_checksum(folder / BLOCK_WEIGHTS))
    (folder / BLOCK_INDEX).write_text(json.dumps(index))


def remove(folder: Path) -> None:
    """Remove the weights that `save` wrote."""
    for name in (BLOCK_INDEX, BLOCK_WEIGHTS):
        (folder / name).unlink(missing_ok=True)


def _blocks(
    weights: torch.Tensor, product: Product, depth: int, *, least_bits: Bits, keeps_more: bool
) -> tuple[Bits, torch.Tensor]:
    """Return the bits that a product's weights get, and their blocks."""
    if least_bits == 4 and not _is_output_layer(product):
        blocks, error = quantise(weights, 4)
        if error <= _ON_A_GRID or not (keeps_more or _is_sensitive(product, depth)):
            return 4, blocks
    return 8, quantise(weights, 8)[0]


def _is_output_layer(product: Product) -> bool:
    return _LAYER.search(product.layers[0]) is None


def _is_sensitive(product: Product, depth: int) -> bool:
    """Return True for the layers that llama.cpp's Q4_K_M gives more bits: in the outer eighths, and every third."""
    found = _LAYER.search(product.layers[0])
    layer, eighth = int(found[1]) if found else 0, depth // 8
    is_chosen = layer < eighth or layer >= depth - eighth or (layer - eighth) % 3 == 2
    return is_chosen and any(_SENSITIVE.search(name) for name in product.layers)


def _write(file: IO[bytes], tensor: torch.Tensor) -> dict[str, Any]:
    """Append a tensor and return its entry."""
    file.write(bytes(-file.tell() % _ALIGNMENT))
    entry = {"at": file.tell(), "type": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape)}
    file.write(tensor.contiguous().view(-1).view(torch.uint8).numpy().data)
    return entry


def begin_reading(folder: Path) -> "Future[None]":
    """Start to read the weights once, on the compute thread, so that damage is found and they lie in memory.

    Raises:
        ModelError: memory is short.
    """
    require_memory(folder)
    return begin_on_compute_thread(check, folder)


def check(folder: Path) -> None:
    """Compare the weights in a folder with the size and the checksum that were written with them.

    Raises:
        OSError, KeyError, ValueError: they differ, or a file is missing.
    """
    index = json.loads((folder / BLOCK_INDEX).read_text())
    file = folder / BLOCK_WEIGHTS
    if file.stat().st_size != index["size"] or file_checksum(file) != index["checksum"]:
        raise ValueError(f"{BLOCK_WEIGHTS} is damaged")


def fill(model: Any, folder: Path, _checked: None) -> None:
    """Put the mapped weights into an empty model, once they were checked. Call it on the compute thread."""
    weights = _Mapped(folder)
    for product, bits, inputs in weights.products:
        bias = weights.tensor(product.bias) if weights.has(product.bias) else None
        blocks = weights.tensor(product.tensor)
        install_product(model, product, BlockLinear(blocks, bits, inputs, sum(product.sizes), bias))
    load_other_tensors(model, lambda name: weights.tensor(name).clone(), weights.embedding)
    fuse_layers(model)


class _Mapped:
    """The tensors of a folder by name, as they lie in the mapped file."""

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / BLOCK_INDEX).read_text())
        if index["version"] != _VERSION:
            raise ValueError(f"{BLOCK_INDEX} is of another version")
        self._entries: dict[str, dict[str, Any]] = index["tensors"]
        self._bytes = torch.from_file(str(folder / BLOCK_WEIGHTS), shared=False, size=index["size"], dtype=torch.uint8)
        self.products: list[tuple[Product, Bits, int]] = [
            (Product(tuple(p["layers"]), tuple(p["sizes"]), p["tensor"]), p["bits"], p["inputs"])
            for p in index["products"]
        ]

    def has(self, name: str) -> bool:
        return name in self._entries

    def tensor(self, name: str) -> torch.Tensor:
        entry = self._entries[name]
        dtype: torch.dtype = getattr(torch, entry["type"])
        shape: list[int] = entry["shape"]
        size = torch.Size(shape).numel() * dtype.itemsize
        return self._bytes[entry["at"] : entry["at"] + size].view(dtype).view(shape)

    def embedding(self, name: str) -> nn.Module:
        return Int8Embedding(self.tensor(name), self.tensor(name + SCALE).clone())
