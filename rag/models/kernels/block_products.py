"""Products of activations with weights in blocks of four and eight bits, and the blocks themselves.

See block_format.h for the blocks and block_matmul.c for the product.
"""

import ctypes
from typing import Literal

import torch

from rag.models.kernels.kernel_library import Pointer, Size, Team, loaded, team

Bits = Literal[4, 8]


class _Product(ctypes.Structure):
    _fields_ = (
        ("isa", ctypes.c_int),
        ("bits", ctypes.c_int),
        ("blocks", Pointer),
        ("bias", Pointer),
        ("x", Pointer),
        ("y", Pointer),
        ("rows", Size),
        ("inputs", Size),
        ("outputs", Size),
        ("scratch", Pointer),
        ("team", Team),
        ("activations", Size * 7),
    )


class _Quantisation(ctypes.Structure):
    _fields_ = (
        ("bits", ctypes.c_int),
        ("weights", Pointer),
        ("inputs", Size),
        ("outputs", Size),
        ("blocks", Pointer),
        ("squares", Pointer),
        ("team", Team),
    )


def weight_bytes(bits: Bits, inputs: int, outputs: int) -> int:
    """Return the size of a layer's blocks in bytes."""
    return int(loaded().citewell_weight_bytes(bits, inputs, outputs))


def multiply(
    x: torch.Tensor, blocks: torch.Tensor, bias: torch.Tensor | None, bits: Bits, outputs: int, level: int
) -> torch.Tensor:
    """Multiply bfloat16 rows, shape (rows, in), by blocks of `outputs` rows of weights: bfloat16, shape (rows, out).

    `bias` is float32. A row's result is the same to the last bit whatever the other rows, the level and the threads.
    """
    library = loaded()
    rows, inputs = x.shape
    y = torch.empty((rows, outputs), dtype=torch.bfloat16)
    scratch = torch.empty(library.citewell_scratch_bytes(rows, inputs), dtype=torch.uint8)
    product = _Product(
        level,
        bits,
        blocks.data_ptr(),
        None if bias is None else bias.data_ptr(),
        x.data_ptr(),
        y.data_ptr(),
        rows,
        inputs,
        outputs,
        scratch.data_ptr(),
        team(torch.get_num_threads()),
    )
    library.citewell_multiply(ctypes.byref(product))
    return y


def quantise(weights: torch.Tensor, bits: Bits) -> tuple[torch.Tensor, float]:
    """Put bfloat16 weights, shape (out, in), into blocks: uint8, and the relative error of the weights."""
    library = loaded()
    outputs, inputs = weights.shape
    threads = team(torch.get_num_threads())
    blocks = torch.zeros(weight_bytes(bits, inputs, outputs), dtype=torch.uint8)
    squares = torch.zeros((threads.threads, 2), dtype=torch.float64)
    weights = weights.contiguous()
    task = _Quantisation(bits, weights.data_ptr(), inputs, outputs, blocks.data_ptr(), squares.data_ptr(), threads)
    library.citewell_quantise(ctypes.byref(task))
    wrong, whole = squares.sum(dim=0).tolist()
    return blocks, (wrong / whole) ** 0.5 if whole else 0.0
