"""Accounts are of issuer and subject; addresses count only when the issuer has verified them."""

from typing import Any

import pytest

from rag.errors import AccessError
from rag.settings import load_settings
from serving.auth_file import Users
from web.auth.openid_accounts import OpenIdAccounts

EVE = {"sub": "s1", "email": "eve@example.org", "email_verified": True, "preferred_username": "eve"}


def accounts(users: Users, **more: Any) -> OpenIdAccounts:
    given = {"oidc_issuer": "https://id", "oidc_client_id": "c", "oidc_domains": ("Example.org",), **more}
    return OpenIdAccounts(load_settings(**given), users)


def test_a_name_that_passes_to_somebody_else_is_not_their_account(users: Users) -> None:
    assert accounts(users).account(EVE) == "eve"
    assert accounts(users).account({**EVE, "preferred_username": "ann"}) == "eve", "known by subject"
    with pytest.raises(AccessError, match="signs in another way"):
        accounts(users).account({**EVE, "sub": "s2"})
    with pytest.raises(AccessError, match="signs in another way"):
        accounts(users, oidc_issuer="https://other").account(EVE)


@pytest.mark.parametrize(
    "claims",
    [
        {**EVE, "email_verified": False},
        {**EVE, "email_verified": "true"},
        {**EVE, "email": "eve@example.org.evil.com"},
        {**EVE, "email": "eve@evil.com@"},
        {**EVE, "email": ["eve@example.org"]},
        {"sub": "s1", "groups": "staff"},
        {"sub": "s1", "groups": ["Staff"]},
    ],
)
def test_who_is_not_named_is_not_let_in(users: Users, claims: dict[str, Any]) -> None:
    with pytest.raises(AccessError, match="does not let your account in"):
        accounts(users, oidc_groups=("staff",)).account(claims)


def test_a_user_name_that_anybody_may_choose_makes_no_owner(users: Users) -> None:
    chosen = accounts(users, oidc_owners=("Eve@Example.org", "eve"), oidc_domains=("*",))
    assert users.role(chosen.account({"sub": "s9", "preferred_username": "eve"})) == "editor"
    assert users.role(chosen.account({**EVE, "preferred_username": "eve2"})) == "owner"


def test_everybody_is_let_in_where_the_settings_say_so(users: Users) -> None:
    assert accounts(users, oidc_domains=("*",)).account({"sub": "4711"}) == "4711"
