"""Layers of a decoder, their norms and feed-forward blocks, computed by our kernels with nothing in between.

Only where a class's forward pass reads word for word like Llama's, which more than a hundred families share: what
computes something else is left as it is. A step that writes one token consists of hundreds of small operations, which
take as long to call as to compute.
"""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Hashable
from functools import cache
from typing import Any

import torch
from torch import nn

from rag.models.kernels.block_linear import BlockLinear
from rag.models.kernels.cached_attention import can_project
from rag.models.kernels.products import FusedSlice
from rag.models.kernels.row_operations import fits, gate, normalise

_WINDOWS: dict[str, Callable[[Any], int | None]] = {
    "llama.LlamaAttention": lambda _: None,
    "qwen2.Qwen2Attention": lambda attention: attention.sliding_window,
    "mistral.MistralAttention": lambda attention: getattr(attention.config, "sliding_window", None),
}
"""Kinds of attention that a layer is fused with, and how many keys a query sees."""


def fuse_layers(model: nn.Module) -> None:
    """Replace the norms and feed-forward blocks of a model whose products are installed already."""
    for fused_as in (_fused, _fused_layer):  # a layer is fused from its fused parts
        for path, module in list(model.named_modules()):
            if (fused := fused_as(module)) is not None:
                parent, _, name = path.rpartition(".")
                setattr(model.get_submodule(parent), name, fused)


def _fused(module: Any) -> nn.Module | None:
    """Return what computes the same as a norm or a feed-forward block, or None."""
    kind: Any = type(module)
    name = type(module).__name__
    if name.endswith("RMSNorm") and _computes_like(kind, "llama.LlamaRMSNorm"):
        weight = module.weight
        if weight.dtype == torch.bfloat16 and weight.device.type == "cpu" and fits(len(weight)):
            return FusedNorm(weight.detach(), float(module.variance_epsilon))
    if name.endswith("MLP") and _computes_like(kind, "llama.LlamaMLP"):
        sliced = getattr(module, "gate_proj", None)
        if isinstance(sliced, FusedSlice) and _is_silu(module.act_fn) and _is_gate(sliced.whole.sizes):
            return FusedFeedForward(sliced.whole.linear, module.down_proj)
    return None


