"""Remember who is signed in. A session ends with time, by signing out, and when its user's password changes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from threading import Lock

from serving.user_store import UserStore

MAX_IDLE_S = 12 * 3600.0
MAX_AGE_S = 7 * 24 * 3600.0
MAX_PER_USER = 20
"""Beyond that the oldest session of a user ends."""


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
                or has_ended(session.begun, session.last_used, now)
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
                SessionShown(shown_id(key), each.user, int((now - each.begun) // 60), int((now - each.last_used) // 60))
                for key, each in self._sessions.items()
                if self._users.stamp(each.user) == each.stamp
            ]
        return sorted(shown, key=lambda session: session.user)

    def end_by_id(self, id_: str) -> None:
        """End the session of an id; one of none is ignored."""
        with self._lock:
            for key in [key for key in self._sessions if shown_id(key) == id_]:
                del self._sessions[key]

    def end_all_of(self, user: str) -> None:
        """End all sessions of a user."""
        with self._lock:
            for key in [key for key, session in self._sessions.items() if session.user == user]:
                del self._sessions[key]

    def _drop_ended(self, now: float) -> None:
        for key in [key for key, session in self._sessions.items() if has_ended(session.begun, session.last_used, now)]:
            del self._sessions[key]


def has_ended(begun: float, last_used: float, now: float) -> bool:
    """Return whether a session's time is over."""
    return now - last_used > MAX_IDLE_S or now - begun > MAX_AGE_S


def shown_id(key: str) -> str:
    """Return what a session is named by on a page: its key would not sign anybody in, but is nobody's business."""
    return sha256(key.encode()).hexdigest()[:16]


def key_of(token: str) -> str:
    """Hash a token: looking up the token itself would take longer the more of it is right."""
    return sha256(token.encode(errors="replace")).hexdigest()
