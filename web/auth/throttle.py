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
_FORGET_AFTER_S = 3600.0
_MAX_REMEMBERED = 10_000


@dataclass(slots=True)
class _Failures:
    count: int
    at: float


class LoginThrottle:
    """Count attempts. One counts as wrong until it is known to be right, so many at once gain nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()
        self._lock = Lock()

    def begin(self, user: str, address: str) -> float:
        """Return the seconds this attempt must wait; 0 if it may be made, and then it is counted."""
        with self._lock:
            now = self._clock()
            keys = _keys(user, address)
            wait = max(self._wait(key, now) for key in keys)
            if wait <= 0:
                for key in keys:
                    self._count(key, now)
            return wait

    def succeed(self, user: str, address: str) -> None:
        """Take back the count of this attempt, and forget earlier failures of this user from this address."""
        with self._lock:
            pair, *others = _keys(user, address)
            self._failures.pop(pair, None)
            for key in others:
                if (failures := self._failures.get(key)) and failures.count > 0:
                    failures.count -= 1

    def _wait(self, key: tuple[str, str], now: float) -> float:
        kind, failures = key[0], self._failures.get(key)
        if failures is None or now - failures.at > _FORGET_AFTER_S or failures.count < _FREE_ATTEMPTS[kind]:
            return 0.0
        doubled = 2.0 ** min(failures.count - _FREE_ATTEMPTS[kind] + 1, 20)
        return failures.at + min(doubled, _MAX_WAIT_S[kind]) - now

    def _count(self, key: tuple[str, str], now: float) -> None:
        failures = self._failures.pop(key, None)
        count = failures.count if failures and now - failures.at <= _FORGET_AFTER_S else 0
        self._failures[key] = _Failures(count + 1, now)
        while len(self._failures) > _MAX_REMEMBERED:
            self._failures.popitem(last=False)


def _keys(user: str, address: str) -> tuple[tuple[str, str], ...]:
    return (("user and address", f"{user}\n{address}"), ("address", address), ("user", user))
