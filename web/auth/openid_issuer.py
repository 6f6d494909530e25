"""The issuer of one OpenID Connect sign-in: where it is asked, and whether what it says is its own and for us."""

from threading import Lock
from typing import Any

import httpx
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet

from rag.errors import AccessError
from web.auth.pending_sign_ins import PendingSignIn

_TIMEOUT_S = 15.0
_LEEWAY_S = 60
_SCOPE = "openid email profile"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures by a key that only the issuer has: never "none", nor a shared secret."""

_UNREACHED = "The sign-in service does not answer as it should. Try again, or ask an owner of this Citewell."
_REFUSED = "The sign-in was not accepted. Begin it again."


class OpenIdIssuer:
    """Requests to one issuer, from the client it knows; `secret` is "" for a public client.

    Its description and keys are fetched when they are needed.
    """

    def __init__(self, address: str, client_id: str, secret: str) -> None:
        self._address = address
        self._client_id = client_id
        self._secret = secret
        self._metadata: dict[str, Any] = {}
        self._lock = Lock()

    def authorization_url(self, pending: PendingSignIn) -> str:
        """Return the address at the issuer where a browser signs in.

        Raises:
            AccessError: the issuer does not answer.
        """
        metadata = self._described()
        with self._client(pending) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=pending.state,
                nonce=pending.nonce,
                code_verifier=pending.verifier,
            )
        return str(url)

    def claims(self, pending: PendingSignIn, code: str) -> dict[str, Any]:
        """Return what the issuer says of who has signed in, for the code that it sent the browser back with.

        Raises:
            AccessError: the code is not accepted, or what comes for it is not the issuer's, or not for this sign-in.
        """
        metadata = self._described()
        try:
            with self._client(pending) as client:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=pending.verifier,
                )
                claims = self._checked(str(token["id_token"]), pending.nonce)
                return {**self._user_info(client, claims), **claims}
        except httpx.HTTPError as error:
            raise AccessError(_UNREACHED) from error
        except AccessError:
            raise
        except Exception as error:  # authlib and joserfc raise many kinds, none of which lets anybody in
            raise AccessError(_REFUSED) from error

    def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        keys = KeySet.import_key_set(self._get(self._described()["jwks_uri"]))  # type: ignore[arg-type]
        token = jwt.decode(id_token, keys, algorithms=_ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._address},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(token.claims)
        if token.claims.get("azp", self._client_id) != self._client_id:
            raise AccessError(_REFUSED)
        return dict(token.claims)

    def _user_info(self, client: OAuth2Client, claims: dict[str, Any]) -> dict[str, Any]:
        """Return what the issuer says beside the token, if it is of the same person."""
        address = self._described().get("userinfo_endpoint")
        if not address or "email" in claims:
            return {}
        answer = client.get(address)
        found = answer.json() if answer.status_code == httpx.codes.OK else {}
        return found if isinstance(found, dict) and found.get("sub") == claims["sub"] else {}

    def _client(self, pending: PendingSignIn) -> Any:
        return OAuth2Client(
            self._client_id,
            self._secret or None,
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            scope=_SCOPE,
            redirect_uri=pending.redirect_uri,
            code_challenge_method="S256",
            timeout=_TIMEOUT_S,
            trust_env=False,
        )

    def _described(self) -> dict[str, Any]:
        """Return the issuer's description of itself, fetched once."""
        with self._lock:
            if not self._metadata:
                found = self._get(f"{self._address.rstrip('/')}/.well-known/openid-configuration")
                named = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if found.get("issuer") != self._address or any(not isinstance(found.get(n), str) for n in named):
                    raise AccessError(_UNREACHED)
                self._metadata = found
            return self._metadata

    def _get(self, address: str) -> dict[str, Any]:
        try:
            with httpx.Client(timeout=_TIMEOUT_S, trust_env=False) as client:
                value = client.get(address).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise AccessError(_UNREACHED) from error
        return value if isinstance(value, dict) else {}