def _fused_layer(layer: Any) -> nn.Module | None:
    """Return what computes the same as a decoder layer whose parts are fused, or None."""
    kind: Any = type(layer)
    if not kind.__name__.endswith("DecoderLayer") or not _computes_like(kind, "llama.LlamaDecoderLayer"):
        return None
    attention = layer.self_attn
    attention_kind: Any = type(attention)
    window = next((window for name, window in _WINDOWS.items() if _computes_like(attention_kind, name)), None)
    parts = (layer.input_layernorm, layer.post_attention_layernorm, layer.mlp)
    if window is None or [type(each) for each in parts] != [FusedNorm, FusedNorm, FusedFeedForward]:
        return None
    sliced, output = attention.q_proj, attention.o_proj
    if not (isinstance(sliced, FusedSlice) and isinstance(sliced.whole.linear, BlockLinear)):
        return None
    if not isinstance(output, BlockLinear):
        return None
    queries, keys, values = (size // attention.head_dim for size in sliced.whole.sizes)
    fits_kernel = keys == values and can_project(queries, keys, attention.head_dim)
    return FusedLayer(layer, keys, window(attention)) if fits_kernel and _turns_like_llama(attention_kind) else None


def _is_gate(sizes: list[int]) -> bool:
    """Return whether a product's outputs are two of one size, which a kernel can compute."""
    return len(sizes) == 2 and sizes[0] == sizes[1] and fits(sizes[0])


def _is_silu(activation: Any) -> bool:
    return type(activation).__name__ in ("SiLU", "SiLUActivation")


@cache
def _computes_like(found: Hashable, name: str) -> bool:
    """Return whether a class's forward pass reads like that of another, "family.Class" of transformers."""
    family, _, kind = name.partition(".")
    return _reads_like(found, getattr(_modeling(family), kind), "forward")


@cache
def _turns_like_llama(attention: Hashable) -> bool:
    """Return whether an attention's module turns queries and keys by their positions as Llama's does."""
    module = inspect.getmodule(attention)
    return all(_reads_like(module, _modeling("llama"), name) for name in ("apply_rotary_pos_emb", "rotate_half"))


def _modeling(family: str) -> Any:
    return importlib.import_module(f"transformers.models.{family}.modeling_{family}")


def _reads_like(one: Any, other: Any, name: str) -> bool:
    try:
        return _statements(getattr(one, name)) == _statements(getattr(other, name))
    except (OSError, TypeError, SyntaxError, AttributeError):  # something without a source
        return False


def _statements(function: Any) -> str:
    """Return the statements of a function, in one form."""
    source = inspect.getsource(inspect.unwrap(function))
    definition: Any = ast.parse(textwrap.dedent(source)).body[0]
    return "\n".join(ast.dump(each) for each in definition.body if not isinstance(each, ast.Expr))


class FusedNorm(nn.Module):
    """RMSNorm in one call."""

    def __init__(self, weight: torch.Tensor, epsilon: float) -> None:
        super().__init__()
        # A parameter: transformers asks a model's first one for its device.
        self._weight, self._epsilon = nn.Parameter(weight, requires_grad=False), epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise the last dimension."""
        return self.normalised(x.to(torch.bfloat16).contiguous().view(-1, x.shape[-1])).view(x.shape)

    def normalised(self, rows: torch.Tensor) -> torch.Tensor:
        """Normalise bfloat16 rows, one after the other."""
        return normalise(rows, self._weight, self._epsilon)


class FusedFeedForward(nn.Module):
    """A gated feed-forward block: its gate in one call, between two products."""

    def __init__(self, gate_and_up: nn.Module, down: nn.Module) -> None:
        super().__init__()
        self._gate_and_up, self._down = gate_and_up, down

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map shape (..., hidden) to itself."""
        rows = x.to(torch.bfloat16).contiguous().view(-1, x.shape[-1])
        return self.mapped(rows).view(x.shape).to(x.dtype)

    def mapped(self, rows: torch.Tensor) -> torch.Tensor:
        """Map bfloat16 rows, one after the other, to as many."""
        mapped: torch.Tensor = self._down(gate(self._gate_and_up(rows)))
        return mapped


class FusedLayer(nn.Module):
    """A decoder layer over the rows of a ragged batch; over anything else, as it was."""

    def __init__(self, layer: Any, heads: int, window: int | None) -> None:
        super().__init__()
        self._layer = layer
        self._attention_norm, self._feed_forward_norm = layer.input_layernorm, layer.post_attention_layernorm
        self._projection, self._output = layer.self_attn.q_proj.whole.linear, layer.self_attn.o_proj
        self._feed_forward = layer.mlp
        self._place, self._scale, self._window = layer.self_attn.layer_idx, layer.self_attn.scaling, window
        self._shape = (heads, layer.self_attn.head_dim)

    def forward(self, hidden_states: torch.Tensor, **arguments: Any) -> torch.Tensor:
        """Map shape (1, rows, hidden) to itself; `ragged` is the batch, `position_embeddings` are its turns."""
        ragged = arguments.get("ragged")
        if ragged is None or hidden_states.dtype != torch.bfloat16:
            whole: torch.Tensor = self._layer(hidden_states, **arguments)
            return whole
        x = hidden_states[0]
        cosines, sines = (each[0].to(torch.bfloat16).contiguous() for each in arguments["position_embeddings"])
        projected = self._projection.product(self._attention_norm.normalised(x))
        attended = ragged.attend_projected(
            self._place, projected, (cosines, sines), self._scale, self._window, self._shape
        )
        x = x + self._output.product(attended)
        y: torch.Tensor = x + self._feed_forward.mapped(self._feed_forward_norm.normalised(x))
        return y[None]
