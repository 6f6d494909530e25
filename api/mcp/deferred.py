"""The result of a call that runs in a thread of its own, which dies with the process."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Deferred(Generic[T]):
    """Calls `make` once, from now on. A client that has gone does not wait for it, nor does the end of the process."""

    def __init__(self, make: Callable[[], T], name: str) -> None:
        self._result: Future[T] = Future()
        Thread(target=self._work, args=(make,), name=name, daemon=True).start()

    @property
    def has_failed(self) -> bool:
        """True once the call has ended with an error."""
        return self._result.done() and self._result.exception() is not None

    async def is_done_within(self, seconds: float) -> bool:
        """Wait for the end for at most so long, and return whether it was reached."""
        ended, loop = asyncio.Event(), asyncio.get_running_loop()

        def end(_: object) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(ended.set)

        self._result.add_done_callback(end)
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), seconds)
        return self._result.done()

    async def get(self) -> T:
        """Return the result, or raise the error of the call. Whoever is cancelled meanwhile does not end it."""
        return await asyncio.shield(asyncio.wrap_future(self._result))

    def _work(self, make: Callable[[], T]) -> None:
        try:
            self._result.set_result(make())
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            self._result.set_exception(error)
