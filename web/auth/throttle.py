"""How often somebody may try a password: after a few wrong ones each further try must wait twice as long."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

_FREE = {"user and address": 5, "address": 20, "user": 50}
"""Wrong tries without waiting. One address may be many people; and nobody must be able to lock another one out for long
from elsewhere, so that of a user alone they are many."""

_LONGEST_S = {"user and address": 900.0, "address": 900.0, "user": 30.0}
_FORGOTTEN_S = 3600.0
_REMEMBERED = 10_000


@dataclass(slots=True)
class _Wrong:
    count: int
    at: float


class LoginThrottle:
    """Counts tries. A try counts as wrong until it is known to be right: many at once gain nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[tuple[str, str], _Wrong] = OrderedDict()
        self._lock = Lock()

    def begin(self, user: str, address: str) -> float:
        """Seconds that this try has to wait for; 0 if it may be made, and is counted."""
        with self._lock:
            now = self._clock()
            keys = _keys(user, address)
            wait = max(self._wait(key, now) for key in keys)
            if wait <= 0:
                for key in keys:
                    self._count(key, now)
            return wait

    def right(self, user: str, address: str) -> None:
        """The try was right: it does not count, and earlier wrong ones of this user from there are forgotten."""
        with self._lock:
            pair, *others = _keys(user, address)
            self._wrong.pop(pair, None)
            for key in others:
                if (wrong := self._wrong.get(key)) and wrong.count > 0:
                    wrong.count -= 1

    def _wait(self, key: tuple[str, str], now: float) -> float:
        kind, wrong = key[0], self._wrong.get(key)
        if wrong is None or now - wrong.at > _FORGOTTEN_S or wrong.count < _FREE[kind]:
            return 0.0
        doubled = 2.0 ** min(wrong.count - _FREE[kind] + 1, 20)
        return wrong.at + min(doubled, _LONGEST_S[kind]) - now

    def _count(self, key: tuple[str, str], now: float) -> None:
        wrong = self._wrong.pop(key, None)
        count = wrong.count if wrong and now - wrong.at <= _FORGOTTEN_S else 0
        self._wrong[key] = _Wrong(count + 1, now)
        while len(self._wrong) > _REMEMBERED:
            self._wrong.popitem(last=False)


def _keys(user: str, address: str) -> tuple[tuple[str, str], ...]:
    return (("user and address", f"{user}\n{address}"), ("address", address), ("user", user))
