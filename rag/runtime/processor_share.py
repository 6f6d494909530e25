"""Compute with as many threads as other programs leave processors for, or with more that wait asleep.

A product ends when its slowest thread does, and a thread that has to wait for a processor keeps all others waiting. So
beside other programs as many threads as processors are slow. Fewer are faster, and oversubscription can be faster yet:
GNU's OpenMP puts threads that wait to sleep where there are more of them than processors. Which of the two is
faster depends on the machine, on what else runs, and on what is computed. So both are tried.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import torch

from rag.runtime.limits import allowed_processors

_INTERVAL_S = 0.25
_TRIAL_S = 0.3
_TRIAL_PASSES = 2
_HOLDS_S, _HOLDS_TIMES = 5.0, 20.0
"""How long a rate is believed, at least, and as a multiple of the time that was spent on it: what is tried again may be
slower, and must not take much of the time."""

_BUSY, _STILL_BUSY = 0.5, 0.25
"""Processors that others use on a busy machine, at least: the second while oversubscription leaves them less."""

_READING_ROWS = 32
"""Rows of a pass that reads a prompt, at least: another number may be the faster one there."""

_ROWS_OF_WEIGHTS = 16
"""Rows that are computed in about the time in which the weights are read from memory: every pass reads them."""


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


class ThreadTuner:
    """Chooses among numbers of threads the one that computes most a second, and tries each from time to time."""

    def __init__(self) -> None:
        self._rates: dict[int, float] = {}
        self._stale_at: dict[int, float] = {}
        self._trial, self._passes, self._work, self._seconds = 0, 0, 0.0, 0.0

    def choose(self, numbers: Sequence[int]) -> int:
        """Return the number for the next pass."""
        has_tried = self._passes > _TRIAL_PASSES and self._seconds >= _TRIAL_S
        if self._trial not in numbers or has_tried:
            best_first = sorted(numbers, key=lambda each: -self._rates.get(each, 0.0))
            stale = (each for each in best_first if time.monotonic() >= self._stale_at.get(each, 0.0))
            self._trial = next(stale, best_first[0])
            self._passes, self._work, self._seconds = 0, 0.0, 0.0
        return self._trial

    def record(self, work: float, seconds: float) -> None:
        """Record how long a pass took with the number that was chosen last; its first one starts the threads."""
        self._passes += 1
        if self._passes > 1:
            self._work += work
            self._seconds += seconds
            self._rates[self._trial] = self._work / max(self._seconds, 1e-9)
            self._stale_at[self._trial] = time.monotonic() + max(_HOLDS_S, _HOLDS_TIMES * self._seconds)


class ProcessorShare:
    """The number of threads to compute with: as many as torch has when this is made, unless others compute too."""

    def __init__(self, measure: Callable[[], Usage] = measure_usage) -> None:
        self._measure = measure
        self._most = self._threads = torch.get_num_threads()
        self._last = measure()
        self._numbers: tuple[int, ...] = (self._most,)
        self._tuners: defaultdict[bool, ThreadTuner] = defaultdict(ThreadTuner)

    @contextmanager
    def computing(self, rows: int) -> Iterator[None]:
        """Have torch compute a pass over so many rows with the number of threads that is fastest now."""
        numbers, tuner = self._numbers_now(), self._tuners[rows >= _READING_ROWS]
        self._threads = tuner.choose(numbers) if len(numbers) > 1 else numbers[0]
        if self._threads != torch.get_num_threads():
            torch.set_num_threads(self._threads)
        started = time.monotonic()
        yield
        if len(numbers) > 1:
            tuner.record(rows + _ROWS_OF_WEIGHTS, time.monotonic() - started)

    def _numbers_now(self) -> tuple[int, ...]:
        """Return the numbers of threads to choose from; what others use is measured four times a second at most."""
        if time.monotonic() - self._last.at < _INTERVAL_S:
            return self._numbers
        before, self._last = self._last, self._measure()
        used = (self._last.others - before.others) / (self._last.at - before.at)
        if self._threads > self._most:  # oversubscribed, others use less than they would
            self._numbers = self._numbers if used >= _STILL_BUSY else (self._most,)
        elif used < _BUSY:
            self._numbers = (self._most,)
        else:
            left = max(1, min(self._last.processors - 1, round(self._last.processors - used)))
            oversubscribed = (2 * self._most,) if sys.platform == "linux" and self._most > 1 else ()
            self._numbers = (min(self._most, left), *oversubscribed)
        return self._numbers
