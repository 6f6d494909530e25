"""The middleware lets through nobody unknown, nothing from other pages, and no other user's tab."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from rag.settings import Settings
from rag.stores.postgres.postgres_stores import PostgresStores
from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD as GOOD
from web.auth.access import owner_of
from web.auth.login import Login, SharedSignIns
from web.auth.middleware import Guard
from web.auth.sessions import StoredSessions
from web.auth.throttle import StoredThrottle

JSON = {"content-type": "application/json"}


async def seen(request: Request) -> Response:
    return JSONResponse({"user": owner_of(request), "body": (await request.body()).decode()})


def everything() -> Starlette:
    """Return an app that has every address."""
    return Starlette(routes=[Route("/{path:path}", seen, methods=["GET", "POST", "DELETE"])])


def login(users: Users, shared: SharedSignIns | None = None) -> Login:
    return Login(users, Settings(library=users.path.parent), shared)


def client(users: Users | None, *, base: str = "http://127.0.0.1:7860") -> TestClient:
    app = Guard(everything(), login(users) if users else None)
    return TestClient(app, base_url=base, follow_redirects=False, client=("1.1.1.1", 5000))


def sign_in(to: TestClient, name: str = "ann", password: str = GOOD, query: str = "") -> int:
    return to.post(f"/login{query}", data={"name": name, "password": password}).status_code


@pytest.mark.parametrize(
    "path", ["/citewell/sources", "/config", "/gradio_api/queue/data?session_hash=a", "/assets/x.js"]
)
def test_without_signing_in_there_is_nothing(users: Users, path: str) -> None:
    at = client(users)
    assert (at.get(path).status_code, at.post(path).status_code) == (401, 401)
    assert "Sign in again" in at.get(path).json()["error"]


def test_the_page_leads_to_the_form_and_back_to_where_one_wanted(users: Users) -> None:
    at = client(users)
    asked = at.get("/?c=1f")
    assert (asked.status_code, asked.headers["location"]) == (303, "login?c=1f")
    form = at.get("/login?c=1f%22%3E<script>")
    assert 'action="login?c=1f%22%3E' in form.text
    assert "<script" not in form.text
    signed = at.post("/login?c=1f", data={"name": "Ann", "password": GOOD})
    assert (signed.status_code, signed.headers["location"]) == (303, "./?c=1f")
    cookie = signed.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert at.get("/").json()["user"] == "ann"


def test_with_an_auth_file_that_cannot_be_read_nobody_is_let_in(users: Users) -> None:
    at = client(users)
    sign_in(at)
    users.path.write_text("{")
    for answer in (at.get("/citewell/sources"), at.post("/login", data={"name": "ann", "password": GOOD})):
        assert answer.status_code == 503
        assert "is damaged" in answer.json()["error"]


@pytest.mark.postgres
def test_while_the_database_does_not_answer_nobody_is_let_in_and_a_person_is_told_on_a_page(
    users: Users, postgres_stores: PostgresStores, caplog: pytest.LogCaptureFixture
) -> None:
    sessions, failures = postgres_stores.shared("sessions"), postgres_stores.shared("failed_sign_ins")
    shared = SharedSignIns(StoredSessions(users, sessions), StoredThrottle(failures), "citewell-shared")
    at = TestClient(Guard(everything(), login(users, shared)), base_url="http://127.0.0.1", follow_redirects=False)
    assert sign_in(at) == 303
    assert "citewell-shared" in at.cookies
    assert at.get("/").json()["user"] == "ann"
    postgres_stores.close()
    asked = (at.get("/"), at.get("/citewell/sources"), at.post("/login", data={"name": "ann", "password": GOOD}))
    for answer in asked:
        assert (answer.status_code, "Nobody can be let in just now" in answer.text) == (503, True)
    kinds = [answer.headers["content-type"].split(";")[0] for answer in asked]
    assert kinds == ["text/html", "application/json", "text/html"]
    assert "it has been closed" in caplog.text
    assert "it has been closed" not in "".join(answer.text for answer in asked)


def test_another_page_can_neither_read_nor_act_for_somebody_who_is_signed_in(users: Users) -> None:
    at = client(users)
    sign_in(at)
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:3000"},
    ):
        for path in ("/citewell/uploads", "/gradio_api/queue/join", "/logout", "/login"):
            assert at.post(path, headers=headers).status_code == 403
        for path in ("/citewell/sources", "/gradio_api/info", "/login", "/"):
            assert at.get(path, headers=headers).status_code == 403
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert at.get("/", headers=link).status_code == 200, "a link to Citewell may be followed from anywhere"
    assert at.get("/").status_code == 200
    assert at.post("/citewell/uploads", headers={"origin": "http://127.0.0.1:7860"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    """/gradio_api/file=/etc/passwd /gradio_api/upload /gradio_api/proxy=https://x /gradio_api/runs /monitoring
    /gradio_api/vibe-code /gradio_api/call/ask /gradio_api/run/predict /gradio_api/api/predict /gradio_api/token
    /gradio_api/dev/reload /gradio_api/openapi.json /monitoring/summary /logout /gradio_api/heartbeat/a/b
    /gradio_api/stream/a/b/c/playlist.m3u8 /gradio_api/process_recording /gradio_api/component_server""".split(),
)
def test_what_the_page_does_not_need_of_gradio_is_closed(users: Users, path: str) -> None:
    at = client(users)
    sign_in(at)
    assert [asked(path).status_code for asked in (at.get, client(None).get)] == [404, 404]
    if path != "/logout":
        assert at.post(path, json={}).status_code == 404


def test_another_users_tab_is_closed_to_read_to_ask_and_to_stop(users: Users) -> None:
    users.add("bob", GOOD)
    at = client(users)
    sign_in(at)
    event = '{"session_hash": "tab1", "data": ["ü"], "fn_index": 3}'
    mine = at.post("/gradio_api/queue/join", content=event, headers=JSON)
    assert mine.json() == {"user": "ann", "body": event}, "and the app reads it as it was sent"
    at.cookies.clear()
    sign_in(at, "bob")
    for path in ("/gradio_api/queue/data?session_hash=tab1", "/gradio_api/heartbeat/tab1"):
        assert at.get(path).status_code == 403
    for path in ("/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset"):
        assert at.post(path, content=event, headers=JSON).status_code == 403
        for unclear in ("", "[]", "{", '{"session_hash": 7}', "[" * 100_000):
            assert at.post(path, content=unclear, headers=JSON).status_code == 403
    assert at.get("/gradio_api/queue/data").status_code == 403
    assert at.get("/gradio_api/queue/data?session_hash=tab2").json()["user"] == "bob"


def test_without_accounts_only_this_machines_own_names_are_answered() -> None:
    named = TestClient(Guard(everything(), host_names=("papers.home.arpa",)), base_url="http://papers.home.arpa:7860")
    for host in ("127.0.0.1:7860", "localhost", "localhost:80", "[::1]:7860", "127.0.0.2"):
        assert client(None).get("/", headers={"host": host}).json()["user"] == "", host
    for host in (
        "evil.example:7860",
        "127.0.0.1.evil.example",
        "",
        "10.0.0.1",
        "[::ffff:7f00:1]",
        "[::ffff:127.0.0.1]:1",
    ):
        for at in (client(None), named):
            refused = at.get("/", headers={"host": host})
            assert (refused.status_code, "this machine's own address" in refused.json()["error"]) == (403, True), host
    assert named.get("/").status_code == 200
    assert named.get("/", headers={"origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize("headers", [{"host": "["}, {"origin": "http://["}])
def test_a_host_or_an_origin_that_is_no_address_is_refused(users: Users, headers: dict[str, str]) -> None:
    for at in (client(None), client(users)):
        assert at.post("/login", headers=headers).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1/login?", f"x/shared/{'a' * 43}?", "x/gradio_api/startup-events#"])
def test_a_forged_host_opens_no_address(users: Users, host: str) -> None:
    at = client(users)
    for path in ("/citewell/sources", "/gradio_api/queue/join", "/admin"):
        answer = at.get(path, headers={"host": host})
        assert answer.status_code in (303, 401), path
        assert "body" not in answer.text
    assert client(None).get("/citewell/sources", headers={"host": f"evil.example/{host}"}).status_code == 403


def test_a_body_without_end_is_refused(users: Users) -> None:
    at = client(users)
    sign_in(at)
    large = b'{"session_hash": "s", "data": "' + b"x" * 3_000_000
    assert at.post("/gradio_api/queue/join", content=large, headers=JSON).status_code == 413
    assert at.post("/login", data={"name": "x" * 20_000}).status_code == 413
