"""Threads for one kind of work that takes long, by turns: so many for all users, and so many for each of them."""

from collections.abc import Callable
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class ThreadTurns:
    """Turns at one kind of work, `at_once` in all and `each` for a user.

    Who waits for a turn holds no thread: one user's slow work leaves the server's threads, and other turns, to others.
    """

    def __init__(self, at_once: int, each: int) -> None:
        self._all = CapacityLimiter(at_once)
        self._each = each
        self._of_users: dict[str, CapacityLimiter] = {}

    async def run(self, user: str, call: Callable[..., T], *arguments: Any) -> T:
        """Call a function in a thread when it is the user's turn, and return its result."""
        async with self._of_users.setdefault(user, CapacityLimiter(self._each)):
            return await to_thread.run_sync(call, *arguments, limiter=self._all)
