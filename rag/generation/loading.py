"""Load a language model from a folder: int8 on a CPU, bfloat16 elsewhere. Memory is checked first."""

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
from rag.models.int8_checkpoint import PackedProducts
from rag.runtime.compute_thread import on_compute_thread


def best_device() -> torch.device:
    """Return the GPU that torch can see, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def load_model(
    folder: Path, device: torch.device, tensor_parallel: int = 1, packing: "Future[PackedProducts] | None" = None
) -> Any:
    """Load the model in a folder with the ragged attention; this process's shard of it if several share it.

    `packing` is the result of `begin_packing` for an int8 folder, if that was called before.

    Raises:
        ModelError: the folder does not hold a model that can be loaded, or memory is short.
    """
    disable_progress_bar()  # it would interleave with our own
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
        is_converted = (folder / INT8_INDEX).is_file()
        remedy = "Remove the folder, and it will be made anew." if is_converted else "Run 'citewell models verify'."
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
