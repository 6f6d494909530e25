"""Says before a model is loaded whether there is memory for it."""

from pathlib import Path

import psutil

from rag.errors import ModelError

_OVERHEAD_BYTES = 500_000_000
"""For a context of some thousand tokens, what is computed, and the libraries."""


def require_memory(folder: Path) -> None:
    """Make sure that the weights in a folder fit into the memory that is free.

    Raises:
        ModelError: they do not; the message says how much is missing, and what would fit.
    """
    needed = sum(path.stat().st_size for path in folder.glob("*.safetensors")) + _OVERHEAD_BYTES
    free = psutil.virtual_memory().available
    if free < needed:
        raise ModelError(
            f"The model in {folder} needs about {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB is free. "
            "Close other programs, or choose a smaller model: '--model tiny' needs about 0.7 GB."
        )
