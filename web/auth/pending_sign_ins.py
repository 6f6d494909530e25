"""Remember sign-ins that were begun here and are to come back from the issuer, each once and soon."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from secrets import token_urlsafe
from threading import Lock

from web.auth.sessions import key_of

_MAX_AGE_S = 600.0
_MAX_PENDING = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSignIn:
    """One sign-in: the secrets of its round, and where the browser wanted to go."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    query: str
    browser: str
    begun: float


class PendingSignIns:
    """The sign-ins of one app, in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pending: OrderedDict[str, PendingSignIn] = OrderedDict()
        self._lock = Lock()

    def begin(self, redirect_uri: str, query: str, earlier: str = "") -> tuple[PendingSignIn, str]:
        """Begin a sign-in, and return it with the secret that the browser keeps in a cookie meanwhile.

        A browser that is signing in already, in another tab, keeps its `earlier` secret.
        """
        secret = earlier if self._is_pending(earlier) else token_urlsafe(32)
        begun = PendingSignIn(
            state=token_urlsafe(32),
            nonce=token_urlsafe(32),
            verifier=token_urlsafe(48),
            redirect_uri=redirect_uri,
            query=query,
            browser=key_of(secret),
            begun=self._clock(),
        )
        with self._lock:
            self._pending[begun.state] = begun
            while len(self._pending) > _MAX_PENDING:
                self._pending.popitem(last=False)
        return begun, secret

    def take(self, state: str, secret: str) -> PendingSignIn | None:
        """Return the sign-in of a state, once; None if there is none, it is too old, or another browser began it."""
        with self._lock:
            found = self._pending.get(state)
            if found is None or not compare_digest(found.browser, key_of(secret)):
                return None
            del self._pending[state]
        return found if self._is_young(found) else None

    def _is_pending(self, secret: str) -> bool:
        with self._lock:
            pending = list(self._pending.values())
        return any(each.browser == key_of(secret) and self._is_young(each) for each in pending)

    def _is_young(self, begun: PendingSignIn) -> bool:
        return self._clock() - begun.begun <= _MAX_AGE_S
