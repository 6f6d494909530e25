"""The one thread in which models and the dense index compute.

Each thread that calls torch or FAISS gets a team of OpenMP threads of its own, and they share one OpenMP. With more of
its threads than processors, GNU's puts a team to sleep after every small product, and everybody's become up to twice as
slow, for good. So all such work is handed to one thread; it waits idly while there is none.

An answer is thousands of small steps, one after the other. Work in the background (embedding documents) that took its
turn among them would make each step wait for it; so it comes when nobody has computed for a moment, or has waited long.
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
"""Between two steps of an answer there is less."""
PATIENCE_S = 2.0
"""Background work goes on, if slowly, however many answers are being written."""

_THREAD = ThreadPoolExecutor(1, thread_name_prefix=NAME)


class _Foreground:
    """Who else computes, for work in the background to keep out of the way."""

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
    """Do the work in the compute thread and wait for its result."""
    if current_thread().name.startswith(NAME):
        return work(*args, **kwargs)
    with _FOREGROUND.step():
        return _THREAD.submit(work, *args, **kwargs).result()


def on_compute_thread_in_background(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The same for work that can wait: when nobody else computes, or after some time. It should be short, too."""
    if current_thread().name.startswith(NAME):
        return work(*args, **kwargs)
    _FOREGROUND.wait_for_quiet()
    return _THREAD.submit(work, *args, **kwargs).result()


def begin_on_compute_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> "Future[R]":
    """Have the work done in the compute thread while the caller goes on; called there, it is done at once."""
    if current_thread().name.startswith(NAME):
        done: Future[R] = Future()
        done.set_result(work(*args, **kwargs))
        return done
    return _THREAD.submit(work, *args, **kwargs)


def computing(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator: whoever calls the function, it runs in the compute thread."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return on_compute_thread(function, *args, **kwargs)

    return run
