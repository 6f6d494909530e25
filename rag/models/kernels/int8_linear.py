"""Matrix products in int8 on a CPU: half the size of bfloat16, and faster.

Weights are scaled per output row, activations per token at run time (the vector-wise scheme of LLM.int8, Dettmers et
al. 2022, without its outliers). The product is torch's own oneDNN operator, which its x86 quantisation lowers to: uint8
x int8 in AMX or VNNI instructions where the processor has them, with the weights' scales fused.

Sums of integers are exact, so a row's result is the same to the last bit whatever the other rows. That is not so for
bfloat16 and float32 products: which kernel multiplies, and in which order it sums, depends on the number of rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import nn

from rag.models.hardware import best_seconds
from rag.runtime.compute_thread import computing

SCALE = ".scale"
"""What the name of stored scales ends with, after that of the rows."""

_MAX_INT8 = 127

_MIN_SCALE = 1e-8

_PROBE_FEATURES = 1024
_PROBE_ROWS = (1, 16)
_PROBE_ATTEMPTS = 3
_MAX_SLOWDOWN = 10
"""A product this many times slower than bfloat16 has no kernel; the plain loops seen were hundreds of times slower."""

_PROBE_ERROR = 0.05


@dataclass(frozen=True, slots=True)
class ActivationRange:
    """Range of quantised activations: unsigned, with zero point `zero`, at most `max_magnitude` away from it.

    Unsigned, because only AMX multiplies signed by signed: without it oneDNN falls back to a reference loop, five
    hundred times slower. The maximum is one less than fits, so that a quotient rounded up in bfloat16 still fits.
    """

    zero: int
    max_magnitude: int


_EIGHT_BITS = ActivationRange(128, 126)
_SEVEN_BITS = ActivationRange(64, 62)


def quantise_rows(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Quantise each row: return int8 rows (out, in) and scales (out,), with `weight` ≈ `rows * scale[:, None]`."""
    weight = weight.float()
    scale = weight.abs().amax(dim=1).clamp_min(_MIN_SCALE) / _MAX_INT8
    return (weight / scale[:, None]).round_().clamp_(-_MAX_INT8, _MAX_INT8).to(torch.int8), scale


def quantised(name: str, weight: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the int8 rows of a tensor and their scales, each with the name it is stored under."""
    rows, scale = quantise_rows(weight)
    yield name, rows
    yield name + SCALE, scale


class Int8Linear(nn.Module):
    """A linear layer over int8 weights; activations are quantised at run time, row by row.

    The packed weights are the only copy: the ones it is made from are not referenced.
    """

    def __init__(self, weight: torch.Tensor, scale: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        """Pack `weight`, int8 of shape (out, in), with `scale` of shape (out,).

        Raises:
            ValueError: scale or bias are not those of this many outputs.
        """
        super().__init__()
        self.out_features, self.in_features = weight.shape
        if any(each is not None and each.numel() != self.out_features for each in (scale, bias)):
            raise ValueError(f"scale or bias do not fit a layer of {self.in_features} by {self.out_features}")
        self._packed = torch.ops.onednn.qlinear_prepack(weight.contiguous(), None)
        self._scale = scale.float().contiguous()
        self._zero = torch.zeros(self.out_features, dtype=torch.int32)
        self._bias = None if bias is None else bias.float()
        self._range = activation_range()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map shape (..., in) to (..., out)."""
        rows = x.reshape(-1, self.in_features)
        if not len(rows):
            return x.new_empty((*x.shape[:-1], self.out_features))
        steps = (_max_magnitudes(rows) / self._range.max_magnitude).clamp_min_(_MIN_SCALE)
        quantised = (rows / steps).round_().add_(self._range.zero).to(torch.uint8)
        # Scales are applied in float32: rounding to bfloat16 before and after them costs half a percent of perplexity.
        out = _multiply(quantised, self._range.zero, self._packed, self._scale, self._zero)
        out.mul_(steps)
        if self._bias is not None:
            out.add_(self._bias)
        return out.to(rows.dtype).reshape(*x.shape[:-1], self.out_features)


def _multiply(
    rows: torch.Tensor, zero: int, packed: torch.Tensor, scale: torch.Tensor, weight_zeros: torch.Tensor
) -> torch.Tensor:
    out: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
        rows, 1.0, zero, packed, scale, weight_zeros, None, 1.0, 0, torch.float32, "none", [], ""
    )
    return out


