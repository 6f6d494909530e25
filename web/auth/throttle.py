"""Slow down password guessing: after a few wrong passwords, each further attempt must wait twice as long."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from rag.stores.sql_statements import Connection, SharedDatabase

_FREE_ATTEMPTS = {"user and address": 5, "address": 20, "user": 50}
"""Wrong attempts without waiting. One address may be many people. Those for a user from any address are many, and their
wait is short: nobody must be able to lock somebody else out."""

_MAX_WAIT_S = {"user and address": 900.0, "address": 900.0, "user": 30.0}
_FORGET_AFTER_S = 3600.0
MAX_REMEMBERED = 10_000

_STORE = """
    INSERT INTO failed_sign_ins VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, what) DO UPDATE SET failures = excluded.failures, at = excluded.at
"""
_DROP = """
    DELETE FROM failed_sign_ins
    WHERE at < ? OR at <= (SELECT at FROM failed_sign_ins ORDER BY at DESC LIMIT 1 OFFSET ?)
"""


@dataclass(slots=True)
class _Failures:
    """Attempts counted so far, and when the last one was, in seconds."""

    count: int
    at: float


class LoginThrottle:
    """Count attempts in memory. One counts as wrong until it is known to be right, so many at once gain nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()
        self._lock = Lock()

    def begin(self, user: str, address: str) -> float:
        """Return the seconds this attempt must wait; 0 if it may be made, and then it is counted."""
        with self._lock:
            now = self._clock()
            keys = _counted_for(user, address)
            wait = max(_wait_of(key[0], self._failures.get(key), now) for key in keys)
            if wait <= 0:
                for key in keys:
                    self._count(key, now)
            return wait

    def succeed(self, user: str, address: str) -> None:
        """Take back the count of this attempt, and forget earlier failures of this user from this address."""
        with self._lock:
            pair, *others = _counted_for(user, address)
            self._failures.pop(pair, None)
            for key in others:
                if (failures := self._failures.get(key)) and failures.count > 0:
                    failures.count -= 1

    def _count(self, key: tuple[str, str], now: float) -> None:
        self._failures[key] = _one_more(self._failures.pop(key, None), now)
        while len(self._failures) > MAX_REMEMBERED:
            self._failures.popitem(last=False)


class StoredThrottle:
    """The attempts at all servers on one database, counted one after the other, by its clock."""

    def __init__(self, database: SharedDatabase) -> None:
        self._database = database

    def begin(self, user: str, address: str) -> float:
        """Return the seconds this attempt must wait; 0 if it may be made, and then it is counted."""
        keys = _counted_for(user, address)
        with self._database.writing() as db:
            now = self._database.now().timestamp()
            found = [_failures(db, key) for key in keys]
            wait = max(_wait_of(key[0], failures, now) for key, failures in zip(keys, found, strict=True))
            if wait > 0:
                return wait
            for key, failures in zip(keys, found, strict=True):
                counted = _one_more(failures, now)
                db.execute(_STORE, (*key, counted.count, counted.at))
            db.execute(_DROP, (now - _FORGET_AFTER_S, MAX_REMEMBERED))
        return 0.0

    def succeed(self, user: str, address: str) -> None:
        """Take back the count of this attempt, and forget earlier failures of this user from this address."""
        pair, *others = _counted_for(user, address)
        with self._database.writing() as db:
            db.execute("DELETE FROM failed_sign_ins WHERE kind = ? AND what = ?", pair)
            fewer = "UPDATE failed_sign_ins SET failures = failures - 1 WHERE kind = ? AND what = ? AND failures > 0"
            db.executemany(fewer, others)


Throttle = LoginThrottle | StoredThrottle
"""What counts the attempts at one app, or at several that share a database."""


def _failures(db: Connection, key: tuple[str, str]) -> _Failures | None:
    row = db.execute("SELECT failures, at FROM failed_sign_ins WHERE kind = ? AND what = ?", key).fetchone()
    return _Failures(*row) if row else None


def _wait_of(kind: str, failures: _Failures | None, now: float) -> float:
    """Return the seconds that a further attempt must wait; 0 or less if it need not."""
    if failures is None or now - failures.at > _FORGET_AFTER_S or failures.count < _FREE_ATTEMPTS[kind]:
        return 0.0
    doubled = 2.0 ** min(failures.count - _FREE_ATTEMPTS[kind] + 1, 20)
    return failures.at + min(doubled, _MAX_WAIT_S[kind]) - now


def _one_more(failures: _Failures | None, now: float) -> _Failures:
    """Return the count with one attempt more; those of long ago are forgotten."""
    count = failures.count if failures and now - failures.at <= _FORGET_AFTER_S else 0
    return _Failures(count + 1, now)


def _counted_for(user: str, address: str) -> tuple[tuple[str, str], ...]:
    """Return what an attempt is counted for, as kind and name."""
    return (("user and address", f"{user}\n{address}"), ("address", address), ("user", user))
