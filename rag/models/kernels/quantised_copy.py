"""Write a model's weights in a quantised format, in the smallest way whose logits are near enough to the original's."""

import re
from pathlib import Path
from typing import Any

from rag.models.catalog import WeightFormat
from rag.models.causal_lm import SAMPLE_TOKENS, mean_error, plain_logits, sample_tokens, use_own_attention
from rag.models.kernels import block_checkpoint, checkpoint, int8_checkpoint

_BLOCK_LAYERS = re.compile(
    r"^([qkvo]_proj|qkv_proj|out_proj|dense|query_key_value|c_(attn|proj|fc)|fc[12]|(gate|up|down|gate_up)_proj"
    r"|dense_h_to_4h|dense_4h_to_h|w[123]|lm_head)$"
)
"""Linear layers of attention and feed-forward blocks, and the output layer."""

_WAYS: dict[WeightFormat, dict[str, dict[str, Any]]] = {
    "int8": {"all": {}, "blocks": {"layers": _BLOCK_LAYERS}},
    "int4": {
        "four bits": {"least_bits": 4},
        "eight bits": {"least_bits": 8},
        "blocks": {"least_bits": 8, "layers": _BLOCK_LAYERS},
    },
}
"""The ways to quantise a model, the smallest first: what a checkpoint is saved with."""

MAX_ERROR = 0.15
MAX_ERROR_OF_EXPERTS = 0.2
"""Largest relative error of the logits; rounding sends tokens to other experts."""

_NO_MEMORY = "DefaultCPUAllocator"
"""Name in torch's error, a RuntimeError, where memory is short."""


def write_quantised(model: Any, tokenizer: Any, out: Path, weights: WeightFormat, *, keeps_more: bool = False) -> str:
    """Write the weights in a quantised format; return which of its ways served, "" for none.

    The configuration is in the folder `out` already. Nothing is left there if the logits differ too much in every way.
    With `keeps_more`, weights that were in more than four bits stay in more.
    """
    use_own_attention(model)
    tokens = sample_tokens(tokenizer, model)
    has_experts = any("experts" in name for name, _ in model.named_modules())
    limit = MAX_ERROR_OF_EXPERTS if has_experts else MAX_ERROR
    exact = plain_logits(model, tokens, SAMPLE_TOKENS)
    form: Any = int8_checkpoint if weights == "int8" else block_checkpoint
    more = {} if weights == "int8" else {"keeps_more": keeps_more}
    for name, choices in _WAYS[weights].items():
        form.save(model, out, **choices, **more)
        if quantised_error(out, tokens, exact) <= limit:
            return name
        form.remove(out)
    return ""


def quantised_error(folder: Path, tokens: list[int], exact: Any) -> float:
    """Return the relative error of the last logits of quantised weights; infinite if they cannot be run.

    Raises:
        MemoryError: memory is short, which says nothing about the weights.
    """
    try:
        model = checkpoint.load(folder, None)
        use_own_attention(model)
        return mean_error(plain_logits(model, tokens, len(exact)), exact)
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        if _NO_MEMORY in str(error):
            raise MemoryError("memory ran short while the converted model was compared with the original") from error
        return float("inf")
