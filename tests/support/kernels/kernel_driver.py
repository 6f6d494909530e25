"""The kernels in a program of their own, compiled for any processor, so that an emulator can run them."""

import ctypes
import importlib.util
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch

from rag.models.kernels.native_build import SOURCES

HAS_CROSS_COMPILER = importlib.util.find_spec("ziglang") is not None

_DRIVER = Path(__file__).with_name("kernel_driver.c")
_OPTIONS = ("-O3", "-std=c11", "-D_GNU_SOURCE", "-Wno-psabi", "-Wall", "-Wextra", "-Werror", "-static")


@dataclass(eq=False, slots=True)
class Memory:
    """Bytes, and which other memory the pointers among them point to, by their offset."""

    content: bytes
    pointers: dict[int, "Memory"] = field(default_factory=dict)

    def reachable(self) -> "list[Memory]":
        """Return this and all that its pointers lead to."""
        return [self, *(one for target in self.pointers.values() for one in target.reachable())]


def of(tensor: torch.Tensor) -> Memory:
    """Return the numbers of a tensor."""
    return Memory(tensor.contiguous().view(-1).view(torch.uint8).numpy().tobytes())


def of_structure(structure: ctypes.Structure, pointers: Mapping[str, Memory]) -> Memory:
    """Return a structure whose fields of these names are pointers."""
    offsets = {getattr(type(structure), name).offset: memory for name, memory in pointers.items()}
    return Memory(bytes(structure), offsets)


class KernelDriver:
    """The compiled program, run by an emulator or by this machine."""

    def __init__(self, program: Path, runner: tuple[str, ...] = ()) -> None:
        self._command = [*runner, str(program)]

    def level(self) -> int:
        """Return the instructions that the kernels would use."""
        return int(self._run("level", b""))

    def checksum(self, content: bytes) -> int:
        """Return the CRC-32C of some bytes."""
        return int(self._run("checksum", struct.pack("=qq", 1, len(content)) + content + struct.pack("=q", 0)))

    def call(self, kernel: str, task: Memory) -> dict[Memory, bytes]:
        """Call a kernel; return what all memory of its task holds afterwards."""
        pieces = task.reachable()
        links = [(holder, at, target) for holder in pieces for at, target in holder.pointers.items()]
        parts = [struct.pack("=q", len(pieces))]
        parts += [struct.pack("=q", len(piece.content)) + piece.content for piece in pieces]
        parts += [struct.pack("=q", len(links))]
        parts += [struct.pack("=qqq", pieces.index(a), at, pieces.index(b)) for a, at, b in links]
        output, left = self._run(kernel, b"".join(parts)), {}
        for piece in pieces:
            left[piece], output = output[: len(piece.content)], output[len(piece.content) :]
        return left

    def _run(self, word: str, content: bytes) -> bytes:
        return subprocess.run([*self._command, word], input=content, capture_output=True, check=True).stdout


def compile_driver(program: Path, target: str) -> None:
    """Compile the kernels and the program that calls them for a processor, named as the compiler's targets are."""
    files = [str(_DRIVER), *sorted(str(path) for path in SOURCES.glob("*.c"))]
    command = [sys.executable, "-m", "ziglang", "cc", "-target", target, *_OPTIONS, "-o", str(program), *files, "-lm"]
    subprocess.run(command, check=True, capture_output=True)
