"""The round of a sign-in by OpenID Connect: to the issuer with state, nonce and PKCE, and back with a code."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rag.errors import AccessError
from rag.settings import Settings
from serving.sign_in_settings import find_oidc_secret
from serving.user_store import UserStore
from web.auth.openid_accounts import OpenIdAccounts
from web.auth.openid_issuer import Issuer, OpenIdIssuer
from web.auth.pending_sign_ins import PendingSignIns

START = "/login/openid"
CALLBACK = "/login/openid/callback"
_COOKIE = "citewell-openid"
_COOKIE_S = 600
_FAILED = "The sign-in did not come back as it was begun: it took too long, or came twice. Begin it again."


class OpenIdSignIn:
    """The sign-in of one app at one issuer."""

    def __init__(self, settings: Settings, users: UserStore) -> None:
        issuer = Issuer(settings.oidc_issuer or "", settings.oidc_client_id or "", find_oidc_secret(settings))
        self._issuer = OpenIdIssuer(issuer)
        self._accounts = OpenIdAccounts(settings, users)
        self._pending = PendingSignIns()
        self._prefix = settings.path_prefix or ""

    def begin(self, request: Request) -> Response:
        """Send the browser to the issuer.

        Raises:
            AccessError: the issuer does not answer.
        """
        redirect_uri = f"{request.url.scheme}://{request.url.netloc}{self._prefix}{CALLBACK}"
        pending, secret = self._pending.begin(redirect_uri, request.url.query[:200], request.cookies.get(_COOKIE, ""))
        response = RedirectResponse(self._issuer.authorization_url(pending), 303, {"Cache-Control": "no-store"})
        is_secure = request.url.scheme == "https"
        path = f"{self._prefix}{START}"
        response.set_cookie(
            _COOKIE, secret, max_age=_COOKIE_S, httponly=True, samesite="lax", secure=is_secure, path=path
        )
        return response

    def finish(self, request: Request) -> tuple[str, str]:
        """Return who has signed in, and the query of the page that was wanted before.

        Raises:
            AccessError: the round is not one that this browser began, or the person is not let in.
            SettingsError: the auth file cannot be read or written.
        """
        sent: Any = request.query_params
        pending = self._pending.take(sent.get("state", ""), request.cookies.get(_COOKIE, ""))
        if pending is None or not sent.get("code"):
            raise AccessError(_FAILED)
        claims = self._issuer.claims(pending, sent["code"])
        return self._accounts.account(claims), pending.query
