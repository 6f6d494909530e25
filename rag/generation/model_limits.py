"""Limits of a model: its number of parameters, and the context window by what it was trained for and by free memory.

A prompt is only as long as what it has to show, so a larger window costs nothing by itself. It lets conversations grow
longer before their earlier sources are left out, and each of their tokens then costs more. Small models keep the window
that all figures in `benchmarks/history/2026.md` were measured with; larger ones get more where memory has room for it.
"""

import json
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from rag.generation.context_window import MAX_AUTOMATIC_TOKENS, USUAL_TOKENS, ContextWindow
from rag.interfaces import SMALL_PARAMETERS
from rag.models.catalog import BLOCK_INDEX
from rag.models.causal_lm import trained_window
from rag.models.weight_files import weight_files
from rag.runtime.limits import available_memory

_MEMORY_SHARE = 0.25
_BYTES_PER_NUMBER = 2
_STEP = 1024

_OUTPUT_WEIGHTS = "lm_head.weight"


def choose_window(
    config: Any,
    wanted: int | None,
    *,
    parameters: int = 0,
    thinking_tokens: int = 0,
    free_bytes: int = 0,
    border: int | None = None,
) -> ContextWindow:
    """Return the window of a model.

    Args:
        config: the model's configuration.
        wanted: the setting `context_tokens`; None chooses.
        parameters: number of the model's parameters.
        thinking_tokens: tokens that it may think for, which a chosen window has in addition.
        free_bytes: memory for the keys and values of all answers that are generated at once, divided by their number.
        border: tokens beyond which this program cannot run the model, if fewer than it was trained for.
    """
    longest = trained_window(config.get_text_config())
    if border is not None:
        longest = min(longest or border, border)
    if wanted is None:
        chosen = _automatic(config, parameters, free_bytes) + thinking_tokens
        return ContextWindow(min(longest or chosen, chosen))
    if longest is None or wanted <= longest:
        return ContextWindow(wanted)
    reason = "runs here with" if border == longest else "was trained for"
    return ContextWindow(
        longest,
        f"The model {reason} at most {longest:,} tokens, so its window holds {longest:,} and not {wanted:,} (setting "
        "context_tokens).",
    )


def _automatic(config: Any, parameters: int, free_bytes: int) -> int:
    """Return the usual window, or for a large model as much more as memory allows."""
    token_bytes = bytes_per_token(config)
    if parameters <= SMALL_PARAMETERS or not token_bytes:
        return USUAL_TOKENS
    affordable = int(free_bytes * _MEMORY_SHARE) // token_bytes // _STEP * _STEP
    return max(USUAL_TOKENS, min(MAX_AUTOMATIC_TOKENS, affordable))


def bytes_per_token(config: Any) -> int:
    """Return the size of one token's keys and values in all layers, as if each layer kept all tokens; 0 if unknown."""
    text = config.get_text_config()
    heads = getattr(text, "num_key_value_heads", None) or getattr(text, "num_attention_heads", None)
    layers = getattr(text, "num_hidden_layers", None)
    if not isinstance(heads, int) or not isinstance(layers, int):
        return 0
    width = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    return int(layers * heads * width * 2 * _BYTES_PER_NUMBER)


def free_memory(device: torch.device) -> int:
    """Return the free memory of a device in bytes."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return available_memory()


def count_parameters(folder: Path) -> int:
    """Return the number of parameters in a model's folder; 0 if it has no files that say so.

    Output weights do not count: most small models have those of the embedding, and some formats store them twice.
    """
    if (folder / BLOCK_INDEX).is_file():
        with suppress(OSError, ValueError, KeyError):  # loading reports damage
            return int(json.loads((folder / BLOCK_INDEX).read_text())["parameters"])
        return 0
    counts: dict[str, int] = {}
    for path in weight_files(folder):
        with suppress(OSError, SafetensorError), safe_open(path, framework="pt") as opened:  # loading reports damage
            counts |= {name: prod(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118
    counts.pop(_OUTPUT_WEIGHTS, None)
    return sum(counts.values())
