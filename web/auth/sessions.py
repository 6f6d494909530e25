"""Remember who is signed in. A session ends with time, by signing out, and when its user's password changes.

Those of one app are in its memory. Apps that share a database share their sessions: signing in or out at one does so
at all.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from threading import Lock
from typing import Any

from rag.stores.sql_statements import SharedDatabase
from serving.user_store import UserStore

MAX_IDLE_S = 12 * 3600.0
MAX_AGE_S = 7 * 24 * 3600.0
MAX_PER_USER = 20
"""Beyond that the oldest session of a user ends."""

_TOUCH_S = 60.0
"""A session's last use is written down at most so often."""

_NOW = "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"
_SELECT = f"SELECT account, stamp, begun, last_used, {_NOW}, key FROM sessions"  # noqa: S608  our own
_ENDED_ONES = f"DELETE FROM sessions WHERE last_used < {_NOW} - ? OR begun < {_NOW} - ?"  # noqa: S608  our own
_OLDER_ONES = """
    DELETE FROM sessions WHERE account = ? AND key NOT IN (
        SELECT key FROM sessions WHERE account = ? ORDER BY begun DESC LIMIT ?
    )
"""


@dataclass(slots=True)
class _Session:
    user: str
    stamp: str
    begun: float
    last_used: float


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A session as the admin page lists it; its `id` is no token."""

    id: str
    user: str
    begun_minutes: int
    idle_minutes: int


class Sessions:
    """The sessions of one app, in memory: they do not outlive it."""

    def __init__(self, users: UserStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._users = users
        self._clock = clock
        self._sessions: dict[str, _Session] = {}
        self._lock = Lock()

    def begin(self, user: str) -> str:
        """Begin a session, and return its token, of which only a hash is kept.

        Raises:
            SettingsError: the auth file cannot be read.
        """
        token, now = token_urlsafe(32), self._clock()
        with self._lock:
            self._drop_ended(now)
            own = [key for key, session in self._sessions.items() if session.user == user]
            for key in own[: max(0, len(own) + 1 - MAX_PER_USER)]:
                del self._sessions[key]
            self._sessions[key_of(token)] = _Session(user, self._users.stamp(user) or "", now, now)
        return token

    def user(self, token: str) -> str | None:
        """Return the user whose session it is; None if it has ended.

        Raises:
            SettingsError: the auth file cannot be read.
        """
        now = self._clock()
        with self._lock:
            session = self._sessions.get(key_of(token))
            if (
                session is None
                or _is_over(session.begun, session.last_used, now)
                or self._users.stamp(session.user) != session.stamp
            ):
                self._sessions.pop(key_of(token), None)
                return None
            session.last_used = now
            return session.user

    def end(self, token: str) -> None:
        """End a session; a token of none is ignored."""
        with self._lock:
            self._sessions.pop(key_of(token), None)

    def all(self) -> list[SessionShown]:
        """Return the sessions that have not ended, by user."""
        now = self._clock()
        with self._lock:
            self._drop_ended(now)
            shown = [
                SessionShown(_id_of(key), each.user, int((now - each.begun) // 60), int((now - each.last_used) // 60))
                for key, each in self._sessions.items()
                if self._users.stamp(each.user) == each.stamp
            ]
        return sorted(shown, key=lambda session: session.user)

    def end_by_id(self, id_: str) -> None:
        """End the session of an id; one of none is ignored."""
        with self._lock:
            for key in [key for key in self._sessions if _id_of(key) == id_]:
                del self._sessions[key]

    def end_all_of(self, user: str) -> None:
        """End all sessions of a user."""
        with self._lock:
            for key in [key for key, session in self._sessions.items() if session.user == user]:
                del self._sessions[key]

    def _drop_ended(self, now: float) -> None:
        for key in [key for key, session in self._sessions.items() if _is_over(session.begun, session.last_used, now)]:
            del self._sessions[key]


class StoredSessions:
    """The sessions of all servers on one database, which outlive them. Times are those of its clock."""

    def __init__(self, users: UserStore, database: SharedDatabase) -> None:
        self._users = users
        self._database = database

    def begin(self, user: str) -> str:
        """Begin a session, and return its token, of which only a hash is kept."""
        token, stamp = token_urlsafe(32), self._users.stamp(user) or ""
        with self._database.writing() as db:
            db.execute(_ENDED_ONES, (MAX_IDLE_S, MAX_AGE_S))
            db.execute(_OLDER_ONES, (user, user, MAX_PER_USER - 1))
            db.execute(f"INSERT INTO sessions VALUES (?, ?, ?, {_NOW}, {_NOW})", (key_of(token), user, stamp))  # noqa: S608
        return token

    def user(self, token: str) -> str | None:
        """Return the user whose session it is; None if it has ended."""
        if not token:
            return None
        with self._database.reading() as db:
            row = db.execute(_SELECT + " WHERE key = ?", (key_of(token),)).fetchone()
        if row is None:
            return None
        if not self._goes_on(row):
            self.end(token)
            return None
        user, _, _, last_used, now, key = row
        if now - last_used > _TOUCH_S:
            with self._database.writing() as db:
                db.execute(f"UPDATE sessions SET last_used = {_NOW} WHERE key = ?", (key,))  # noqa: S608
        return str(user)

    def end(self, token: str) -> None:
        """End a session; a token of none is ignored."""
        if token:
            self._end([key_of(token)])

    def all(self) -> list[SessionShown]:
        """Return the sessions that have not ended, by user."""
        rows = [row for row in self._rows() if self._goes_on(row)]
        return [
            SessionShown(_id_of(key), user, int((now - begun) // 60), int((now - last_used) // 60))
            for user, _, begun, last_used, now, key in rows
        ]

    def end_by_id(self, id_: str) -> None:
        """End the session of an id; one of none is ignored."""
        self._end([row[-1] for row in self._rows() if _id_of(row[-1]) == id_])

    def end_all_of(self, user: str) -> None:
        """End all sessions of a user."""
        with self._database.writing() as db:
            db.execute("DELETE FROM sessions WHERE account = ?", (user,))

    def _goes_on(self, row: Any) -> bool:
        user, stamp, begun, last_used, now, _ = row
        return not _is_over(begun, last_used, now) and self._users.stamp(user) == stamp

    def _rows(self) -> list[Any]:
        with self._database.reading() as db:
            return db.execute(_SELECT + " ORDER BY account, begun").fetchall()

    def _end(self, keys: list[str]) -> None:
        with self._database.writing() as db:
            db.executemany("DELETE FROM sessions WHERE key = ?", [(key,) for key in keys])


SessionStore = Sessions | StoredSessions
"""The sessions of an app, or of several that share a database."""


def _is_over(begun: float, last_used: float, now: float) -> bool:
    """Return whether a session's time is over."""
    return now - last_used > MAX_IDLE_S or now - begun > MAX_AGE_S


def _id_of(key: str) -> str:
    """Return what a session is named by on a page: its key would not sign anybody in, but is nobody's business."""
    return sha256(key.encode()).hexdigest()[:16]


def key_of(token: str) -> str:
    """Hash a token: looking up the token itself would take longer the more of it is right."""
    return sha256(token.encode(errors="replace")).hexdigest()
