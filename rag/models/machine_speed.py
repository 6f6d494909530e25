"""What this machine has, and how fast it is at what a language model needs: a measurement of about a second.

Writing is bound by reading all weights for every token, so memory bandwidth counts; reading a prompt is bound by matrix
products, so their rate counts, with the kernel that the engine uses. What lies between the products takes a time of its
own, which matters for small models.
"""

import os
import platform
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import torch
from torch.nn.functional import linear, scaled_dot_product_attention

from rag.models.catalog import WeightFormat
from rag.models.hardware import best_seconds
from rag.models.kernels.block_linear import BlockLinear
from rag.models.kernels.block_products import weight_bytes
from rag.models.kernels.checkpoint import best_format
from rag.models.kernels.int8_linear import Int8Linear
from rag.models.speed_estimate import CHUNK_ROWS, WEIGHT_BYTES, Gpu, Machine, Rates
from rag.runtime.compute_thread import computing
from rag.runtime.limits import allowed_processors, available_memory, total_memory
from rag.runtime.processor_share import compute_with

_BUFFER_BYTES = 512 << 20
_SMALL_BUFFER_BYTES = 128 << 20
_ENOUGH_MEMORY = 4 << 30
"""Free memory from which the larger buffer is read: some server processors have caches of hundreds of megabytes."""

_WEIGHTS_BYTES = 256 << 20

_HIDDEN, _MLP, _SMALL = 2048, 8192, 64
_HEADS, _HEAD_DIM, _KEYS = 16, 128, 1024
_OPERATIONS = 30

_ABILITIES = {
    "amx_int8": "AMX int8",
    "amx_bf16": "AMX bfloat16",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX VNNI",
    "avx512_bf16": "AVX-512 bfloat16",
    "avx512_f": "AVX-512",
    "avx2": "AVX2",
}
"""What torch calls the abilities of a processor that count for matrix products, the strongest first."""


def describe_machine() -> Machine:
    """Return what this machine has."""
    return Machine(
        processor=_processor_name(),
        cores=psutil.cpu_count(logical=False) or os.cpu_count() or 1,
        threads=min(torch.get_num_threads(), allowed_processors()),
        abilities=_abilities(),
        memory_bytes=total_memory(),
        free_bytes=available_memory(),
        gpu=_find_gpu(),
        weights=best_format(),
    )


def _processor_name() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def _abilities() -> tuple[str, ...]:
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return tuple(name for key, name in _ABILITIES.items() if capabilities.get(key) is True)


def _find_gpu() -> Gpu | None:
    if torch.cuda.is_available():
        found = torch.cuda.get_device_properties(0)
        return Gpu(str(found.name), int(found.total_memory))
    return Gpu("Apple GPU", None) if torch.backends.mps.is_available() else None


@computing
def measure_rates(weights: WeightFormat) -> Rates:
    """Measure the processor with weights of this format. The load of the machine lowers all rates."""
    compute_with(0)
    with torch.inference_mode():
        wide, narrow = _product(_HIDDEN, _MLP, weights), _product(_MLP, _HIDDEN, weights)
        rows, many = (torch.ones((CHUNK_ROWS, size), dtype=torch.bfloat16) for size in (_HIDDEN, _MLP))
        both = best_seconds(partial(wide, rows)) + best_seconds(partial(narrow, many))
        query = torch.ones((1, _HEADS, CHUNK_ROWS, _HEAD_DIM), dtype=torch.bfloat16)
        keys = torch.ones((1, _HEADS, _KEYS, _HEAD_DIM), dtype=torch.bfloat16)
        attend = partial(scaled_dot_product_attention, query, keys, keys)
        small = partial(_product(_SMALL, _SMALL, weights), rows[:1, :_SMALL])
        weight_rate, layer_seconds = _measure_writing(weights)
        return Rates(
            read_bytes=min(_memory_rate(), weight_rate),
            product_operations=4 * CHUNK_ROWS * _HIDDEN * _MLP / both,
            attention_operations=4 * _HEADS * CHUNK_ROWS * _KEYS * _HEAD_DIM / best_seconds(attend),
            element_seconds=best_seconds(partial(_element_operations, many)) / (_OPERATIONS * many.numel()),
            layer_seconds=layer_seconds,
            product_seconds=best_seconds(small),
        )


def _product(inputs: int, outputs: int, weights: WeightFormat) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return a product of this size with the engine's kernel."""
    if weights == "int4":
        return BlockLinear(torch.zeros(weight_bytes(4, inputs, outputs), dtype=torch.uint8), 4, inputs, outputs)
    if weights == "int8":
        return Int8Linear(torch.ones((outputs, inputs), dtype=torch.int8), torch.ones(outputs))
    return partial(linear, weight=torch.ones((outputs, inputs), dtype=torch.bfloat16))


def _memory_rate() -> float:
    """Return how many bytes a second are read from memory, with all threads."""
    enough = available_memory() >= _ENOUGH_MEMORY
    buffer = torch.ones((_BUFFER_BYTES if enough else _SMALL_BUFFER_BYTES) // 8, dtype=torch.int64)
    return buffer.nbytes / best_seconds(buffer.sum)


def _measure_writing(weights: WeightFormat) -> tuple[float, float]:
    """Return how many bytes of weights a second a row gets through, and the fixed time of a layer, as in writing.

    A layer's own time is measured between products that push its code and data out of the caches, as a model does.
    """
    size = weight_bytes(4, _HIDDEN, _MLP) if weights == "int4" else int(_HIDDEN * _MLP * WEIGHT_BYTES[weights])
    products = [_product(_HIDDEN, _MLP, weights) for _ in range(_WEIGHTS_BYTES // size)]
    row, layer = torch.ones((1, _HIDDEN), dtype=torch.bfloat16), _tiny_layer()

    def step(*, with_layers: bool) -> None:
        for product in products:
            product(row)
            if with_layers:
                layer()

    plain, whole = (best_seconds(partial(step, with_layers=each)) for each in (False, True))
    return len(products) * size / plain, max(best_seconds(layer), (whole - plain) / len(products))


def _tiny_layer() -> Callable[[], object]:
    """Return a call of transformers' own decoder layer, so small that only its fixed costs count."""
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaDecoderLayer

    config = LlamaConfig(
        hidden_size=_SMALL, intermediate_size=_SMALL, num_attention_heads=2, attn_implementation="sdpa"
    )
    layer = LlamaDecoderLayer(config, layer_idx=0).to(torch.bfloat16).eval()
    row, angle = (torch.ones((1, 1, size), dtype=torch.bfloat16) for size in (_SMALL, _SMALL // 2))
    return partial(layer, row, position_embeddings=(angle, angle))


def _element_operations(rows: torch.Tensor) -> None:
    """Run as many operations on every element as `_OPERATIONS` says, half of them in float32, as norms are."""
    for _ in range(_OPERATIONS // 6):
        exact = (rows * rows + rows).float()
        (exact * exact + exact).to(torch.bfloat16)