@cache
def activation_range() -> ActivationRange:
    """Return eight bits if this processor adds products of eight bits correctly, else seven. Measured, not looked up.

    Without VNNI two neighbouring products are added in sixteen bits and saturate: twice 255 * 127 does not fit, twice
    127 * 127 does (the reduced range of torch's own quantisation on x86).
    """
    features = 64
    packed = torch.ops.onednn.qlinear_prepack(torch.full((1, features), _MAX_INT8, dtype=torch.int8), None)
    rows = torch.full((1, features), 255, dtype=torch.uint8)
    # With an explicit dtype: transformers changes the default of all threads while it makes an empty model.
    scale = torch.ones(1, dtype=torch.float32)
    found = _multiply(rows, 0, packed, scale, torch.zeros(1, dtype=torch.int32))
    return _EIGHT_BITS if int(found.item()) == 255 * _MAX_INT8 * features else _SEVEN_BITS


def _max_magnitudes(rows: torch.Tensor) -> torch.Tensor:
    """Return the largest magnitude of each row, shape (rows, 1).

    Without their sign, bfloat16 numbers order like the integers with the same bits, and torch's maximum of integers is
    thirty times faster.
    """
    if rows.dtype != torch.bfloat16:
        return rows.abs().amax(dim=-1, keepdim=True)
    return (rows.view(torch.int16) & 0x7FFF).amax(dim=-1, keepdim=True).view(torch.bfloat16)


class Int8Embedding(nn.Module):
    """Embedding over an int8 table, which may be memory-mapped: only the rows looked up are read."""

    def __init__(self, table: torch.Tensor, scale: torch.Tensor) -> None:
        super().__init__()
        self.num_embeddings, self.embedding_dim = table.shape
        self._table = table
        self._scale = scale

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the vectors of token ids, shape (..., dimension)."""
        return (self._table[ids].float() * self._scale[ids].float()[..., None]).bfloat16()


@cache
@computing
def int8_is_supported() -> bool:
    """Return True if torch multiplies int8 correctly on this processor, with a kernel and not in a plain loop.

    Decoding is bound by memory bandwidth, and int8 weights are half the size: with a kernel, int8 is faster even if a
    small product takes as long. So only a gross slowdown counts, and one attempt without it is enough: the
    load of the machine must not decide. Takes some tens of milliseconds, once.
    """
    if torch.cuda.is_available() or torch.backends.mps.is_available() or not torch.backends.mkldnn.is_available():
        return False
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn((_PROBE_FEATURES, _PROBE_FEATURES), generator=generator)
    x = torch.randn((_PROBE_ROWS[-1], _PROBE_FEATURES), generator=generator).bfloat16()
    plain = weight.bfloat16()
    try:
        with torch.inference_mode():
            linear = Int8Linear(*quantise_rows(weight))
            exact, out = x.float() @ weight.T, linear(x).float()
            if (out - exact).norm() > _PROBE_ERROR * exact.norm():
                return False
            return any(_has_kernel(linear, plain, x) for _ in range(_PROBE_ATTEMPTS))
    except (RuntimeError, AttributeError, NotImplementedError):
        return False


def _has_kernel(linear: Int8Linear, plain: torch.Tensor, x: torch.Tensor) -> bool:
    int8 = sum(best_seconds(partial(linear, x[:rows])) for rows in _PROBE_ROWS)
    bfloat16 = sum(best_seconds(partial(nn.functional.linear, x[:rows], plain)) for rows in _PROBE_ROWS)
    return int8 < _MAX_SLOWDOWN * bfloat16
