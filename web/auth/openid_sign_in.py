"""The round of a sign-in by OpenID Connect: to the issuer with state, nonce and PKCE, and back with a code.

Who of the issuer's people is let in, by which name and in which role, the settings say.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rag.errors import AccessError, SettingsError
from rag.runtime.audit_log import record
from rag.settings import Settings
from serving.accounts import Role
from serving.sign_in_settings import find_oidc_secret
from serving.user_store import UserStore
from web.auth.openid_issuer import OpenIdIssuer
from web.auth.pending_sign_ins import PendingSignIns

START = "/login/openid"
CALLBACK = "/login/openid/callback"
_COOKIE = "citewell-openid"
_COOKIE_S = 600
_FAILED = "The sign-in could not be completed: it took too long, or was sent twice. Sign in again."
_NOT_LET_IN = "You have signed in, but this Citewell does not let your account in. Ask an owner of it."


class OpenIdSignIn:
    """The sign-in of one app at one issuer."""

    def __init__(self, settings: Settings, users: UserStore) -> None:
        secret = find_oidc_secret(settings)
        self._issuer = OpenIdIssuer(settings.oidc_issuer or "", settings.oidc_client_id or "", secret)
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


class OpenIdAccounts:
    """The accounts of one issuer's people in an auth file."""

    def __init__(self, settings: Settings, users: UserStore) -> None:
        self._settings = settings
        self._users = users

    def account(self, claims: Mapping[str, Any]) -> str:
        """Return the name of the account that these claims are of, which is made at the first sign-in.

        An account is known by issuer and subject, never by a name or address, which may pass to somebody else.

        Raises:
            AccessError: they are not let in, or their name is another user's.
            SettingsError: the auth file cannot be read or written.
        """
        if not self._is_let_in(claims):
            raise AccessError(_NOT_LET_IN)
        identity = f"{self._settings.oidc_issuer} {claims['sub']}"
        role: Role = "owner" if _email(claims) in self._owners() else self._settings.sign_in_role
        name = next((each for each in _names(claims) if each), "")
        before = self._users.names()
        try:
            stored = self._users.add_from_elsewhere(name, identity, role)
        except SettingsError as error:
            raise AccessError(str(error)) from error
        if stored not in before:
            record(self._settings.audit_log, "user-added", stored, role)
        return stored

    def _owners(self) -> set[str]:
        return {each.casefold() for each in self._settings.oidc_owners}

    def _is_let_in(self, claims: Mapping[str, Any]) -> bool:
        domains = {each.casefold() for each in self._settings.oidc_domains}
        groups = claims.get("groups")
        in_group = isinstance(groups, list) and not set(map(str, groups)).isdisjoint(self._settings.oidc_groups)
        email = _email(claims)
        return in_group or "*" in domains or (bool(email) and email.rpartition("@")[2] in domains)


def _email(claims: Mapping[str, Any]) -> str:
    """Return the address that the issuer has verified, "" if it has not."""
    email = claims.get("email")
    return email.casefold() if isinstance(email, str) and claims.get("email_verified") is True else ""


def _names(claims: Mapping[str, Any]) -> list[str]:
    return [str(claims.get("preferred_username") or "").strip(), _email(claims), str(claims["sub"])]
