"""A proxy names who signs in; nobody else does, whatever they send."""

import pytest
from starlette.testclient import TestClient

from rag.settings import load_settings
from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD
from tests.web.auth.test_middleware import everything
from web.auth.login import Login
from web.auth.middleware import Guard

HEADER = "X-Remote-User"


def client(users: Users, address: str = "10.0.0.7") -> TestClient:
    settings = load_settings(
        proxy_user_header=HEADER, trusted_proxies=("10.0.0.0/29", "::1"), auth_file=users.path, sign_in_role="reader"
    )
    app = Guard(everything(), Login(users, settings))
    return TestClient(app, base_url="https://citewell.example", follow_redirects=False, client=(address, 5000))


def test_whom_the_proxy_names_is_signed_in_and_has_an_account(users: Users) -> None:
    at = client(users)
    assert at.get("/", headers={HEADER: " Bob "}).json()["user"] == "bob"
    assert users.role("bob") == "reader"
    assert at.get("/citewell/sources").status_code == 401, "no cookie goes on without the header"
    assert client(users, "::1").get("/", headers={HEADER: "bob"}).json()["user"] == "bob"


@pytest.mark.parametrize("name", ["Ünal", "Ольга", "علي", "अनुज", "明美", "지우", "สมชาย", "Ελένη"])
def test_names_of_any_script_come_in_utf_8(users: Users, name: str) -> None:
    answer = client(users).get("/", headers=[(HEADER.encode(), name.encode())])
    assert answer.json()["user"] == name.casefold()


@pytest.mark.parametrize("address", ["10.0.0.9", "127.0.0.1", "1.1.1.1", "::2", "testclient"])
def test_a_stranger_is_refused_with_the_header_and_without(users: Users, address: str) -> None:
    at = client(users, address)
    for headers in ({HEADER: "ann"}, {}, {"X-Forwarded-For": "10.0.0.7", HEADER: "ann"}):
        refused = at.get("/citewell/sources", headers=headers)
        assert (refused.status_code, "through its proxy only" in refused.text) == (403, True)
    assert at.get("/", headers={HEADER: "ann"}).status_code == 403
    assert at.post("/login", data={"name": "ann", "password": GOOD_PASSWORD}).status_code == 403
    assert at.get(f"/shared/{'A' * 43}").status_code == 403


def test_a_header_that_came_twice_or_is_no_name_or_anothers_is_refused(users: Users) -> None:
    at = client(users)
    twice = [(HEADER.encode(), b"bob"), (HEADER.lower().encode(), b"ann")]
    assert at.get("/", headers=twice).status_code == 403
    for name in ("a b", "../x", "<b>", "x" * 65, "ann"):
        assert at.get("/", headers={HEADER: name}).status_code == 403, name
    assert users.names() == ["ann"]


def test_passwords_work_beside_it_through_the_proxy(users: Users) -> None:
    at = client(users)
    assert at.post("/login", data={"name": "ann", "password": GOOD_PASSWORD}).status_code == 303
    assert at.get("/").json()["user"] == "ann"
