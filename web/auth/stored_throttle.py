"""The throttle of password guessing in the database of the library: attempts at all servers that share it count.

Times are those of the database's clock, so the servers' own may differ.
"""

from rag.stores.sql_statements import Connection, SharedDatabase
from web.auth.throttle import FORGET_AFTER_S, MAX_REMEMBERED, Failures, LoginThrottle, counted_for, one_more, wait_of

_STORE = """
    INSERT INTO failed_sign_ins VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, what) DO UPDATE SET failures = excluded.failures, at = excluded.at
"""
_DROP = """
    DELETE FROM failed_sign_ins
    WHERE at < ? OR at <= (SELECT at FROM failed_sign_ins ORDER BY at DESC LIMIT 1 OFFSET ?)
"""


class StoredThrottle:
    """The attempts at all servers on one database, counted one after the other."""

    def __init__(self, database: SharedDatabase) -> None:
        self._database = database

    def begin(self, user: str, address: str) -> float:
        """Return the seconds this attempt must wait; 0 if it may be made, and then it is counted."""
        keys = counted_for(user, address)
        with self._database.writing() as db:
            now = self._database.now().timestamp()
            found = [_failures(db, key) for key in keys]
            wait = max(wait_of(key[0], failures, now) for key, failures in zip(keys, found, strict=True))
            if wait > 0:
                return wait
            for key, failures in zip(keys, found, strict=True):
                counted = one_more(failures, now)
                db.execute(_STORE, (*key, counted.count, counted.at))
            db.execute(_DROP, (now - FORGET_AFTER_S, MAX_REMEMBERED))
        return 0.0

    def succeed(self, user: str, address: str) -> None:
        """Take back the count of this attempt, and forget earlier failures of this user from this address."""
        pair, *others = counted_for(user, address)
        with self._database.writing() as db:
            db.execute("DELETE FROM failed_sign_ins WHERE kind = ? AND what = ?", pair)
            fewer = "UPDATE failed_sign_ins SET failures = failures - 1 WHERE kind = ? AND what = ? AND failures > 0"
            db.executemany(fewer, others)


def _failures(db: Connection, key: tuple[str, str]) -> Failures | None:
    row = db.execute("SELECT failures, at FROM failed_sign_ins WHERE kind = ? AND what = ?", key).fetchone()
    return Failures(*row) if row else None


Throttle = LoginThrottle | StoredThrottle
"""What counts the attempts at one app, or at several that share a database."""
