"""Run the kernels under AddressSanitizer and UBSan, where one read or write outside of memory ends the run.

`python -m tests.support.kernels.sanitised --seconds 600` compiles them so, runs their tests, then computes random
shapes on every instruction set of this processor. It needs GCC with its sanitizers.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from rag.models.kernels import kernel_library, native_build
from rag.models.kernels.block_products import Bits, multiply, quantise
from rag.models.kernels.cached_attention import AttentionBatch, CachedRows
from rag.models.kernels.row_operations import gate, normalise
from rag.runtime.compute_thread import computing

_KERNELS = "SANITISED_KERNELS"
_OPTIONS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-g", "-O1")
_TESTS = "tests/rag/models/kernels"
_DIMENSIONS = (16, 32, 64, 80, 96, 128, 256)


def main() -> int:
    """Return the exit code: 0 if nothing was read or written outside."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="seconds of random shapes")
    parser.add_argument("--shapes", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.shapes:
        use_sanitised()
        return _compute_shapes(arguments.seconds)
    with tempfile.TemporaryDirectory() as folder:
        kernels = Path(folder) / "kernels.so"
        native_build.compile_with(kernels, ["gcc"], *_OPTIONS)
        environment = {**os.environ, _KERNELS: str(kernels), **_sanitizers()}
        plugin = ("-p", "tests.support.kernels.sanitised", "-p", "no:cacheprovider")
        tests = [sys.executable, "-m", "pytest", "-q", *plugin, "--deselect", f"{_TESTS}/test_native_build.py", _TESTS]
        shapes = [sys.executable, "-m", "tests.support.kernels.sanitised", "--shapes", "--seconds"]
        half = str(arguments.seconds / 2)
        for command, more in (
            (tests, {}),
            ([*shapes, half], {}),
            ([*shapes, half], {"ATEN_CPU_CAPABILITY": "avx2"}),
        ):
            code = subprocess.run(command, env={**environment, **more}, check=False).returncode
            if code:
                return code
    return 0


def _sanitizers() -> dict[str, str]:
    """Return the environment in which Python, which is not compiled so, can load what is."""
    found = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True)
    return {"LD_PRELOAD": found.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0"}


def use_sanitised() -> None:
    """Have the kernels loaded from where they were compiled so."""
    vars(kernel_library)["TARGET"] = Path(os.environ[_KERNELS])


def pytest_configure(config: pytest.Config) -> None:
    """As a plugin of pytest: use them in all tests."""
    use_sanitised()


def _compute_shapes(seconds: float) -> int:
    chosen = random.Random(0)
    tasks: list[Callable[[random.Random], None]] = [_gate, _normalise, _multiply, _attend, _checksum]
    ends, done = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        computing(chosen.choice(tasks))(chosen)
        done += 1
    sys.stdout.write(f"{done} random shapes with {kernel_library.instructions()}: nothing read or written outside\n")
    return 0


def _rows(*shape: int) -> torch.Tensor:
    return torch.randn(shape).bfloat16()


def _gate(chosen: random.Random) -> None:
    gate(_rows(chosen.randint(1, 70), 32 * chosen.randint(1, 40)))


def _normalise(chosen: random.Random) -> None:
    size = 16 * chosen.randint(1, 80)
    normalise(_rows(chosen.randint(1, 70), size), _rows(size), 1e-6)


def _multiply(chosen: random.Random) -> None:
    from tests.support.kernels import instruction_levels  # loads the kernels, so not before those to load are named

    inputs, outputs = chosen.randint(1, 700), chosen.randint(1, 300)
    bits: Bits = chosen.choice((4, 8))
    blocks, _ = quantise(_rows(outputs, inputs), bits)
    bias = torch.randn(outputs) if chosen.random() < 0.5 else None
    level = chosen.choice(instruction_levels.LEVELS)
    multiply(_rows(chosen.choice((1, 2, 7, 16, 33, 130)), inputs), blocks, bias, bits, outputs, level)


def _attend(chosen: random.Random) -> None:
    heads, groups, dimension = chosen.randint(1, 4), chosen.randint(1, 48), chosen.choice(_DIMENSIONS)
    layers, sequences, row = chosen.randint(1, 2), [], 0
    for _ in range(chosen.randint(1, 3)):
        past, rows = chosen.randint(0, 200), chosen.choice((1, 2, 17, 64))
        capacity = -(-(past + rows) // 32) * 32
        sequences.append(CachedRows(_rows(layers, 2, heads, capacity, dimension), past, row, rows))
        row += rows
    query, out = _rows(heads * groups, row, dimension), torch.empty(row, heads * groups, dimension).bfloat16()
    window = chosen.choice((None, 1, 5, 100))
    AttentionBatch(sequences).attend(chosen.randrange(layers), query, dimension**-0.5, window, out)


def _checksum(chosen: random.Random) -> None:
    data = chosen.randbytes(chosen.randint(0, 5000))
    kernel_library.loaded().citewell_checksum(data, len(data), 0)


if __name__ == "__main__":
    raise SystemExit(main())
