"""Matrix products in eight-bit integers, on a CPU: half of bfloat16's size, and faster.

Weights are scaled per output row, activations per token as they come (LLM.int8's vector-wise scheme, Dettmers et al.
2022, without its outliers). The product itself is torch's own oneDNN operator, what its x86 quantisation lowers to:
uint8 x int8 in AMX or VNNI instructions where the processor has them, the weights' scales fused.
"""

from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import nn

from rag.models.hardware import fastest
from rag.runtime.compute_thread import computing

_LARGEST = 127

_TINY = 1e-8

_PROBE_FEATURES = 1024
_PROBE_ROWS = (1, 16)
_PROBE_TRIES = 3
_PLAIN_LOOP = 10
"""How many times slower than bfloat16 a product is taken to be a plain loop's; those seen were hundreds of times."""

_PROBE_ERROR = 0.05


@dataclass(frozen=True, slots=True)
class Activations:
    """How activations are made integers: unsigned, around `zero`, at most `largest` away from it.

    Unsigned, since only AMX multiplies signed by signed: without it oneDNN falls back to a reference loop five hundred
    times slower. The largest is one less than would fit: a quotient that bfloat16 rounds up must do so too.
    """

    zero: int
    largest: int


_EIGHT_BITS = Activations(128, 126)
_SEVEN_BITS = Activations(64, 62)


def quantise_rows(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Each row as int8 and its scale: `weight` is about `rows * scale[:, None]`. Shapes (out, in) and (out,)."""
    weight = weight.float()
    scale = weight.abs().amax(dim=1).clamp_min(_TINY) / _LARGEST
    return (weight / scale[:, None]).round_().clamp_(-_LARGEST, _LARGEST).to(torch.int8), scale


class Int8Linear(nn.Module):
    """A linear layer over int8 weights; rows of activations are quantised as they come.

    The packed weights are the only copy: the plain ones that it is made from may go.
    """

    def __init__(self, weight: torch.Tensor, scale: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        """Pack `weight`, int8 of shape (out, in), with `scale` of shape (out,)."""
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self._packed = torch.ops.onednn.qlinear_prepack(weight.contiguous(), None)
        self._scale = scale.float().contiguous()
        self._zero = torch.zeros(self.out_features, dtype=torch.int32)
        self._bias = None if bias is None else bias.float()
        self._activations = activations()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (..., in) to (..., out)."""
        rows = x.reshape(-1, self.in_features)
        if not len(rows):
            return x.new_empty((*x.shape[:-1], self.out_features))
        steps = (_largest(rows) / self._activations.largest).clamp_min_(_TINY)
        quantised = (rows / steps).round_().add_(self._activations.zero).to(torch.uint8)
        out = self._product(quantised, steps, rows.dtype)
        return out.reshape(*x.shape[:-1], self.out_features)

    def _product(self, rows: torch.Tensor, steps: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """The same for one row as for many, so that a row's result does not depend on its company.

        Scales are applied in float32: rounding to bfloat16 before and after them costs half a percent of perplexity.
        """
        out = _multiply(rows, self._activations.zero, self._packed, self._scale, self._zero)
        out.mul_(steps)
        if self._bias is not None:
            out.add_(self._bias)
        return out.to(dtype)


def _multiply(
    rows: torch.Tensor, zero: int, packed: torch.Tensor, scale: torch.Tensor, weight_zeros: torch.Tensor
) -> torch.Tensor:
    out: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
        rows, 1.0, zero, packed, scale, weight_zeros, None, 1.0, 0, torch.float32, "none", [], ""
    )
    return out


@cache
def activations() -> Activations:
    """Eight bits where this processor adds up products of eight bits rightly, else seven.

    Without VNNI two neighbouring products are added in sixteen bits, and what does not fit is cut off: 255 * 127 twice
    does not, 127 * 127 twice does (the reduced range of torch's own quantisation on x86). The processor is asked.
    """
    features = 64
    packed = torch.ops.onednn.qlinear_prepack(torch.full((1, features), _LARGEST, dtype=torch.int8), None)
    rows = torch.full((1, features), 255, dtype=torch.uint8)
    # Of an explicit type: transformers changes the default one for all threads while it makes an empty model.
    scale = torch.ones(1, dtype=torch.float32)
    found = _multiply(rows, 0, packed, scale, torch.zeros(1, dtype=torch.int32))
    return _EIGHT_BITS if int(found.item()) == 255 * _LARGEST * features else _SEVEN_BITS


def _largest(rows: torch.Tensor) -> torch.Tensor:
    """Largest magnitude of each row, shape (rows, 1).

    bfloat16 numbers without their sign compare like the integers their bits spell, and torch compares integers thirty
    times faster than it takes this norm of bfloat16.
    """
    if rows.dtype != torch.bfloat16:
        return rows.abs().amax(dim=-1, keepdim=True)
    return (rows.view(torch.int16) & 0x7FFF).amax(dim=-1, keepdim=True).view(torch.bfloat16)


class Fused(nn.Module):
    """Several linear layers over the same input as one product; each is a `FusedSlice` of it."""

    def __init__(self, linear: Int8Linear, sizes: list[int]) -> None:
        super().__init__()
        self._linear = linear
        self._sizes = sizes
        self._input: torch.Tensor | None = None
        self._outputs: tuple[torch.Tensor, ...] = ()

    def share(self, x: torch.Tensor, index: int) -> torch.Tensor:
        """Output of one of the layers; the first to ask computes them all."""
        if self._input is not x:
            self._input, self._outputs = x, self._linear(x).split(self._sizes, dim=-1)
        output = self._outputs[index]
        if index == len(self._sizes) - 1:  # the last has its part: nothing is kept alive
            self._input, self._outputs = None, ()
        return output


class FusedSlice(nn.Module):
    """One of the layers of a `Fused` product."""

    def __init__(self, fused: Fused, index: int) -> None:
        super().__init__()
        self._fused = [fused]  # not a submodule: it would appear once for every share
        self._index = index

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (..., in) to (..., out)."""
        return self._fused[0].share(x, self._index)


class Int8Embedding(nn.Module):
    """Rows of an int8 table, which may be mapped from a file: only the rows that are asked for are read."""

    def __init__(self, table: torch.Tensor, scale: torch.Tensor, dtype: torch.dtype) -> None:
        super().__init__()
        self._table = table
        self._scale = scale
        self._dtype = dtype

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Vectors of token ids, shape (..., dimension)."""
        return (self._table[ids].float() * self._scale[ids].float()[..., None]).to(self._dtype)


@cache
@computing
def int8_is_supported() -> bool:
    """Whether this build of torch, on this processor, multiplies int8 rightly, and not in a plain loop.

    Writing is bound by reading the weights, and these are half of bfloat16's: it pays wherever there is a kernel, even
    if a small product takes as long. So only a gross difference counts, and one try without it is enough: a machine
    that is busy at the start must not decide otherwise. Takes some tens of milliseconds, once.
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
            return any(_has_kernel(linear, plain, x) for _ in range(_PROBE_TRIES))
    except (RuntimeError, AttributeError, NotImplementedError):
        return False


def _has_kernel(linear: Int8Linear, plain: torch.Tensor, x: torch.Tensor) -> bool:
    ours = sum(fastest(partial(linear, x[:rows])) for rows in _PROBE_ROWS)
    theirs = sum(fastest(partial(nn.functional.linear, x[:rows], plain)) for rows in _PROBE_ROWS)
    return ours < _PLAIN_LOOP * theirs
