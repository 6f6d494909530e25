"""Make the package gguf quick, with which transformers unpacks a GGUF file: the same numbers, three times as fast."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

_AT_ONCE = 1 << 18
"""Weights that are unpacked together: gguf's 16 rows are so few that most of the time goes into calls."""

Array = npt.NDArray[Any]


class _ArrayReader(gguf.GGUFReader):  # type: ignore[misc]  # gguf has no types
    """gguf's reader over an array: each slice of a memmap, of which it takes millions, costs several of an array's."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value.view(np.ndarray) if name == "data" else value)


def quicken_gguf() -> None:
    """Have this process read the header of a GGUF file once, though transformers asks for it for the tokenizer, the
    configuration and the weights, and unpack weights in large pieces on all processors.
    """
    vars(gguf)["GGUFReader"] = cache(_ArrayReader)
    vars(gguf.quants)["_apply_over_grouped_rows"] = _apply_in_threads


def _apply_in_threads(
    func: Callable[[Array], Array], arr: Array, otype: npt.DTypeLike, oshape: tuple[int, ...]
) -> Array:
    """Apply `func` to the rows of `arr`, and return its results in an array of the shape `oshape`."""
    rows = arr.reshape(-1, arr.shape[-1])
    results: Array = np.empty((len(rows), oshape[-1]), otype)
    step = max(1, _AT_ONCE // oshape[-1])

    def apply(start: int) -> None:
        results[start : start + step] = func(rows[start : start + step]).reshape(-1, oshape[-1])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(apply, range(0, len(rows), step)))
    return results.reshape(oshape)
