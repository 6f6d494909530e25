"""Converted checkpoints of either format: weights in blocks (`block_checkpoint`) or in int8 (`int8_checkpoint`)."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from rag.models.catalog import BLOCK_INDEX, CONVERTED_INDEXES, INT8_INDEX, WeightFormat
from rag.models.kernels import block_checkpoint, int8_checkpoint
from rag.models.kernels.block_linear import blocks_are_supported
from rag.models.kernels.int8_linear import int8_is_supported
from rag.runtime.compute_thread import on_compute_thread

Reading = Future[Any]
"""The work that `begin_reading` started."""


def best_format() -> WeightFormat:
    """Return the smallest format that this processor computes correctly, with a kernel. Measured once."""
    if blocks_are_supported():
        return "int4"
    return "int8" if int8_is_supported() else "bfloat16"


def is_converted(folder: Path) -> bool:
    """Return True if a folder holds converted weights."""
    return any((folder / name).is_file() for name in CONVERTED_INDEXES)


def begin_reading(folder: Path) -> Reading | None:
    """Start what can be done of loading a folder while slow modules are imported; None if it is not converted.

    Raises:
        ModelError: memory is short.
    """
    if not is_converted(folder):
        return None
    begin: Callable[[Path], Reading] = _form(folder).begin_reading
    try:
        return begin(folder)
    except OSError:  # a file is missing: loading says so, and what to do
        return None


def load(folder: Path, attention: str | None, reading: Reading | None = None) -> Any:
    """Load the model in a folder; `attention` is transformers' name of an attention implementation, None the default.

    `reading` is what `begin_reading` started for the folder, if that was called before.

    Raises:
        OSError, KeyError, ValueError, RuntimeError: a file is missing or damaged.
    """
    form = _form(folder)
    with _index_read(folder):
        reading = reading or form.begin_reading(folder)
    model = _empty_model(folder, attention)
    with _index_read(folder):
        read = reading.result()
        # Copying large tensors takes OpenMP's threads, which then belong to the thread that asked: with a second team,
        # both would sleep after every product.
        on_compute_thread(form.fill, model, folder, read)
    return model.eval()


def _form(folder: Path) -> Any:
    """Return the module of a folder's format."""
    return block_checkpoint if (folder / BLOCK_INDEX).is_file() else int8_checkpoint


@contextmanager
def _index_read(folder: Path) -> Iterator[None]:
    """Turn the errors of an index that is not built as it should be into one that says so."""
    try:
        yield
    except (AttributeError, IndexError, TypeError) as error:
        index = BLOCK_INDEX if _form(folder) is block_checkpoint else INT8_INDEX
        raise ValueError(f"{index} is damaged ({error})") from error


def _empty_model(folder: Path, attention: str | None) -> Any:
    """Return the model of a folder without weights; `attention` is transformers' name of one, None the default.

    Raises:
        OSError, ValueError: the configuration is missing or damaged.
    """
    from transformers import AutoConfig, GenerationConfig

    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    # On the compute thread: meanwhile torch's default number format is another, in every thread.
    model = on_compute_thread(_make_empty, config, attention)
    if (folder / "generation_config.json").is_file():
        model.generation_config = GenerationConfig.from_pretrained(folder, local_files_only=True)
    return model


def _make_empty(config: Any, attention: str | None) -> Any:
    from accelerate import init_empty_weights
    from transformers import AutoModelForCausalLM

    chosen = {} if attention is None else {"attn_implementation": attention}
    with init_empty_weights(include_buffers=False):
        return AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16, trust_remote_code=False, **chosen)
