"""Settings of a sign-in elsewhere that would let anybody in are refused before anything listens."""

from pathlib import Path
from typing import Any

import pytest

from rag.errors import SettingsError
from rag.settings import load_settings
from serving.listening import require_users
from serving.sign_in_settings import find_oidc_secret, signs_in_elsewhere

OPENID: dict[str, Any] = {
    "oidc_issuer": "https://id.example.org",
    "oidc_client_id": "citewell",
    "oidc_domains": ("example.org",),
    "auth_file": Path("users.json"),
}
PROXY: dict[str, Any] = {
    "proxy_user_header": "X-Remote-User",
    "trusted_proxies": ("127.0.0.1",),
    "auth_file": Path("users.json"),
}


def test_whole_settings_are_taken_and_the_auth_file_is_made() -> None:
    assert not signs_in_elsewhere(load_settings())
    for given in (OPENID, PROXY, {**OPENID, **PROXY}):
        assert signs_in_elsewhere(load_settings(**given))
    assert signs_in_elsewhere(load_settings(**{**OPENID, "auth_file": None}, database="postgresql://127.0.0.1/a"))
    users = require_users(load_settings(**OPENID), elsewhere=True)
    assert users is not None
    assert users.names() == []
    with pytest.raises(SettingsError, match="has no user"):
        require_users(load_settings(auth_file=Path("users.json")))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({**OPENID, "oidc_issuer": "http://id.example.org"}, "with https"),
        ({**OPENID, "oidc_issuer": "https://"}, "with https"),
        ({**OPENID, "oidc_client_id": None}, "oidc_client_id"),
        ({**OPENID, "oidc_domains": ()}, "Name whom to let in"),
        ({**OPENID, "auth_file": None}, "auth file"),
        ({**PROXY, "auth_file": None}, "auth file"),
        ({**PROXY, "trusted_proxies": ()}, "trusted_proxies"),
        ({**PROXY, "trusted_proxies": ("proxy.example",)}, "write addresses"),
        ({**PROXY, "trusted_proxies": ("0.0.0.0/0",)}, "trusts every address"),
        ({**PROXY, "proxy_user_header": "X User"}, "write a header's name"),
        ({**PROXY, "share": True}, "there is no --share"),
    ],
)
def test_settings_that_are_half_or_let_anybody_in_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        signs_in_elsewhere(load_settings(**given))


def test_the_secret_comes_from_the_environment_and_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_OIDC_CLIENT_SECRET", " hidden ")
    settings = load_settings(**OPENID)
    assert find_oidc_secret(settings) == "hidden"
    assert "hidden" not in str(settings)
