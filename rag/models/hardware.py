"""The number format that this processor computes fastest in."""

import time
from collections.abc import Callable
from functools import cache

import torch

GENERATOR_DTYPE = torch.bfloat16
"""Number format of a language model, for everything that is not quantised."""

_ROWS, _IN, _OUT = 512, 384, 1536
_ROUNDS = 5
_MIN_SPEEDUP = 1.2


@cache
def embedding_dtype() -> torch.dtype:
    """Return bfloat16 if its matrix products are clearly faster here, else float32. Takes some 20 ms, once.

    A GPU always uses float32: the embedder is small, so that is fast enough and keeps its vectors exact.
    """
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        return torch.float32
    return (
        torch.bfloat16
        if _product_seconds(torch.float32) > _MIN_SPEEDUP * _product_seconds(torch.bfloat16)
        else torch.float32
    )


def _product_seconds(dtype: torch.dtype) -> float:
    """Time a matrix product of a small transformer's size."""
    rows, weight = torch.ones(_ROWS, _IN, dtype=dtype), torch.ones(_OUT, _IN, dtype=dtype)
    with torch.inference_mode():
        return best_seconds(lambda: torch.nn.functional.linear(rows, weight))


def best_seconds(work: Callable[[], object]) -> float:
    """Return the shortest of a few run times in seconds, after one run to warm up."""
    times = []
    for _ in range(_ROUNDS + 1):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times[1:])
