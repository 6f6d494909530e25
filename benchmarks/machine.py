"""Describe the machine and the commit a figure was measured on, for the head of every table."""

import platform
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import torch

from rag.settings import find_checkout

ROOT = find_checkout() or Path()
SAMPLES = ROOT / "data" / "documents"


def describe() -> str:
    """Return date, commit, processor, threads and version of torch in one line."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607  the user's own git
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    threads = f"{torch.get_num_threads()} threads, torch {torch.__version__}"
    return f"{datetime.now(UTC):%Y-%m-%d}, commit {commit or 'unknown'}, {_processor()}, {threads}"


def peak_memory_gb() -> float:
    """Return the peak memory of this process in GB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e9 if sys.platform == "darwin" else peak / 1e6  # macOS counts in bytes, others in kilobytes


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.is_file():
        return platform.processor() or platform.machine()
    text = cpuinfo.read_text()
    names = [line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name")]
    kernels = [name for name in ("amx_bf16", "avx512_bf16", "avx512_vnni", "avx2") if f" {name}" in text]
    return f"{names[0] if names else 'unknown'} ({', '.join(kernels)})"
