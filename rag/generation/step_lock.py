"""Take turns: the steps of the batch, and the passes beside them."""

from collections.abc import Callable
from threading import Condition


class StepLock:
    """A lock for the steps of the batch, and for passes beside them: those of the judge, of beam search, ahead of time.

    They take turns, in order of arrival. Without that, whoever has computed a step takes the next one before anybody
    else has woken up: an answer's sentences were judged when all other answers had been written. Who waits for a step
    may find that another's brought what was wanted.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._steps: list[Callable[[], bool]] = []
        self._others: list[Callable[[], bool]] = []
        self._was_step = False
        self.is_held = False

    @property
    def delays_a_step(self) -> bool:
        """True if somebody waits to compute a step."""
        return any(not unless() for unless in tuple(self._steps))

    def acquire(self, unless: Callable[[], bool]) -> bool:
        """Wait for the turn of a step, and take it; return False, without it, as soon as `unless` holds."""
        return self._acquire(unless, self._steps)

    def acquire_if_free(self) -> bool:
        """Take it, for a moment, unless it is held: whoever waits for a turn waits on."""
        with self._changed:
            is_free = not self.is_held
            self.is_held = True
            return is_free

    def release(self) -> None:
        """Let others take it."""
        with self._changed:
            self.is_held = False
            self._changed.notify_all()

    def __enter__(self) -> None:
        self._acquire(lambda: False, self._others)

    def __exit__(self, *_: object) -> None:
        self.release()

    def _acquire(self, unless: Callable[[], bool], waiting: list[Callable[[], bool]]) -> bool:
        with self._changed:
            waiting.append(unless)
            try:
                self._changed.wait_for(lambda: unless() or (not self.is_held and self._next() is unless))
                if unless():
                    self._changed.notify_all()  # who stood behind this one is next
                    return False
                self.is_held, self._was_step = True, waiting is self._steps
                return True
            finally:
                waiting.remove(unless)

    def _next(self) -> Callable[[], bool] | None:
        """Return whose turn it is: a step's after another pass, else another pass's; the first that is still wanted."""
        turns = (self._others, self._steps) if self._was_step else (self._steps, self._others)
        return next((unless for waiting in turns for unless in waiting if not unless()), None)
