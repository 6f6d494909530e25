"""Loads a language model from a folder: in int8 on a CPU, in bfloat16 elsewhere; says beforehand if memory is short."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM
from transformers.utils.logging import disable_progress_bar

from rag.errors import ModelError
from rag.generation import attention
from rag.generation.tensor_parallel import load_sharded
from rag.models import hardware, int8_checkpoint
from rag.models.catalog import INT8_INDEX
from rag.models.hardware import require_memory
from rag.models.int8_checkpoint import Packed
from rag.runtime.compute_thread import on_compute_thread


def best_device() -> torch.device:
    """The GPU that torch can see, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def load_model(
    folder: Path, device: torch.device, tensor_parallel: int = 1, packing: "Future[Packed] | None" = None
) -> Any:
    """The model in a folder, with the ragged attention, ready to compute; this process's share of it if there are more.

    `packing` is that of an int8 folder, if `begin_packing` was called before.

    Raises:
        ModelError: the folder does not hold a model that can be loaded, or memory is short.
    """
    disable_progress_bar()  # loading takes a second or two; its bar would tear ours
    attention.register()
    try:
        if tensor_parallel > 1:
            return on_compute_thread(load_sharded, folder, tensor_parallel, attention.NAME)
        if (folder / INT8_INDEX).is_file():
            return int8_checkpoint.load(folder, attention.NAME, packing)
        if device.type != "cuda":
            require_memory(folder)
        return on_compute_thread(_load_bfloat16, folder, device)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        is_made = (folder / INT8_INDEX).is_file()
        remedy = "Remove the folder, and it will be made anew." if is_made else "Run 'citewell models verify'."
        raise ModelError(f"The generator in {folder} cannot be loaded: {error}. {remedy}") from error


def _load_bfloat16(folder: Path, device: torch.device) -> Any:
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=hardware.GENERATOR_DTYPE,
        local_files_only=True,
        attn_implementation=attention.NAME,
        use_safetensors=True,
    )
    return model.to(device).eval()
