"""Remember who is signed in. A session ends with time, by signing out, and when its user's password changes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from threading import Lock

from serving.auth_file import Users

MAX_IDLE_S = 12 * 3600.0
MAX_AGE_S = 7 * 24 * 3600.0
_MAX_PER_USER = 20
"""Beyond that the oldest session of a user ends."""


@dataclass(slots=True)
class _Session:
    user: str
    stamp: str
    begun: float
    last_used: float


class Sessions:
    """The sessions of one app, in memory: they do not outlive it."""

    def __init__(self, users: Users, clock: Callable[[], float] = time.monotonic) -> None:
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
            for key in own[: max(0, len(own) + 1 - _MAX_PER_USER)]:
                del self._sessions[key]
            self._sessions[_key(token)] = _Session(user, self._users.stamp(user) or "", now, now)
        return token

    def user(self, token: str) -> str | None:
        """Return the user whose session it is; None if it has ended.

        Raises:
            SettingsError: the auth file cannot be read.
        """
        now = self._clock()
        with self._lock:
            session = self._sessions.get(_key(token))
            if session is None or _has_ended(session, now) or self._users.stamp(session.user) != session.stamp:
                self._sessions.pop(_key(token), None)
                return None
            session.last_used = now
            return session.user

    def end(self, token: str) -> None:
        """End a session; a token of none is ignored."""
        with self._lock:
            self._sessions.pop(_key(token), None)

    def _drop_ended(self, now: float) -> None:
        for key in [key for key, session in self._sessions.items() if _has_ended(session, now)]:
            del self._sessions[key]


def _has_ended(session: _Session, now: float) -> bool:
    return now - session.last_used > MAX_IDLE_S or now - session.begun > MAX_AGE_S


def _key(token: str) -> str:
    """Hash a token: looking up the token itself would take longer the more of it is right."""
    return sha256(token.encode(errors="replace")).hexdigest()
