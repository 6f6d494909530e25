"""Which number format this processor multiplies fastest: measured, not guessed from its name."""

import time
from functools import cache

import torch

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
    """The best of a few products of a small transformer's size; the first warms up."""
    rows, weight = torch.ones(_ROWS, _IN, dtype=dtype), torch.ones(_OUT, _IN, dtype=dtype)
    times = []
    with torch.inference_mode():
        for _ in range(_ROUNDS + 1):
            started = time.perf_counter()
            torch.nn.functional.linear(rows, weight)
            times.append(time.perf_counter() - started)
    return min(times[1:])
