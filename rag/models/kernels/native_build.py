"""Compile the kernels with the C compiler of this machine: `python -m rag.models.kernels.native_build` does so anew.

The installation calls this (`.ci/build_hook.py`), where a machine without a compiler gets one as a package. It imports
nothing of Citewell, since nothing is installed then.
"""

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent
TARGET = SOURCES / "kernels.so"

_OPTIONS = ("-O3", "-std=c11", "-D_GNU_SOURCE", "-shared", "-fPIC", "-Wno-psabi")
_ZIG = "ziglang"


class CompilerError(Exception):
    """The kernels cannot be compiled."""


def is_supported() -> bool:
    """Return True if there are kernels for this kind of processor and system."""
    return platform.machine().lower() in ("x86_64", "amd64") or is_arm()


def is_arm() -> bool:
    """Return True on a 64-bit ARM processor whose system says which instructions it has, as Linux and macOS do."""
    return platform.machine().lower() in ("aarch64", "arm64") and sys.platform in ("linux", "darwin")


def find_compiler() -> list[str] | None:
    """Return the command of a C compiler that compiles the kernels: $CC or the system's; None if there is none."""
    for name in (os.environ.get("CC"), "cc", "gcc", "clang"):
        command = shlex.split(name) if name else []
        if command and shutil.which(command[0]) and _compiles(command):
            return command
    return None


def _compiles(command: list[str]) -> bool:
    """Return True if a compiler knows all that the kernels ask of it."""
    try:
        _run(command, "-fsyntax-only")
    except CompilerError:
        return False
    return True


def sources_hash() -> int:
    """Return a number of 64 bits that changes when the sources or the options do: compiled kernels know theirs."""
    digest = hashlib.sha256(repr(_OPTIONS).encode())
    for path in sorted(SOURCES.glob("*.[ch]")):
        digest.update(path.read_bytes())
    return int(digest.hexdigest()[:16], 16)


def compile_kernels(target: Path = TARGET) -> None:
    """Compile the kernels: the file is replaced once it is whole.

    Raises:
        CompilerError: there is no compiler, or it refuses; the message has its words.
    """
    compile_with(target, find_compiler() or [sys.executable, "-m", _ZIG, "cc"])


def compile_with(target: Path, command: list[str], *options: str) -> None:
    """Compile the kernels with this command of a compiler, and more options.

    Raises:
        CompilerError: it cannot be run, or refuses.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        _run(command, "-o", str(made), *options)
        made.replace(target)


def _run(command: list[str], *options: str) -> None:
    files = sorted(str(path) for path in SOURCES.glob("*.c"))
    try:
        subprocess.run(  # noqa: S603  the user's own compiler
            [*command, *_OPTIONS, f"-DCITEWELL_SOURCES={sources_hash()}ULL", *options, *files, "-lm"],
            check=True,
            capture_output=True,
            text=True,
        )
    except OSError as error:
        raise CompilerError(f"{command[0]} cannot be run: {error}") from error
    except subprocess.CalledProcessError as error:
        raise CompilerError(f"{' '.join(command)} refuses the kernels: {error.stderr.strip()}") from error


if __name__ == "__main__":
    compile_kernels()
    sys.stdout.write(f"{TARGET}\n")
