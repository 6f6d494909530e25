"""Run coroutines from tests: in a thread of their own, since Playwright keeps an event loop running in the main one."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from threading import current_thread, main_thread
from typing import Any, TypeVar

T = TypeVar("T")

_THREAD = "test-coroutine"


def run_coroutine(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end and return its result."""
    with ThreadPoolExecutor(1, thread_name_prefix=_THREAD) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def refused_on_event_loops(call: Callable[..., T]) -> Callable[..., T]:
    """Return a function that fails on a server's event loop, where it would keep every client waiting.

    Coroutines of tests may call it, and so may the main thread, which has Playwright's loop.
    """

    @wraps(call)
    def checked(*arguments: Any, **named: Any) -> T:
        thread = current_thread()
        is_server = thread is not main_thread() and not thread.name.startswith(_THREAD)
        if is_server and asyncio._get_running_loop() is not None:
            raise AssertionError(f"{call.__qualname__} waits for the disk on an event loop: call it in a thread")
        return call(*arguments, **named)

    return checked
