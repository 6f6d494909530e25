"""Sessions in the database of the library: whoever signs in or out on one server does so on all that share it.

Times are those of the database's clock, so the servers' own may differ.
"""

from secrets import token_urlsafe
from typing import Any

from rag.stores.sql_statements import SharedDatabase
from serving.user_store import UserStore
from web.auth.sessions import MAX_AGE_S, MAX_IDLE_S, MAX_PER_USER, Sessions, SessionShown, has_ended, key_of, shown_id

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


class StoredSessions:
    """The sessions of all servers on one database. They go on when a server is started anew."""

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
            SessionShown(shown_id(key), user, int((now - begun) // 60), int((now - last_used) // 60))
            for user, _, begun, last_used, now, key in rows
        ]

    def end_by_id(self, id_: str) -> None:
        """End the session of an id; one of none is ignored."""
        self._end([row[-1] for row in self._rows() if shown_id(row[-1]) == id_])

    def end_all_of(self, user: str) -> None:
        """End all sessions of a user."""
        with self._database.writing() as db:
            db.execute("DELETE FROM sessions WHERE account = ?", (user,))

    def _goes_on(self, row: Any) -> bool:
        user, stamp, begun, last_used, now, _ = row
        return not has_ended(begun, last_used, now) and self._users.stamp(user) == stamp

    def _rows(self) -> list[Any]:
        with self._database.reading() as db:
            return db.execute(_SELECT + " ORDER BY account, begun").fetchall()

    def _end(self, keys: list[str]) -> None:
        with self._database.writing() as db:
            db.executemany("DELETE FROM sessions WHERE key = ?", [(key,) for key in keys])


SessionStore = Sessions | StoredSessions
"""The sessions of an app, or of several that share a database."""
