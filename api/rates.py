"""Limits of a key: requests and tokens a minute. What is not used up is there again within that minute."""

import math
import time
from collections.abc import Callable
from threading import Lock

from api.caller import Caller
from api.problems import ProblemError

_MINUTE_S = 60.0
_MAX_REMEMBERED = 10_000


class _Bucket:
    """An amount that refills evenly to its size within a minute. What is taken afterwards may overdraw it."""

    def __init__(self, size: int, now: float) -> None:
        self.size = size
        self.left = float(size)
        self._at = now

    def refill(self, now: float) -> None:
        self.left = min(float(self.size), self.left + self.size * (now - self._at) / _MINUTE_S)
        self._at = now

    def wait_for(self, amount: float) -> float:
        """Return the seconds until so much is there; 0 if it is."""
        return max(0.0, (amount - self.left) / self.size * _MINUTE_S)


class Rates:
    """The use of the keys of one server, in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._lock = Lock()

    def take_request(self, caller: Caller) -> None:
        """Count one request of a caller.

        Raises:
            ProblemError: their key has no request or token left in this minute.
        """
        with self._lock:
            for kind, limit in (("requests", caller.requests), ("tokens", caller.tokens)):
                if limit and (wait := self._bucket(caller, kind, limit).wait_for(1)):
                    raise ProblemError(
                        429,
                        f"This key may use {limit} {kind} a minute. Try again a little later.",
                        retry_after=max(1, math.ceil(wait)),
                    )
            if caller.requests:
                self._bucket(caller, "requests", caller.requests).left -= 1

    def spend_tokens(self, caller: Caller, tokens: int) -> None:
        """Count the tokens of an answer, read and written: how many is only known at its end."""
        if caller.tokens:
            with self._lock:
                self._bucket(caller, "tokens", caller.tokens).left -= tokens

    def _bucket(self, caller: Caller, kind: str, size: int) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get((caller.key, kind))
        if bucket is None or bucket.size != size:
            if len(self._buckets) >= _MAX_REMEMBERED:
                self._buckets.pop(next(iter(self._buckets)))
            bucket = self._buckets[caller.key, kind] = _Bucket(size, now)
        bucket.refill(now)
        return bucket
