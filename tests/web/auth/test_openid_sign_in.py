"""People of a real issuer sign in, each round once, and nobody whom the issuer or the settings do not name."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from starlette.testclient import TestClient

from rag.errors import AccessError
from rag.settings import Settings, load_settings
from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD
from tests.web.auth.test_middleware import everything
from web.auth.login import Login
from web.auth.middleware import Guard
from web.auth.openid_sign_in import CALLBACK, START, OpenIdAccounts

# The server uses parts of authlib that are to go: in its thread, a warning made an error is a failed sign-in.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")

PEOPLE = (
    oidc_provider_mock.User(
        sub="s1", claims={"email": "Eve@example.org", "email_verified": True, "preferred_username": "eve"}
    ),
    oidc_provider_mock.User(
        sub="s2", claims={"email": "mallory@example.org", "email_verified": False, "preferred_username": "mallory"}
    ),
    oidc_provider_mock.User(sub="s3", claims={"preferred_username": "Ольга", "groups": ["readers"]}),
    oidc_provider_mock.User(
        sub="s4", claims={"email": "x@example.org", "email_verified": True, "preferred_username": "ann"}
    ),
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_OIDC_CLIENT_SECRET", "a secret")  # the server takes any, but no client without


def settings_for(issuer: str, users: Users, **more: object) -> Settings:
    return load_settings(
        oidc_issuer=issuer,
        oidc_client_id="citewell",
        auth_file=users.path,
        **{"oidc_domains": ("example.org",), "oidc_groups": ("readers",), **more},
    )


def app_for(settings: Settings, users: Users) -> TestClient:
    app = Guard(everything(), Login(users, settings))
    return TestClient(app, base_url="http://127.0.0.1:7860", follow_redirects=False)


@pytest.fixture
def at(issuer: str, users: Users) -> TestClient:
    return app_for(settings_for(issuer, users), users)


def authorized(at: TestClient, sub: str, query: str = "") -> str:
    """Begin a sign-in and let a person of the issuer go through it; return where they are sent back to."""
    begun = at.get(f"{START}{query}")
    assert begun.status_code == 303
    sent = httpx.post(begun.headers["location"], data={"sub": sub})
    assert sent.status_code in (302, 303), sent.text
    return sent.headers["location"]


def come_back(at: TestClient, address: str) -> Any:
    return at.get(f"{urlsplit(address).path}?{urlsplit(address).query}")


def test_a_person_signs_in_and_has_an_account_from_then_on(at: TestClient, users: Users) -> None:
    assert "login/openid" in at.get("/login").text
    back = come_back(at, authorized(at, "s1", "?c=1f"))
    assert (back.status_code, back.headers["location"]) == (303, "../../?c=1f")
    assert at.get("/").json()["user"] == "eve"
    assert (users.role("eve"), users.names()) == ("editor", ["ann", "eve"])
    assert not users.verify("eve", ""), "no password opens it"
    come_back(at, authorized(at, "s1"))
    assert users.names() == ["ann", "eve"], "the second time it is the same account"
    users.remove("eve")
    assert at.get("/citewell/sources").status_code == 401


def test_the_round_has_state_nonce_and_a_challenge(at: TestClient) -> None:
    asked = parse_qs(urlsplit(at.get(START).headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://127.0.0.1:7860{CALLBACK}"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
    assert "code_verifier" not in asked


def test_under_a_path_prefix_the_browser_comes_back_under_it(issuer: str, users: Users) -> None:
    at = app_for(settings_for(issuer, users, path_prefix="/papers"), users)
    begun = at.get(START)
    sent_back_to = parse_qs(urlsplit(begun.headers["location"]).query)["redirect_uri"]
    assert sent_back_to == [f"http://127.0.0.1:7860/papers{CALLBACK}"]
    assert "Path=/papers/login/openid;" in begun.headers["set-cookie"]


def test_each_round_comes_back_once_to_the_browser_that_began_it(at: TestClient, issuer: str, users: Users) -> None:
    address = authorized(at, "s1")
    other = app_for(settings_for(issuer, users), users)
    assert come_back(other, address).status_code == 403
    thief = TestClient(at.app, base_url="http://127.0.0.1:7860", follow_redirects=False)
    assert come_back(thief, authorized(at, "s1")).status_code == 403, "it has not the cookie"
    assert come_back(at, address).status_code == 303
    replayed = come_back(at, address)
    assert (replayed.status_code, "Sign in again" in replayed.text) == (403, True)
    for forged in ("", "?code=x", "?state=x&code=x", "?error=access_denied"):
        assert at.get(f"{CALLBACK}{forged}").status_code == 403


def test_a_code_of_another_round_is_refused(at: TestClient) -> None:
    first, second = (parse_qs(urlsplit(authorized(at, sub)).query) for sub in ("s1", "s3"))
    swapped = at.get(f"{CALLBACK}?state={second['state'][0]}&code={first['code'][0]}")
    assert (swapped.status_code, "not accepted" in swapped.text) == (403, True)
    assert at.get("/citewell/sources").status_code == 401


@pytest.mark.parametrize(
    ("sub", "settings", "said"),
    [
        ("s3", {"oidc_groups": ()}, "does not let your account in"),
        ("s4", {}, "signs in another way"),
    ],
)
def test_who_is_not_named_is_not_let_in(
    issuer: str, users: Users, sub: str, settings: dict[str, object], said: str
) -> None:
    at = app_for(settings_for(issuer, users, **settings), users)
    refused = come_back(at, authorized(at, sub))
    assert (refused.status_code, said in refused.text) == (403, True), refused.text
    assert users.names() == ["ann"]
    assert at.get("/citewell/sources").status_code == 401


def test_roles_come_from_the_settings_at_the_first_sign_in(issuer: str, users: Users) -> None:
    more: dict[str, object] = {"oidc_owners": ("eve@example.org",), "sign_in_role": "reader"}
    at = app_for(settings_for(issuer, users, **more), users)
    come_back(at, authorized(at, "s1"))
    come_back(at, authorized(at, "s3"))
    assert (users.role("eve"), users.role("ольга")) == ("owner", "reader")
    users.set_role("eve", "reader")
    come_back(at, authorized(at, "s1"))
    assert users.role("eve") == "reader", "what an owner has changed stays"


def test_an_issuer_that_is_another_or_away_lets_nobody_in(issuer: str, users: Users) -> None:
    for address in (issuer + "/", "http://127.0.0.1:9"):
        refused = app_for(settings_for(address, users), users).get(START)
        assert (refused.status_code, "does not answer as it should" in refused.text) == (403, True), address


def test_passwords_work_beside_it(at: TestClient) -> None:
    assert at.post("/login", data={"name": "ann", "password": GOOD_PASSWORD}).status_code == 303
    assert at.post("/login", data={"name": "eve", "password": GOOD_PASSWORD}).status_code == 401


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
def test_claims_that_name_nobody_let_nobody_in(users: Users, claims: dict[str, Any]) -> None:
    with pytest.raises(AccessError, match="does not let your account in"):
        accounts(users, oidc_groups=("staff",)).account(claims)


def test_a_user_name_that_anybody_may_choose_makes_no_owner(users: Users) -> None:
    chosen = accounts(users, oidc_owners=("Eve@Example.org", "eve"), oidc_domains=("*",))
    assert users.role(chosen.account({"sub": "s9", "preferred_username": "eve"})) == "editor"
    assert users.role(chosen.account({**EVE, "preferred_username": "eve2"})) == "owner"


def test_everybody_is_let_in_where_the_settings_say_so(users: Users) -> None:
    assert accounts(users, oidc_domains=("*",)).account({"sub": "4711"}) == "4711"
