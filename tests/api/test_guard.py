"""Nothing reaches a face that the guard has not looked at, and nothing leaves it without its headers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Event, Semaphore
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api import application
from api.backend import Backend
from api.caller import caller_of
from api.face import Face
from api.problems import Problem
from api.standalone import RunningApi
from rag.services import Services
from tests.support.servers.api_server import client, make_key, serving_api

NAMED = "https://chat.example"


def odd(problem: Problem) -> Response:
    return JSONResponse({"error": {"message": problem.detail}}, problem.status, headers=problem.headers)


def echo_face(_backend: Backend) -> Face:
    async def echo(request: Request) -> Response:
        if request.query_params.get("fail"):
            raise RuntimeError("a secret of the inside")
        return JSONResponse({"owner": caller_of(request).owner, "size": len(await request.body())})

    app = Starlette(routes=[Route("/echo", echo, methods=["GET", "POST"])])
    return Face(paths=("/echo",), app=app, respond=odd, max_bytes=lambda _: 5_000_000)


@pytest.fixture
def running(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningApi]:
    """Yield a server that has this face only."""
    monkeypatch.setattr(application, "FACES", (echo_face,))
    with serving_api(services) as started:
        yield started


def test_a_face_gets_the_caller_and_the_whole_body(services: Services, running: RunningApi) -> None:
    with client(running, make_key(services, owner="ann")) as at:
        assert at.post("/echo", json={"a": "b" * 100_000}).json() == {"owner": "ann", "size": 100_008}
        assert at.get("/echo").headers["cache-control"] == "private, no-store"
        headers = at.get("/echo").headers
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert "default-src 'none'" in headers["content-security-policy"]


def test_a_refusal_has_the_form_of_the_face_and_a_bug_in_it_says_nothing_of_the_inside(running: RunningApi) -> None:
    with client(running, "cw_nonsense") as stranger, client(running) as at:
        refused = stranger.get("/echo")
        assert (refused.status_code, "not known" in refused.json()["error"]["message"]) == (401, True)
        failed = at.get("/echo?fail=1")
        assert (failed.status_code, "secret" in failed.text) == (500, False)
        assert at.get("/echo").status_code == 200


def test_a_gigabyte_is_refused_before_it_is_sent(running: RunningApi) -> None:
    at = HTTPConnection("127.0.0.1", urlsplit(running.url).port or 0, timeout=30)
    at.putrequest("POST", "/echo")
    at.putheader("Content-Type", "text/plain")
    at.putheader("Content-Length", str(10**9))
    at.endheaders()
    assert at.getresponse().status == 413
    at.close()


def test_a_named_origin_reads_refusals_too(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "FACES", (echo_face,))
    services.settings.__dict__["api_origins"] = (NAMED,)
    with serving_api(services) as running, httpx.Client(base_url=running.url, headers={"Origin": NAMED}) as at:
        refused = at.get("/echo", headers={"Authorization": "Bearer cw_x"})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, NAMED)
        asked = at.options("/echo", headers={"Access-Control-Request-Method": "POST"})
        assert asked.status_code == 204


POOL = 40
"""Threads that plain handlers share, of anyio."""


def test_who_asks_is_known_while_others_hold_all_threads(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    release, begun = Event(), Semaphore(0)

    def slow_face(_backend: Backend) -> Face:
        def slow(_request: Request) -> Response:
            begun.release()
            release.wait(60)
            return Response()

        async def quick(request: Request) -> Response:
            return JSONResponse({"owner": caller_of(request).owner})

        app = Starlette(routes=[Route("/slow", slow), Route("/quick", quick)])
        return Face(paths=("/slow", "/quick"), app=app, respond=odd, max_bytes=lambda _: 1000)

    monkeypatch.setattr(application, "FACES", (slow_face,))
    key = make_key(services, owner="ann")
    with (
        serving_api(services) as running,
        client(running, key) as at,
        ThreadPoolExecutor(POOL + 5) as others,
    ):
        waiting = [others.submit(get_slow, running, key) for _ in range(POOL + 5)]
        try:
            assert all(begun.acquire(timeout=60) for _ in range(POOL))
            assert at.get("/ready").status_code == 200
            assert at.get("/quick").json() == {"owner": "ann"}
        finally:
            release.set()
        assert {each.result() for each in waiting} == {200}


def get_slow(running: RunningApi, key: str) -> int:
    with client(running, key) as at:
        return at.get("/slow").status_code
