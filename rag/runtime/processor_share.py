"""Compute with as many threads as other programs leave processors for.

A product ends when its slowest thread does. A thread that has to wait for a processor keeps all others waiting, so on a
busy machine fewer threads are faster: two programs with two threads each on two processors got a fifth of their speed
alone, and half of it with one thread each.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import torch

from rag.runtime.limits import allowed_processors

_INTERVAL_S = 0.25


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds that other programs have computed on the processors that this one may use, and when that was measured."""

    at: float
    others: float
    processors: int


def measure_usage() -> Usage:
    """Return what other programs have used since the machine started."""
    process = psutil.Process()
    times = psutil.cpu_times(percpu=True)
    allowed = process.cpu_affinity() if hasattr(process, "cpu_affinity") else range(len(times))  # not on macOS
    busy = sum(times[cpu].user + times[cpu].system for cpu in allowed if cpu < len(times))
    own = process.cpu_times()
    return Usage(time.monotonic(), busy - own.user - own.system, len(allowed))


def compute_with(threads: int) -> None:
    """Have torch compute with so many threads; 0 stands for one on each processor that this process may use."""
    wanted = threads or min(torch.get_num_threads(), allowed_processors())
    if wanted != torch.get_num_threads():
        torch.set_num_threads(wanted)


class ProcessorShare:
    """The number of threads to compute with: at most as many as torch has when this is made."""

    def __init__(self, measure: Callable[[], Usage] = measure_usage) -> None:
        self._measure = measure
        self._most = self._threads = torch.get_num_threads()
        self._last = measure()

    def threads(self) -> int:
        """Return the number of threads; what others use is measured four times a second at most."""
        if time.monotonic() - self._last.at < _INTERVAL_S:
            return self._threads
        before, self._last = self._last, self._measure()
        used = (self._last.others - before.others) / (self._last.at - before.at)
        self._threads = min(self._most, max(1, round(self._last.processors - used)))
        return self._threads
