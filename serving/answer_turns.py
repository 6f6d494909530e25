"""Admit questions to be answered, for all faces of a server: a few at once, a bounded queue, users in turn."""

import time
from asyncio import Event as LoopEvent
from asyncio import get_running_loop
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, zip_longest
from threading import Event, Lock

from rag.errors import BusyError
from rag.runtime.progress import CancelEvent

_LOOK_S = 0.5
"""A question that waits in a thread looks so often whether it has been stopped."""

_FIRST_GUESS_S = 10.0
_SHARE_OF_LATEST = 0.2
"""Weight of the latest answer in the average of how long one takes."""


class TooManyWaitError(BusyError):
    """No place to wait in is left, or none for this user: how many wait, and about how many seconds a new one would."""

    def __init__(self, waiting: int, seconds: int, *, is_own: bool) -> None:
        what = "1 question" if waiting == 1 else f"{waiting} questions" if waiting else "Other questions"
        verb = "is" if waiting == 1 else "are"
        doing = "waiting" if waiting else "being answered"
        of_whom = " of yours" if is_own else ""
        super().__init__(f"{what}{of_whom} {verb} {doing} already, for about {seconds} s. Ask again then.")
        self.waiting = waiting
        self.seconds = seconds
        self.is_own = is_own


@dataclass(eq=False, slots=True)
class _Turn:
    """One question. `changed` is called when its place may have changed; `begun` is when it got its turn."""

    owner: str
    changed: Callable[[], object]
    begun: float = 0.0


@dataclass(slots=True)
class HeldTurn:
    """A turn that somebody has. `leave` ends it, once; whoever it is handed over to does so when the work has ended."""

    leave: Callable[[], None]
    is_handed_over: bool = False


class AnswerTurns:
    """`running` turns at once. No user has more than half of the places to wait in, so that there is one for others.

    The person at the machine, "", has no bound of their own.
    """

    def __init__(self, running: int, waiting: int) -> None:
        self._running = running
        self._room = waiting
        self._taken = 0
        self._queues: dict[str, deque[_Turn]] = {}  # users by how long they have waited for a turn
        self._lock = Lock()
        self._seconds = _FIRST_GUESS_S

    @property
    def is_busy(self) -> bool:
        """True while any answer is being written or waited for."""
        return self._taken > 0

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn."""
        with self._lock:
            return sum(map(len, self._queues.values()))

    @contextmanager
    def turn(self, owner: str, cancelled: CancelEvent) -> Iterator[Iterator[int]]:
        """Queue for a turn, and keep it; gives how many questions are before this one, until its turn or its end.

        Raises:
            TooManyWaitError: too many wait already.
        """
        changed = Event()
        turn = self._join(owner, changed.set)
        try:
            yield self._places(turn, changed, cancelled)
        finally:
            self._leave(turn)

    @asynccontextmanager
    async def awaited(self, owner: str) -> AsyncIterator[HeldTurn]:
        """Wait for a turn without holding up the event loop, and keep it, unless it is handed over meanwhile.

        Raises:
            TooManyWaitError: too many wait already.
        """
        changed, loop = LoopEvent(), get_running_loop()
        turn = self._join(owner, lambda: loop.is_closed() or loop.call_soon_threadsafe(changed.set))
        held = HeldTurn(partial(self._leave, turn))
        try:
            while self._place(turn) is not None:
                await changed.wait()
                changed.clear()
            yield held
        finally:
            if not held.is_handed_over:
                held.leave()

    def _places(self, turn: _Turn, changed: Event, cancelled: CancelEvent) -> Iterator[int]:
        told = None
        while (place := self._place(turn)) is not None and not cancelled.is_set():
            if place != told:
                told = place
                yield place
            changed.wait(_LOOK_S)
            changed.clear()

    def _place(self, turn: _Turn) -> int | None:
        """Return how many get their turn before this one; None if it has it."""
        with self._lock:
            order = (each for each in chain(*zip_longest(*self._queues.values())) if each)
            return next((place for place, each in enumerate(order) if each is turn), None)

    def _join(self, owner: str, changed: Callable[[], object]) -> _Turn:
        turn = _Turn(owner, changed)
        with self._lock:
            if self._taken >= self._running:
                self._require_room(owner)
            self._queues.setdefault(owner, deque()).append(turn)
            self._grant()
        return turn

    def _require_room(self, owner: str) -> None:
        waiting, own = sum(map(len, self._queues.values())), len(self._queues.get(owner, ()))
        is_full = waiting >= self._room
        if is_full or (owner and own >= max(1, self._room // 2)):
            seconds = round(self._seconds * (waiting + 1) / self._running)
            raise TooManyWaitError(waiting if is_full else own, seconds, is_own=not is_full)

    def _leave(self, turn: _Turn) -> None:
        with self._lock:
            if turn.begun:
                self._taken -= 1
                self._seconds += _SHARE_OF_LATEST * (time.monotonic() - turn.begun - self._seconds)
            else:
                self._queues[turn.owner].remove(turn)
                if not self._queues[turn.owner]:
                    del self._queues[turn.owner]
            self._grant()

    def _grant(self) -> None:
        """Give free turns to the users who have waited longest, whose others then wait behind those of all."""
        while self._queues and self._taken < self._running:
            owner = next(iter(self._queues))
            turns = self._queues.pop(owner)
            turn = turns.popleft()
            if turns:
                self._queues[owner] = turns
            self._taken += 1
            turn.begun = time.monotonic()
            turn.changed()
        for each in chain(*self._queues.values()):
            each.changed()
