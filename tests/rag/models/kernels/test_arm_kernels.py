"""The kernels for ARM, in an emulator: they compute what those for x86-64 do, to the last bit."""

import ctypes
import shutil
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from rag.models.kernels import native_build
from rag.models.kernels.block_products import Bits, _Product, _Quantisation
from rag.models.kernels.cached_attention import _Attention, _Sequence
from rag.models.kernels.kernel_library import Team
from rag.models.kernels.row_operations import _Rows
from tests.support.kernels.instruction_levels import LEVELS
from tests.support.kernels.kernel_driver import (
    HAS_CROSS_COMPILER,
    KernelDriver,
    Memory,
    compile_driver,
    of,
    of_structure,
)
from tests.support.kernels.random_tensors import random

EMULATOR = shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")

pytestmark = pytest.mark.skipif(
    not (EMULATOR and HAS_CROSS_COMPILER and sys.platform == "linux" and LEVELS),
    reason="needs qemu-aarch64, the package ziglang, and the kernels for x86-64 to compare with",
)

ALONE = Team(1, None, None, None)
LEVEL = 1
"""The only one for ARM; AVX2 on x86-64."""


@dataclass(frozen=True, slots=True)
class Drivers:
    arm: KernelDriver
    x86: KernelDriver
    program: Path
    """That for ARM."""


@pytest.fixture(scope="module")
def drivers(tmp_path_factory: pytest.TempPathFactory) -> Drivers:
    assert EMULATOR
    folder = tmp_path_factory.mktemp("drivers")
    compile_driver(folder / "arm", "aarch64-linux-musl")
    compile_driver(folder / "x86", "x86_64-linux-musl")
    return Drivers(KernelDriver(folder / "arm", (EMULATOR,)), KernelDriver(folder / "x86"), folder / "arm")


def empty(count: int, item_bytes: int = 2) -> Memory:
    return Memory(bytes(count * item_bytes))


def quantised(driver: KernelDriver, weights: torch.Tensor, bits: Bits) -> bytes:
    outputs, inputs = weights.shape
    groups = -(-outputs // 16) * -(-inputs // 32)
    blocks = empty(groups, 320 if bits == 4 else 544)
    structure = _Quantisation(bits, None, inputs, outputs, None, None, ALONE)
    task = of_structure(structure, {"weights": of(weights), "blocks": blocks, "squares": empty(2, 8)})
    return driver.call("quantise", task)[blocks]


def product(driver: KernelDriver, x: torch.Tensor, blocks: bytes, bits: Bits, bias: torch.Tensor) -> bytes:
    rows, inputs = x.shape
    y = empty(rows * len(bias))
    structure = _Product(LEVEL, bits, None, None, None, None, rows, inputs, len(bias), None, ALONE)
    memory = {"blocks": Memory(blocks), "bias": of(bias), "x": of(x), "y": y, "scratch": empty(rows * (inputs + 999))}
    return driver.call("multiply", of_structure(structure, memory))[y]


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize(("rows", "inputs", "outputs"), [(1, 1000, 33), (3, 31, 1), (4, 320, 48), (13, 640, 70)])
def test_products_and_blocks_are_those_of_x86(
    drivers: Drivers, bits: Bits, rows: int, inputs: int, outputs: int
) -> None:
    weights, x, bias = random(outputs, inputs), random(rows, inputs, seed=1), torch.arange(float(outputs))
    blocks = quantised(drivers.x86, weights, bits)
    assert any(blocks)
    assert quantised(drivers.arm, weights, bits) == blocks
    found = product(drivers.arm, x, blocks, bits, bias)
    assert any(found)
    assert found == product(drivers.x86, x, blocks, bits, bias)


def attended(driver: KernelDriver, buffers: list[torch.Tensor], query: torch.Tensor, window: int) -> bytes:
    """Attend with 9 rows of each sequence; buffers of shape (1, 2, heads, capacity, dimension)."""
    _, _, heads, capacity, dimension = buffers[0].shape
    array = (_Sequence * len(buffers))(*(_Sequence(None, capacity, 40 * i, 9 * i, 9) for i in range(len(buffers))))
    sequences = Memory(bytes(array), {i * ctypes.sizeof(_Sequence): of(buffer) for i, buffer in enumerate(buffers)})
    all_heads = query.shape[1]
    structure = _Attention(LEVEL, None, len(buffers), 0, heads, all_heads // heads, window, dimension, dimension**-0.5)
    structure.row_stride, structure.head_stride, structure.team = all_heads * dimension, dimension, ALONE
    out = empty(query.numel())
    return driver.call("attend", of_structure(structure, {"sequences": sequences, "q": of(query), "out": out}))[out]


@pytest.mark.parametrize(("heads", "groups", "dimension"), [(2, 6, 128), (3, 1, 96), (1, 48, 16)])
@pytest.mark.parametrize("window", [0, 30])
def test_attention_is_that_of_x86(drivers: Drivers, heads: int, groups: int, dimension: int, window: int) -> None:
    buffers = [random(1, 2, heads, 96, dimension, seed=seed) for seed in (1, 2)]
    query = random(18, heads * groups, dimension)
    found = attended(drivers.arm, buffers, query, window)
    assert any(found)
    assert found == attended(drivers.x86, buffers, query, window)


@pytest.mark.parametrize("kernel", ["gate", "normalise"])
@pytest.mark.parametrize("scale", [0.01, 1, 60])
def test_operations_on_rows_are_those_of_x86(drivers: Drivers, kernel: str, scale: float) -> None:
    x, weights = of(random(7, 2 * 208) * scale), of(random(208))

    def computed(driver: KernelDriver) -> bytes:
        y = empty(7 * 208)
        structure = _Rows(LEVEL, None, None, None, 7, 208, 1e-6, ALONE)
        return driver.call(kernel, of_structure(structure, {"x": x, "weights": weights, "y": y}))[y]

    found = computed(drivers.arm)
    assert any(found)
    assert found == computed(drivers.x86)


def test_the_checksum_is_the_standard_one(drivers: Drivers) -> None:
    assert drivers.arm.checksum(b"123456789") == 0xE3069283  # the check value of CRC-32C
    content = bytes(zlib.crc32(bytes([i % 251])) % 256 for i in range(10_001))
    assert drivers.arm.checksum(content) == drivers.x86.checksum(content)


def test_a_processor_without_products_of_bytes_has_no_kernels(drivers: Drivers) -> None:
    assert EMULATOR
    assert drivers.arm.level() == LEVEL
    assert KernelDriver(drivers.program, (EMULATOR, "-cpu", "cortex-a72")).level() == 0
    assert KernelDriver(drivers.program, (EMULATOR, "-cpu", "neoverse-n1")).level() == LEVEL


@pytest.mark.parametrize("target", ["aarch64-linux-gnu", "aarch64-macos"])
def test_they_compile_without_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    command = [sys.executable, "-m", "ziglang", "cc", "-target", target, "-Wall", "-Wextra", "-Werror"]
    monkeypatch.setattr(native_build, "find_compiler", lambda: command)
    native_build.compile_kernels(tmp_path / "kernels.so")
