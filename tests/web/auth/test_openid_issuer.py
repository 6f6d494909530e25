"""A token of an issuer is taken only from itself, for us, for this round, and in its time."""

import time
from collections.abc import Iterator
from typing import Any

import oidc_provider_mock
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from web.auth.openid_issuer import OpenIdIssuer


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "k1"})


def id_token(key: RSAKey, address: str, **changed: Any) -> str:
    now = int(time.time())
    claims = {"iss": address, "aud": "citewell", "sub": "s1", "nonce": "n", "iat": now, "exp": now + 60, **changed}
    return jwt.encode({"alg": "RS256", "kid": "k1"}, {n: v for n, v in claims.items() if v is not None}, key)


@pytest.fixture
def issuer(address: str, key: RSAKey, monkeypatch: pytest.MonkeyPatch) -> OpenIdIssuer:
    """Return an issuer of our own key, described by the real server."""
    made = OpenIdIssuer(address, "citewell", "")
    uri, get = made._described()["jwks_uri"], made._get
    keys = KeySet([key]).as_dict(private=False)
    monkeypatch.setattr(made, "_get", lambda asked: keys if asked == uri else get(asked))
    return made


def test_a_token_for_this_round_is_taken(issuer: OpenIdIssuer, key: RSAKey, address: str) -> None:
    assert issuer._checked(id_token(key, address), "n")["sub"] == "s1"
    assert issuer._checked(id_token(key, address, aud=["citewell", "other"], azp="citewell"), "n")["sub"] == "s1"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"nonce": "of another round"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
    ],
)
def test_another_issuers_or_anothers_or_an_old_token_is_refused(
    issuer: OpenIdIssuer, key: RSAKey, address: str, changed: dict[str, Any]
) -> None:
    with pytest.raises(JoseError):
        issuer._checked(id_token(key, address, **changed), "n")


def test_a_token_signed_by_another_key_or_by_none_is_refused(issuer: OpenIdIssuer, address: str) -> None:
    with pytest.raises(JoseError):
        issuer._checked(id_token(RSAKey.generate_key(2048, {"kid": "k1"}), address), "n")
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzMSJ9."
    with pytest.raises((JoseError, ValueError)):
        issuer._checked(unsigned, "n")
