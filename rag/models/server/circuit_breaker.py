"""When a server that has failed is tried again: after a pause that grows with every failure, by one request (pure)."""

from dataclasses import dataclass
from typing import Literal

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0

BreakerState = Literal["in use", "due", "aside"]
"""`due`: the pause is over, and one request is to find out whether the server is back."""


@dataclass(slots=True)
class CircuitBreaker:
    """The state of one server; times are seconds of a monotonic clock."""

    _failures: int = 0
    _aside_until: float = 0.0
    _is_probed: bool = False

    def state(self, now: float) -> BreakerState:
        """Return whether requests go to the server."""
        if not self._failures:
            return "in use"
        return "aside" if now < self._aside_until or self._is_probed else "due"

    @property
    def aside_until(self) -> float:
        """When the pause ends."""
        return self._aside_until

    def try_it(self) -> None:
        """Note that a request is on its way: if the pause is over, it is the only one until its end."""
        self._is_probed = bool(self._failures)

    def leave_it(self) -> None:
        """Note that a request has ended without telling anything of the server."""
        self._is_probed = False

    def works(self) -> None:
        """Note that the server has answered."""
        self._failures, self._is_probed = 0, False

    def fails(self, now: float) -> None:
        """Note a failure. Requests that fail together, such as those of a process that ended, count as one."""
        if not self._failures or now >= self._aside_until:
            self._failures += 1
            self._aside_until = now + min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._failures - 1, 10))
        self._is_probed = False
