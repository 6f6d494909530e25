"""Slow down password guessing: after a few wrong passwords, each further attempt must wait twice as long."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

_FREE_ATTEMPTS = {"user and address": 5, "address": 20, "user": 50}
"""Wrong attempts without waiting. One address may be many people. Those for a user from any address are many, and their
wait is short: nobody must be able to lock somebody else out."""

_MAX_WAIT_S = {"user and address": 900.0, "address": 900.0, "user": 30.0}
FORGET_AFTER_S = 3600.0
MAX_REMEMBERED = 10_000


@dataclass(slots=True)
class Failures:
    """Attempts counted so far, and when the last one was, in seconds."""

    count: int
    at: float


class LoginThrottle:
    """Count attempts in memory. One counts as wrong until it is known to be right, so many at once gain nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], Failures] = OrderedDict()
        self._lock = Lock()

    def begin(self, user: str, address: str) -> float:
        """Return the seconds this attempt must wait; 0 if it may be made, and then it is counted."""
        with self._lock:
            now = self._clock()
            keys = counted_for(user, address)
            wait = max(wait_of(key[0], self._failures.get(key), now) for key in keys)
            if wait <= 0:
                for key in keys:
                    self._count(key, now)
            return wait

    def succeed(self, user: str, address: str) -> None:
        """Take back the count of this attempt, and forget earlier failures of this user from this address."""
        with self._lock:
            pair, *others = counted_for(user, address)
            self._failures.pop(pair, None)
            for key in others:
                if (failures := self._failures.get(key)) and failures.count > 0:
                    failures.count -= 1

    def _count(self, key: tuple[str, str], now: float) -> None:
        self._failures[key] = one_more(self._failures.pop(key, None), now)
        while len(self._failures) > MAX_REMEMBERED:
            self._failures.popitem(last=False)


def wait_of(kind: str, failures: Failures | None, now: float) -> float:
    """Return the seconds that a further attempt must wait; 0 or less if it need not."""
    if failures is None or now - failures.at > FORGET_AFTER_S or failures.count < _FREE_ATTEMPTS[kind]:
        return 0.0
    doubled = 2.0 ** min(failures.count - _FREE_ATTEMPTS[kind] + 1, 20)
    return failures.at + min(doubled, _MAX_WAIT_S[kind]) - now


def one_more(failures: Failures | None, now: float) -> Failures:
    """Return the count with one attempt more; those of long ago are forgotten."""
    count = failures.count if failures and now - failures.at <= FORGET_AFTER_S else 0
    return Failures(count + 1, now)


def counted_for(user: str, address: str) -> tuple[tuple[str, str], ...]:
    """Return what an attempt is counted for, as kind and name."""
    return (("user and address", f"{user}\n{address}"), ("address", address), ("user", user))
