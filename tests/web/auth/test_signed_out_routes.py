"""Where users sign in, no address of the whole app answers somebody without a cookie or a key, but for those meant to.

All routes are walked as they are built, Gradio's and the API's among them: one that is added is walked too.
"""

import json
from collections.abc import Iterator

import httpx
import pytest

from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD
from tests.support.app_process import forked
from tests.web.auth.routed_app import SECRET, main

OPEN = {"/login", "/health", "/ready", "/gradio_api/startup-events"}
"""Addresses that answer everybody: the form, a load balancer's two, and Gradio's call to itself when it starts."""

Routed = set[tuple[str, str]]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Routed]]:
    """Yield the address of an app with accounts, and every method and path that it routes."""
    folder = tmp_path_factory.mktemp("routed")
    users, routes = folder / "users.json", folder / "routes.json"
    Users(users).add("ann", GOOD_PASSWORD)
    with forked(main, folder, str(users), str(routes)) as (address, _):
        yield address, {(method, path) for method, path in json.loads(routes.read_text())}


FORGED = {"Cookie": "citewell_session=5a", "Authorization": "Bearer cw_5a"}


@pytest.mark.parametrize("headers", [{}, FORGED], ids=["none", "forged"])
def test_nothing_answers_without_a_cookie_or_a_key_but_what_is_meant_to(
    app: tuple[str, Routed], headers: dict[str, str]
) -> None:
    address, routed = app
    paths = {path for _, path in routed}
    assert {"/", "/admin", "/citewell/sources", "/gradio_api/queue/join", "/api/v1/asks", "/metrics"} <= paths
    answered = set[tuple[str, str, int]]()
    with httpx.Client(base_url=address, headers=headers, timeout=30) as stranger:
        for method, path in sorted(routed):
            answer = stranger.request(method, path)
            assert SECRET not in answer.text
            is_refused = answer.status_code in (401, 403) or answer.headers.get("location", "").startswith("login")
            if path not in OPEN and not is_refused:
                answered.add((method, path, answer.status_code))
    assert answered == set()


def test_a_session_opens_the_api_as_well(app: tuple[str, Routed]) -> None:
    with httpx.Client(base_url=app[0], timeout=30) as at:
        assert at.get("/api/v1").headers["www-authenticate"] == "Bearer"
        assert at.get("/health").status_code == 200
        at.post("/login", data={"name": "ann", "password": GOOD_PASSWORD})
        assert at.get("/api/v1").status_code == 200
