"""Operations of a decoder layer between its products, on rows in bfloat16: elementwise.c."""

import ctypes

import torch

from rag.models.kernels.kernel_library import Pointer, Size, Team, instruction_level, loaded, team

_WIDTH = 16


class _Rows(ctypes.Structure):
    _fields_ = (
        ("isa", ctypes.c_int),
        ("x", Pointer),
        ("weights", Pointer),
        ("y", Pointer),
        ("rows", Size),
        ("size", Size),
        ("epsilon", ctypes.c_float),
        ("team", Team),
    )


def fits(size: int) -> bool:
    """Return True if rows of this many numbers can be computed here."""
    return size % _WIDTH == 0 and instruction_level() > 0


def gate(x: torch.Tensor) -> torch.Tensor:
    """Return silu(gate) * up of bfloat16 rows that hold both side by side: shape (rows, 2 * size) to (rows, size).

    Raises:
        ValueError: the kernel would write beyond the rows.
    """
    _require(x.shape[1] % (2 * _WIDTH) == 0)
    y = torch.empty((x.shape[0], x.shape[1] // 2), dtype=torch.bfloat16)
    loaded().citewell_gate(ctypes.byref(_rows(x, None, y, 0.0)))
    return y


def normalise(x: torch.Tensor, weights: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Return bfloat16 rows divided by the root of their mean square, times the weights (RMSNorm, Zhang 2019).

    Raises:
        ValueError: the kernel would read or write beyond the rows or the weights.
    """
    _require(x.shape[1] % _WIDTH == 0 and weights.numel() == x.shape[1])
    y = torch.empty_like(x)
    loaded().citewell_normalise(ctypes.byref(_rows(x, weights, y, epsilon)))
    return y


def _require(is_within: bool) -> None:
    if not is_within:
        raise ValueError("rows or weights of a size that these kernels do not compute")


def _rows(x: torch.Tensor, weights: torch.Tensor | None, y: torch.Tensor, epsilon: float) -> _Rows:
    pointer = None if weights is None else weights.data_ptr()
    threads = team(torch.get_num_threads())
    return _Rows(instruction_level(), x.data_ptr(), pointer, y.data_ptr(), len(y), y.shape[1], epsilon, threads)
