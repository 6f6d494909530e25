"""Linear layers over weights in blocks of four or eight bits, computed by our own kernels.

The scheme is that of llama.cpp's K-quants: groups of 32 weights share a scale and an offset, and activations are
quantised to eight bits by spans of 128. Weights may be mapped from a file: they are read where they lie.

A row's result is the same to the last bit whatever the other rows, with any number of threads and on any processor that
has a kernel. So batching, speculation and reused prefixes leave a text as it is.
"""

from functools import cache

import torch
from torch import nn

from rag.models.kernels.block_products import Bits, multiply, quantise, weight_bytes
from rag.models.kernels.kernel_library import instruction_level, shares_threads
from rag.runtime.compute_thread import computing

_PROBE_FEATURES = (96, 1000)
_PROBE_ROWS = 11
_PROBE_ERROR = 0.02
_ROUNDING: dict[Bits, float] = {4: 0.15, 8: 0.02}
"""Largest relative error of random weights that were put into blocks."""


class BlockLinear(nn.Module):
    """A linear layer over weights in blocks; activations are quantised at run time, row by row."""

    def __init__(
        self, blocks: torch.Tensor, bits: Bits, in_features: int, out_features: int, bias: torch.Tensor | None = None
    ) -> None:
        """Take the blocks as they are; they may be mapped from a file.

        Raises:
            ValueError: the blocks are not those of this many weights, or the bias is not that of this many outputs. The
                kernels would read beyond them.
        """
        super().__init__()
        if bits not in _ROUNDING or blocks.nbytes != weight_bytes(bits, in_features, out_features):
            raise ValueError(f"{blocks.nbytes} bytes of weights for a layer of {in_features} by {out_features}")
        if bias is not None and bias.numel() != out_features:
            raise ValueError(f"a bias of {bias.numel()} numbers for a layer of {in_features} by {out_features}")
        self.in_features, self.out_features, self.bits = in_features, out_features, bits
        self._blocks = blocks
        self._bias = None if bias is None else bias.float()
        self._level = instruction_level()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map shape (..., in) to (..., out)."""
        rows = x.reshape(-1, self.in_features).to(torch.bfloat16).contiguous()
        return self.product(rows).view(*x.shape[:-1], self.out_features).to(x.dtype)

    def product(self, rows: torch.Tensor) -> torch.Tensor:
        """Map bfloat16 of shape (rows, in), one row after the other, to (rows, out)."""
        return multiply(rows, self._blocks, self._bias, self.bits, self.out_features, self._level)


def has_blocks(model: nn.Module) -> bool:
    """Return True if a model's products are computed by our kernels."""
    return any(isinstance(module, BlockLinear) for module in model.modules())


@cache
@computing
def blocks_are_supported() -> bool:
    """Return True if our kernels compute correctly on this processor and no GPU takes their place. Measured once."""
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        return False
    if not instruction_level() or not shares_threads():
        return False
    return all(_computes(bits, level) for bits in (4, 8) for level in {1, instruction_level()})


def _computes(bits: Bits, level: int) -> bool:
    inputs, outputs = _PROBE_FEATURES
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn((outputs, inputs), generator=generator).bfloat16()
    x = torch.randn((_PROBE_ROWS, inputs), generator=generator).bfloat16()
    blocks, error = quantise(weights, bits)
    found = multiply(x, blocks, None, bits, outputs, level).float()
    alone = multiply(x[-1:], blocks, None, bits, outputs, level).float()
    exact = x.float() @ weights.float().T
    limit = (_ROUNDING[bits] + _PROBE_ERROR) * exact.norm()
    return error <= _ROUNDING[bits] and bool((found - exact).norm() <= limit) and torch.equal(found[-1:], alone)
