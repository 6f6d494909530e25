"""Check the machine: versions, processor, memory, disks, time."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from ingest.sources.files import exists
from observing.finding import Finding
from observing.network_disks import existing, network_disk
from rag.models.kernels.kernel_library import instructions
from rag.models.machine_speed import describe_machine
from rag.runtime.shown_path import shown

PACKAGES = ("torch", "transformers", "sentence-transformers", "faiss-cpu", "gradio", "pypdf", "tokenizers", "numpy")

_GB = 1e9
_FULL, _TIGHT = 0.1 * _GB, 2 * _GB
_LITTLE_MEMORY = 2 * _GB


def versions() -> Finding:
    """Return the versions of Citewell and of what it is built on."""
    found = ", ".join(f"{name} {_version(name)}" for name in ("citewell", *PACKAGES))
    return Finding("versions", "fine", f"{found}; Python {platform.python_version()} on {platform.platform()}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def machine() -> Iterator[Finding]:
    """Yield what this machine computes with, and its memory."""
    has = describe_machine()
    gpu = f", GPU {has.gpu.name}" if has.gpu else ""
    abilities = ", ".join(has.abilities) or "nothing beyond plain vectors"
    yield Finding("processor", "fine", f"{has.processor}: {has.cores} cores, {has.threads} threads, {abilities}{gpu}")
    if instructions() == "none":
        yield Finding(
            "engine",
            "attention",
            "The compiled kernels are missing: answers take several times as long.",
            "Install a C compiler (Debian: apt install gcc), then Citewell again.",
        )
    else:
        yield Finding("engine", "fine", f"{has.weights} weights, kernels for {instructions()}")
    text = f"{has.memory_bytes / _GB:.1f} GB, {has.free_bytes / _GB:.1f} GB of it free"
    if has.free_bytes < _LITTLE_MEMORY:
        yield Finding("memory", "attention", text, "Close other programs, or choose a smaller model: citewell models")
    else:
        yield Finding("memory", "fine", text)


def disk(about: str, folder: Path) -> Iterator[Finding]:
    """Yield the room on a folder's disk, its permissions, and whether it is on a network."""
    place = existing(folder)
    free = shutil.disk_usage(place).free
    text = f"{free / _GB:.1f} GB free in {shown(folder)}"
    if free < _TIGHT:
        yield Finding(about, "fault" if free < _FULL else "attention", text, "Make room on this disk.")
    else:
        yield Finding(about, "fine", text)
    if not os.access(place, os.W_OK):
        advice = f"Give the user that runs Citewell the right to write there: chown {user_name()} {shown(place)}"
        yield Finding(about, "fault", f"{shown(place)} cannot be written.", advice)
    if exists(folder) and sys.platform != "win32" and folder.stat().st_mode & 0o007 and about == "library":
        advice = f"chmod o-rwx {shown(folder)}"
        yield Finding(about, "attention", f"Every user of this machine can look into {shown(folder)}.", advice)
    if network := network_disk(about, folder):
        yield network


def clock(latest: datetime | None) -> Finding:
    """Return what this machine's clock says; `latest` is the newest time that the library has."""
    now = datetime.now(UTC)
    text = f"{now.astimezone():%Y-%m-%d %H:%M:%S %z}"
    if latest and latest > now:
        return Finding(
            "time",
            "attention",
            f"{text}, and the library has something of {latest.astimezone():%Y-%m-%d %H:%M}: the clock was set back.",
            "Set the clock: links that expire, and the order of conversations, go by it.",
        )
    return Finding("time", "fine", text)


def user_name() -> str:
    """Return the name of the user that runs this."""
    try:
        return str(psutil.Process().username())
    except (psutil.Error, KeyError):
        return "USER"
