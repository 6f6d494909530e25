"""Find out who sends a request: by its key, by the session of the app, or because it comes from this machine."""

import logging
from collections.abc import Callable, Collection

from starlette.requests import Request

from api.caller import Caller
from api.key import PREFIX, Key
from api.key_store import KeyStore
from api.origins import is_for_this_machine
from api.problems import ProblemError
from rag.errors import AccessError, LibraryError, SettingsError
from serving.ownership import may_edit
from serving.user_store import UserStore

log = logging.getLogger(__name__)

SessionUser = Callable[[Request], str | None]
"""Returns the user of the app's session that a request belongs to; None if it belongs to none."""

KEY_SCHEME = {"type": "http", "scheme": "bearer", "description": "A key that 'citewell keys add' has made."}
"""How a key is sent, as the descriptions of the faces say it."""

_QUERY_NAMES = {"key", "api_key", "apikey", "api-key", "token", "access_token", "authorization"}
_HOW = "Send a key as 'Authorization: Bearer cw_…'; 'citewell keys add NAME' makes one."


def no_session(_request: Request) -> None:
    """Return None: where there is no app, nobody has signed in to it."""


class Authentication:
    """The ways to be known to one server. With `users` everybody needs a key or a session; with `needs_key`, a key.

    With neither, whoever asks under this machine's own address, or under one of its `host_names`, is let in.
    """

    def __init__(
        self,
        keys: KeyStore,
        users: UserStore | None,
        session_user: SessionUser = no_session,
        *,
        needs_key: bool = False,
        host_names: Collection[str] = (),
    ) -> None:
        self._keys = keys
        self._users = users
        self._session_user = session_user
        self._needs_key = needs_key
        self._host_names = host_names

    def caller(self, request: Request) -> Caller:
        """Return who sends a request.

        Raises:
            ProblemError: nobody knows, or not now: the keys, the auth file or the database cannot be read; or the
                request has not come through the proxy that names users.
        """
        require_no_key_in_query(request)
        try:
            return self._caller(request)
        except AccessError as error:  # as the app says it: 404 would be for what is asked for
            raise ProblemError(403, str(error)) from error
        except (LibraryError, SettingsError) as error:
            log.error("nobody can be let in: %s", error)  # noqa: TRY400  the sentence says it; a stranger is not told
            raise ProblemError(
                503,
                "Nobody can be let in just now: what is known of keys and users cannot be read. Try again in a minute.",
            ) from error

    def _caller(self, request: Request) -> Caller:
        text = _key_of(request)
        if text and (text.startswith(PREFIX) or not self._is_open):
            return self._caller_with(self._keys.verify(text))
        if self._needs_key:
            raise ProblemError(401, f"A key is needed here. {_HOW}")
        if self._users is None:
            if not is_for_this_machine(request, self._host_names):
                raise ProblemError(403, "Without a key, Citewell answers under this machine's own address only.")
            return Caller()
        user = self._session_user(request)
        if user is None:
            raise ProblemError(401, f"A key is needed, or a sign-in to the app. {_HOW}")
        return Caller(owner=user, is_editor=may_edit(self._users, user))

    @property
    def _is_open(self) -> bool:
        """True if no key is needed: then text that is none of ours is passed over, as many clients must send some."""
        return not self._needs_key and self._users is None

    def _caller_with(self, key: Key | None) -> Caller:
        if key is None or not self._has_account(key.owner):
            raise ProblemError(401, f"This key is not known (any more): it was revoked, or its time is over. {_HOW}")
        return Caller(
            owner=key.owner,
            key=key.id,
            collection=key.collection,
            read_only=key.read_only,
            is_editor=may_edit(self._users, key.owner),
            requests=key.requests,
            tokens=key.tokens,
        )

    def _has_account(self, owner: str) -> bool:
        """Return whether a key's user is still there; the person at the shell has no account."""
        return not owner or self._users is None or self._users.stamp(owner) is not None


def require_no_key_in_query(request: Request) -> None:
    """Refuse a key in an address: addresses are kept in logs and histories.

    Raises:
        ProblemError: there is one.
    """
    for name, value in request.query_params.multi_items():
        if value.startswith(PREFIX) or name.lower() in _QUERY_NAMES:
            raise ProblemError(
                400, f"A key does not belong in an address, which is kept in logs: revoke it if it was one. {_HOW}"
            )


def _key_of(request: Request) -> str:
    """Return the key that was sent, "" if none was."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip()
    return request.headers.get("x-api-key", "").strip()
