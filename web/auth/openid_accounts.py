"""Decide who of an issuer's people is let in, by which name, and in which role (pure but for the auth file)."""

from collections.abc import Mapping
from typing import Any

from rag.errors import AccessError, SettingsError
from rag.runtime.audit_log import record
from rag.settings import Settings
from serving.accounts import Role
from serving.user_store import UserStore

_NOT_LET_IN = "You have signed in, but this Citewell does not let your account in. Ask an owner of it."


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
