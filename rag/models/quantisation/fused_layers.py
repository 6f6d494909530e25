"""Norms and feed-forward blocks of a decoder, each computed in one call of our kernels.

Only where a class's forward pass reads word for word like Llama's, which more than a hundred families share: what
computes something else is left as it is.
"""

import ast
import inspect
import textwrap
from collections.abc import Hashable
from functools import cache
from typing import Any

import torch
from torch import nn

from rag.models.kernels.row_operations import fits, gate, normalise
from rag.models.quantisation.products import FusedSlice


def fuse_layers(model: nn.Module) -> None:
    """Replace the norms and feed-forward blocks of a model whose products are installed already."""
    for path, module in list(model.named_modules()):
        if (fused := _fused(module)) is not None:
            parent, _, name = path.rpartition(".")
            setattr(model.get_submodule(parent), name, fused)


def _fused(module: Any) -> nn.Module | None:
    """Return what computes the same as a module, or None."""
    kind: Any = type(module)
    name = type(module).__name__
    if name.endswith("RMSNorm") and _computes_like(kind, "LlamaRMSNorm"):
        weight = module.weight
        if weight.dtype == torch.bfloat16 and weight.device.type == "cpu" and fits(len(weight)):
            return FusedNorm(weight.detach(), float(module.variance_epsilon))
    if name.endswith("MLP") and _computes_like(kind, "LlamaMLP"):
        sliced = getattr(module, "gate_proj", None)
        if isinstance(sliced, FusedSlice) and _is_silu(module.act_fn) and _is_gate(sliced.whole.sizes):
            return FusedFeedForward(sliced.whole.linear, module.down_proj)
    return None


def _is_gate(sizes: list[int]) -> bool:
    """Return whether a product's outputs are two of one size, which a kernel can compute."""
    return len(sizes) == 2 and sizes[0] == sizes[1] and fits(sizes[0])


def _is_silu(activation: Any) -> bool:
    return type(activation).__name__ in ("SiLU", "SiLUActivation")


@cache
def _computes_like(found: Hashable, name: str) -> bool:
    from transformers.models.llama import modeling_llama

    try:
        return _forward_of(found) == _forward_of(getattr(modeling_llama, name))
    except (OSError, TypeError, SyntaxError, AttributeError):  # a class without a source
        return False


def _forward_of(found: Any) -> str:
    """Return the statements of a class's forward pass, in one form."""
    source = inspect.getsource(inspect.unwrap(found.forward))
    function: Any = ast.parse(textwrap.dedent(source)).body[0]
    return "\n".join(ast.dump(each) for each in function.body if not isinstance(each, ast.Expr))


class FusedNorm(nn.Module):
    """RMSNorm in one call."""

    def __init__(self, weight: torch.Tensor, epsilon: float) -> None:
        super().__init__()
        self._weight, self._epsilon = weight, epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise the last dimension."""
        return normalise(x.to(torch.bfloat16).contiguous().view(-1, x.shape[-1]), self._weight, self._epsilon).view(
            x.shape
        )


class FusedFeedForward(nn.Module):
    """A gated feed-forward block: its gate in one call, between two products."""

    def __init__(self, gate_and_up: nn.Module, down: nn.Module) -> None:
        super().__init__()
        self._gate_and_up, self._down = gate_and_up, down

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map shape (..., hidden) to itself."""
        both = self._gate_and_up(x.to(torch.bfloat16))
        gated: torch.Tensor = self._down(gate(both.view(-1, both.shape[-1])))
        return gated.view(x.shape).to(x.dtype)
