"""Limit one kind of slow work in threads: how much runs at once for all users, and for each of them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from rag.runtime.progress import CancelEvent

T = TypeVar("T")

HasLeft = Callable[[], Awaitable[bool]]
"""Returns whether the client that waits for a result has disconnected."""

_LOOK_S = 0.5
"""Seconds between two looks whether a client is still connected."""

_LEFT: ContextVar[CancelEvent | None] = ContextVar("left", default=None)


def client_has_left() -> CancelEvent:
    """Return the event that is set when the client of this thread's work leaves; without a client it never is."""
    return _LEFT.get() or CancelEvent()


class ThreadTurns:
    """Turns at one kind of work, `at_once` in all and `each` for a user.

    Who waits for a turn holds no thread: one user's slow work leaves the server's threads, and other turns, to others.
    """

    def __init__(self, at_once: int, each: int) -> None:
        self._all = CapacityLimiter(at_once)
        self._each = each
        self._of_users: dict[str, CapacityLimiter] = {}

    async def run(self, user: str, call: Callable[..., T], *arguments: Any, has_left: HasLeft | None = None) -> T:
        """Call a function in a thread when it is the user's turn, and return its result.

        Once the client `has_left`, `client_has_left` is set for the function.
        """
        async with self._of_users.setdefault(user, CapacityLimiter(self._each)):
            if has_left is None:
                return await to_thread.run_sync(call, *arguments, limiter=self._all)
            left = CancelEvent()
            if await has_left():
                left.set()
            watching = asyncio.create_task(_watch(has_left, left))
            token = _LEFT.set(left)
            try:
                return await to_thread.run_sync(call, *arguments, limiter=self._all)
            finally:
                _LEFT.reset(token)
                watching.cancel()


async def _watch(has_left: HasLeft, left: CancelEvent) -> None:
    while not await has_left():
        await asyncio.sleep(_LOOK_S)
    left.set()
