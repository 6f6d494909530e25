"""The compiled kernels: found, loaded, and given the threads of torch's own OpenMP.

They are compiled when Citewell is installed (`native_build`). Without them, or on a processor that lacks AVX2 (ARM: the
dot products of ARMv8.2), models run on torch's own operators instead.
"""

import ctypes
import logging
import os
from functools import cache
from pathlib import Path

import torch

from rag.models.kernels.native_build import TARGET, is_arm, is_supported, sources_hash

log = logging.getLogger(__name__)

Pointer = ctypes.c_void_p
Size = ctypes.c_int64

_X86 = ("none", "AVX2", "AVX-VNNI", "AVX-512 VNNI", "AMX")
_LEVELS = ("none", "NEON with dot products") if is_arm() else _X86
_TORCH_AVX2 = ("avx2", "default")
_PART_BYTES = 1 << 20
_OPENMP = ("GOMP_parallel", "omp_get_thread_num", "omp_get_num_threads")
"""What the kernels call of OpenMP: GNU's has it, and LLVM's, which offers it to programs that GCC compiled."""
_OPENMP_FILES = ("torch/lib/libgomp*", "torch.libs/libgomp*", "torch/lib/libomp.dylib")
"""Where torch has its own OpenMP, beside its package or in it: on Linux GNU's, on macOS LLVM's."""


class Team(ctypes.Structure):
    """Threads that share the work of a kernel; see parallel.h."""

    _fields_ = (("threads", ctypes.c_int), ("parallel", Pointer), ("thread", Pointer), ("size", Pointer))


@cache
def load() -> ctypes.CDLL | None:
    """Return the compiled kernels; None if the processor cannot run them or, logged once, they are not compiled."""
    if not is_supported():
        return None
    library = _open()
    if library is None:
        log.warning(
            "Citewell's kernels are not compiled, or those of another version: answers are slower. Run "
            "'python -m rag.models.kernels.native_build'."
        )
        return None
    if not library.citewell_best_isa():
        return None
    library.citewell_scratch_bytes.restype = library.citewell_weight_bytes.restype = Size
    library.citewell_scratch_bytes.argtypes = (Size, Size)
    library.citewell_weight_bytes.argtypes = (ctypes.c_int, Size, Size)
    library.citewell_checksum.argtypes = (Pointer, ctypes.c_size_t, ctypes.c_uint32)
    library.citewell_checksum.restype = ctypes.c_uint32
    library.citewell_attend.argtypes = (Pointer,)
    library.citewell_gate.argtypes = library.citewell_normalise.argtypes = (Pointer,)
    library.citewell_multiply.argtypes = library.citewell_quantise.argtypes = (Pointer,)
    return library


def _open() -> ctypes.CDLL | None:
    """Return the library if it was compiled from the sources that are here: of others, the structures may differ."""
    try:
        library = ctypes.CDLL(str(TARGET))
        library.citewell_sources.restype = ctypes.c_uint64
        return library if library.citewell_sources() == sources_hash() else None
    except (OSError, AttributeError):
        return None


@cache
def instruction_level() -> int:
    """Return which instructions the kernels use: an index of `_LEVELS`, 0 if there are no kernels.

    ATEN_CPU_CAPABILITY, which keeps torch to older instructions, keeps these to AVX2.
    """
    library = load()
    level = library.citewell_best_isa() if library else 0
    return min(level, 1) if os.environ.get("ATEN_CPU_CAPABILITY") in _TORCH_AVX2 else level


def instructions() -> str:
    """Return the name of the instructions that the kernels use; "none" without kernels."""
    return _LEVELS[instruction_level()]


def file_checksum(file: Path) -> int:
    """Return the CRC-32C of a file, read in parts: it lies in the system's cache afterwards, not in this process."""
    checksum = loaded().citewell_checksum
    part = (ctypes.c_char * _PART_BYTES)()
    total = 0
    with file.open("rb", buffering=0) as source:
        while count := source.readinto(part):
            total = checksum(part, count, total)
    return int(total)


def loaded() -> ctypes.CDLL:
    """Return the compiled kernels.

    Raises:
        RuntimeError: there are none on this machine; `instruction_level` is 0.
    """
    library = load()
    if library is None:
        raise RuntimeError("the kernels are not compiled")
    return library


@cache
def team(threads: int) -> Team:
    """Return the threads that torch computes with; one where its OpenMP is neither GNU's nor LLVM's."""
    functions = _openmp()
    return Team(threads, *functions) if functions and threads > 1 else Team(1, None, None, None)


def shares_threads() -> bool:
    """Return True if the kernels use all of torch's threads: not where its OpenMP is Microsoft's (Windows)."""
    return _openmp() is not None or torch.get_num_threads() == 1


@cache
def _openmp() -> tuple[int, ...] | None:
    """Return the addresses of the OpenMP functions that torch itself uses: those of its own library, loaded already."""
    packages = Path(torch.__file__).parents[1]
    own: list[str | None] = [str(file) for pattern in _OPENMP_FILES for file in packages.glob(pattern)]
    for file in own or [None]:  # None: a build of torch that shares the system's
        try:
            library = ctypes.CDLL(file)
            return tuple(ctypes.cast(getattr(library, name), Pointer).value or 0 for name in _OPENMP)
        except (OSError, AttributeError, TypeError):
            continue
    return None
