"""Describe the machine and the commit a figure was measured on, for the head of every table."""

import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import torch

from rag.models.machine_speed import describe_machine
from rag.settings import find_checkout

ROOT = find_checkout() or Path()
SAMPLES = ROOT / "data" / "documents"


def describe() -> str:
    """Return date, commit, processor with its abilities, threads and version of torch in one line."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607  the user's own git
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    machine = describe_machine()
    processor = f"{machine.processor} ({', '.join(machine.abilities)})"
    threads = f"{machine.threads} threads, torch {torch.__version__}"
    return f"{datetime.now(UTC):%Y-%m-%d}, commit {commit or 'unknown'}, {processor}, {threads}"


def peak_memory_gb(of: int = resource.RUSAGE_SELF) -> float:
    """Return the peak memory in GB of this process; with `RUSAGE_CHILDREN`, that of the largest it started."""
    peak = resource.getrusage(of).ru_maxrss
    return peak / 1e9 if sys.platform == "darwin" else peak / 1e6  # macOS counts in bytes, others in kilobytes
