"""What this machine computes fastest in, and whether a model fits into its memory."""

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import psutil
import torch

from rag.errors import ModelError

GENERATOR_DTYPE = torch.bfloat16
"""What a language model computes in where its weights are not int8; around those too."""

_ROWS, _IN, _OUT = 512, 384, 1536
_ROUNDS = 5
_WORTH_IT = 1.2


@cache
def embedding_dtype() -> torch.dtype:
    """bfloat16 where its matrix products are clearly faster on this processor, else float32. Takes some 20 ms, once.

    A GPU is not asked: the embedder is small, and float32 there is fast enough to keep its exact vectors.
    """
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        return torch.float32
    return torch.bfloat16 if _seconds(torch.float32) > _WORTH_IT * _seconds(torch.bfloat16) else torch.float32


def _seconds(dtype: torch.dtype) -> float:
    """A product of a small transformer's size."""
    rows, weight = torch.ones(_ROWS, _IN, dtype=dtype), torch.ones(_OUT, _IN, dtype=dtype)
    with torch.inference_mode():
        return fastest(lambda: torch.nn.functional.linear(rows, weight))


def fastest(work: Callable[[], object]) -> float:
    """Seconds that some work takes: the best of a few times; the first, which warms up, does not count."""
    times = []
    for _ in range(_ROUNDS + 1):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times[1:])


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
