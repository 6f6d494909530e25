"""Check the settings by which users sign in elsewhere, and find the secret they need."""

import os
import re
from contextlib import suppress
from ipaddress import ip_network
from urllib.parse import urlsplit

from rag.errors import SettingsError
from rag.settings import OIDC_SECRET_VARIABLE, Settings
from serving.listening import is_loopback

_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_SERVICE = "citewell"


def signs_in_elsewhere(settings: Settings) -> bool:
    """Return whether users come by OpenID Connect or through a proxy.

    Raises:
        SettingsError: a setting that belongs to it is missing, or cannot be used.
    """
    if settings.oidc_issuer is not None:
        _require_issuer(settings)
    if settings.proxy_user_header is not None:
        _require_proxy(settings)
    is_used = settings.oidc_issuer is not None or settings.proxy_user_header is not None
    if is_used and settings.auth_file is None and settings.database is None:
        raise SettingsError(
            "Who signs in elsewhere is written into an auth file: name it with --auth-file FILE; it need not exist."
        )
    return is_used


def find_oidc_secret(settings: Settings) -> str:
    """Return the client's secret: from the environment, else from the keyring under the issuer; "" if there is none."""
    if secret := os.environ.get(OIDC_SECRET_VARIABLE, "").strip():
        return secret
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    with suppress(KeyringError):
        return keyring.get_password(_SERVICE, settings.oidc_issuer or "") or ""
    return ""


def _require_issuer(settings: Settings) -> None:
    address = urlsplit(settings.oidc_issuer or "")
    is_safe = address.scheme == "https" or (address.scheme == "http" and is_loopback(address.hostname or ""))
    if not is_safe or not address.hostname or address.query or address.fragment:
        raise SettingsError(
            f"Setting 'oidc_issuer' is '{settings.oidc_issuer}': write the address of the issuer, with https."
        )
    if not settings.oidc_client_id:
        raise SettingsError("Setting 'oidc_client_id' is missing: the issuer knows Citewell by it.")
    if not settings.oidc_domains and not settings.oidc_groups:
        raise SettingsError(
            "Name whom to let in: oidc_domains or oidc_groups. The domain '*' lets in everybody whom the issuer knows."
        )


def _require_proxy(settings: Settings) -> None:
    if not _HEADER.fullmatch(settings.proxy_user_header or ""):
        raise SettingsError(
            f"Setting 'proxy_user_header' is '{settings.proxy_user_header}': write a header's name, as X-Remote-User."
        )
    if not settings.trusted_proxies:
        raise SettingsError("Setting 'trusted_proxies' is missing: name the addresses that may say who signs in.")
    for each in settings.trusted_proxies:
        try:
            is_everybody = ip_network(each, strict=False).prefixlen == 0
        except ValueError as error:
            raise SettingsError(
                f"Setting 'trusted_proxies' has '{each}': write addresses, as 127.0.0.1 or 10.0.0.0/24."
            ) from error
        if is_everybody:
            raise SettingsError("Setting 'trusted_proxies' trusts every address: anybody could be anybody. Name fewer.")
    if settings.share:
        raise SettingsError("With proxy_user_header there is no --share: its visitors would not come by your proxy.")
