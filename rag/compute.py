"""The one thread in which models and the dense index compute.

Each thread that calls torch or FAISS gets a team of OpenMP threads of its own, and they share one OpenMP. With more of
its threads than processors, GNU's puts a team to sleep after every small product, and everybody's become up to twice as
slow, for good. So all such work is handed to one thread; it waits idly while there is none.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import wraps
from threading import current_thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

NAME = "compute"

_THREAD = ThreadPoolExecutor(1, thread_name_prefix=NAME)


def on_compute_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do the work in the compute thread and wait for its result."""
    if current_thread().name.startswith(NAME):
        return work(*args, **kwargs)
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
