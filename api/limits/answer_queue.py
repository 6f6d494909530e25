"""How many answers are written at once, and how many questions wait for their turn."""

from asyncio import Semaphore
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.problems import ProblemError

_RETRY_S = 10


class AnswerQueue:
    """Turns to write an answer: `running` at once, and `waiting` for one. All belong to one event loop."""

    def __init__(self, running: int, waiting: int) -> None:
        self._turns = Semaphore(running)
        self._running = running
        self._room = running + waiting
        self._taken = 0

    @property
    def is_busy(self) -> bool:
        """True while any answer is being written or waited for."""
        return self._taken > 0

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn."""
        return max(0, self._taken - self._running)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and keep it.

        Raises:
            ProblemError: too many wait already.
        """
        if self._taken >= self._room:
            raise ProblemError(
                503,
                "Too many questions are waiting (settings answers_at_once, answers_waiting). Try again in a moment.",
                retry_after=_RETRY_S,
            )
        self._taken += 1
        try:
            async with self._turns:
                yield
        finally:
            self._taken -= 1
