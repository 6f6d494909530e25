"""Converted checkpoints of either format: weights in blocks (`block_checkpoint`) or in int8 (`int8_checkpoint`)."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from rag.models.catalog import BLOCK_INDEX, CONVERTED_INDEXES, WeightFormat
from rag.models.quantisation import block_checkpoint, int8_checkpoint
from rag.models.quantisation.block_linear import blocks_are_supported
from rag.models.quantisation.int8_linear import int8_is_supported

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
    try:
        return (block_checkpoint.begin_check if _has_blocks(folder) else int8_checkpoint.begin_packing)(folder)
    except OSError:  # a file is missing: loading says so, and what to do
        return None


def load(folder: Path, attention: str | None, reading: Reading | None = None) -> Any:
    """Load the model in a folder; `attention` is transformers' name of an attention implementation, None the default.

    Raises:
        OSError, KeyError, ValueError, RuntimeError: a file is missing or damaged.
    """
    return (block_checkpoint if _has_blocks(folder) else int8_checkpoint).load(folder, attention, reading)


def _has_blocks(folder: Path) -> bool:
    return (folder / BLOCK_INDEX).is_file()
