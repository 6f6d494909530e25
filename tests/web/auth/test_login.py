"""Signing in and out: cookies, wrong passwords, and a form in which nothing of the address is live."""

import pytest

from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD as GOOD
from tests.web.auth.test_middleware import client, sign_in


def test_the_cookie_goes_over_https_only_where_there_is_https(users: Users) -> None:
    at = client(users, base="https://abc.gradio.live")
    assert "Secure" in at.post("/login", data={"name": "ann", "password": GOOD}).headers["set-cookie"]


def test_wrong_passwords_and_unknown_names_are_refused_alike_and_must_wait(users: Users) -> None:
    at = client(users)
    wrong, unknown = (at.post("/login", data={"name": n, "password": "x" * 12}) for n in ("ann", "zoe"))
    assert (wrong.status_code, wrong.text.replace("ann", "zoe")) == (unknown.status_code, unknown.text)
    assert wrong.status_code == 401
    assert [sign_in(at, password="x" * 12) for _ in range(6)] == [401] * 4 + [429] * 2
    assert sign_in(at) == 429, "now not even the right one"
    assert sign_in(client(users)) == 303, "each app counts for itself"


def test_signing_out_ends_the_session_at_once(users: Users) -> None:
    at = client(users)
    assert sign_in(at) == 303
    stolen = dict(at.cookies)
    out = at.post("/logout")
    assert (out.status_code, out.headers["location"]) == (303, "login")
    at.cookies.update(stolen)
    assert at.get("/citewell/sources").status_code == 401
    assert at.get("/logout").status_code == 401, "a link or an image signs nobody out"


def test_signing_in_again_ends_the_session_before(users: Users) -> None:
    at = client(users)
    assert sign_in(at) == 303
    earlier = dict(at.cookies)
    assert sign_in(at) == 303
    assert at.get("/").status_code == 200
    at.cookies.clear()
    at.cookies.update(earlier)
    assert at.get("/citewell/sources").status_code == 401


@pytest.mark.parametrize("other", ['prefs={"a":1}', "a=b c", "a=\xe9", "alone", "a[]=1", "a=,"])
def test_cookies_of_other_apps_on_this_host_keep_nobody_out(users: Users, other: str) -> None:
    at = client(users)
    assert sign_in(at) == 303
    ours = "; ".join(f"{name}={value}" for name, value in at.cookies.items())
    at.cookies.clear()
    for sent in (f"{other}; {ours}", f"{ours}; {other}"):
        assert at.get("/", headers={b"Cookie": sent.encode("latin-1")}).status_code == 200
