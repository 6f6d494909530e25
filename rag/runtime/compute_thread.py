"""The single thread in which models and the dense index compute.

Each thread that calls torch or FAISS gets its own team of OpenMP threads. With more of them than processors, GNU's
OpenMP puts a team to sleep after every small matrix product, and all products become up to twice as slow, for good. So
all such work runs in one thread.

An answer is thousands of small steps in sequence. Background work (embedding documents) between them would delay each
step; so it runs when nothing else has been computed for a moment, or when it has waited long.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import wraps
from threading import Condition, current_thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

NAME = "compute"

QUIET_S = 0.05
"""Longer than the time between two steps of an answer."""
PATIENCE_S = 2.0
"""Longest wait of background work: it proceeds, if slowly, however many answers are being written."""

_THREAD = ThreadPoolExecutor(1, thread_name_prefix=NAME)


class _Foreground:
    """Foreground work, as background work waits for it."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._running = 0
        self._ended = 0.0

    @contextmanager
    def step(self) -> Iterator[None]:
        with self._changed:
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._ended = time.monotonic()
                self._changed.notify_all()

    def wait_for_quiet(self) -> None:
        patient_until = time.monotonic() + PATIENCE_S
        with self._changed:
            while (now := time.monotonic()) < patient_until:
                quiet_at = self._ended + QUIET_S
                if not self._running and now >= quiet_at:
                    return
                self._changed.wait((patient_until if self._running else min(quiet_at, patient_until)) - now)


_FOREGROUND = _Foreground()


def on_compute_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run the work in the compute thread and return its result."""
    if current_thread().name.startswith(NAME):
        return work(*args, **kwargs)
    with _FOREGROUND.step():
        return _THREAD.submit(work, *args, **kwargs).result()


def on_compute_thread_in_background(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run short work in the compute thread when nothing else is computed, or after some time; return its result."""
    if current_thread().name.startswith(NAME):
        return work(*args, **kwargs)
    _FOREGROUND.wait_for_quiet()
    return _THREAD.submit(work, *args, **kwargs).result()


def begin_on_compute_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> "Future[R]":
    """Start the work in the compute thread and return its future; called in that thread, run it at once."""
    if current_thread().name.startswith(NAME):
        done: Future[R] = Future()
        done.set_result(work(*args, **kwargs))
        return done
    return _THREAD.submit(work, *args, **kwargs)


def computing(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function to run in the compute thread."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return on_compute_thread(function, *args, **kwargs)

    return run
