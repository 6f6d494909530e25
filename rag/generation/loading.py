"""Load a language model from a folder: quantised on a CPU, bfloat16 elsewhere. Memory is checked first."""

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig
from transformers.utils.logging import disable_progress_bar

from rag.errors import ModelError
from rag.generation import attention
from rag.generation.tensor_parallel import load_sharded
from rag.models.causal_lm import brief, can_set_attention, load_whole, model_class
from rag.models.kernels import checkpoint
from rag.models.memory_needs import require_memory
from rag.runtime.compute_thread import on_compute_thread


def best_device() -> torch.device:
    """Return the GPU that torch can see, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def load_model(
    folder: Path, device: torch.device, tensor_parallel: int = 1, reading: checkpoint.Reading | None = None
) -> Any:
    """Load the model in a folder, or its shard of it; with the ragged attention if it can take that.

    `reading` is what `begin_reading` started for the folder, if that was called before.

    Raises:
        ModelError: the folder does not hold a language model that can be loaded, or memory is short.
    """
    disable_progress_bar()  # it would interleave with our own
    attention.register()
    is_converted = checkpoint.is_converted(folder)
    if not is_converted and device.type != "cuda" and tensor_parallel == 1:
        require_memory(folder)
    try:
        loaded = model_class(folder)
        if tensor_parallel > 1:
            _require_plain_attention(folder, loaded)
            return on_compute_thread(load_sharded, folder, tensor_parallel, attention.NAME)
        chosen = attention.NAME if can_set_attention(loaded) else None
        if is_converted:
            return checkpoint.load(folder, chosen, reading)
        return on_compute_thread(load_whole, folder, attention=chosen).to(device)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        remedy = "Remove the folder, and it will be made anew." if is_converted else "Choose another model."
        raise ModelError(f"The generator in {folder} cannot be loaded: {brief(error)}. {remedy}") from error


def _require_plain_attention(folder: Path, loaded: Any) -> None:
    """Refuse to share a model among processes that could not be measured there and may keep a state of its own.

    Raises:
        ModelError: it has other layers than causal attention over everything or over a sliding window.
    """
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False).get_text_config()
    kinds = set(getattr(config, "layer_types", None) or [])
    if not can_set_attention(loaded) or loaded._is_stateful or kinds - {"full_attention", "sliding_attention"}:
        raise ModelError(
            f"The model in {folder} has layers that several processes cannot share: leave out --tensor-parallel."
        )
