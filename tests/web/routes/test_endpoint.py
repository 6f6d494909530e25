"""Handlers get their request's owner, and every error of ours becomes a sentence with a fitting status."""

import socket
from collections.abc import Mapping
from threading import Event
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from rag.errors import AccessError, CitewellError, LibraryError, SettingsError
from serving.thread_turns import ThreadTurns, client_has_left
from tests.support.servers.served_app import served
from tests.web.routes.conftest import client, signed_in
from web.routes.endpoint import MAX_JSON_BYTES, Handler, data, endpoint, in_turn, json_endpoint


def at(handler: Handler, method: str = "GET") -> Route:
    return Route("/x", endpoint(handler), methods=[method])


def test_a_handler_gets_the_owner_whether_it_is_a_coroutine_or_not() -> None:
    def plain(request: Request, owner: str) -> Response:
        return data({"owner": owner})

    async def coroutine(request: Request, owner: str) -> Response:
        return data({"owner": owner})

    for handler in (plain, coroutine):
        answer = client([at(handler)], "bob").get("/x")
        assert answer.json() == {"owner": "bob"}
        assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("error", "status"),
    [(AccessError("Not yours."), 403), (LibraryError("It is damaged."), 503), (SettingsError("No such thing."), 400)],
)
def test_errors_are_sentences(error: CitewellError, status: int) -> None:
    def fail(request: Request, owner: str) -> Response:
        raise error

    answer = client([at(fail)]).get("/x")
    assert (answer.status_code, answer.json()) == (status, {"error": str(error)})


def test_a_full_disk_is_reported() -> None:
    def fail(request: Request, owner: str) -> Response:
        raise OSError(28, "No space left on device")

    answer = client([at(fail)]).get("/x")
    assert (answer.status_code, answer.json()) == (507, {"error": "The disk says: No space left on device."})


def test_what_is_sent_is_an_object_or_refused() -> None:
    def echo(request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        return data(dict(sent))

    asking = client([Route("/x", json_endpoint(echo), methods=["POST"])])
    assert asking.post("/x", content='{"a": [1]}').json() == {"a": [1]}
    assert asking.post("/x", content="[1]").json() == {}
    for broken in ("{", "", "[" * 100_000, '{"a": "\\ud800"}'):
        assert asking.post("/x", content=broken).status_code == 400
    large = asking.post("/x", content=b'"' + b"x" * MAX_JSON_BYTES + b'"')
    assert (large.status_code, "limit of 1 MB" in large.json()["error"]) == (413, True)


def test_a_number_of_thousands_of_digits_is_no_address() -> None:
    def echo(request: Request, owner: str) -> Response:
        return data(request.path_params["id"])

    asking = client([Route("/x/{id:number}", endpoint(echo))])
    assert asking.get("/x/12").json() == 12
    assert asking.get("/x/" + "9" * 5000).status_code == 404


def test_what_takes_its_turn_learns_that_its_client_has_left() -> None:
    begun, told = Event(), Event()

    def work(request: Request, owner: str) -> Response:
        begun.set()
        if client_has_left().wait(60):
            told.set()
        return data({})

    path = endpoint(in_turn(ThreadTurns(1, 1), work))
    with served(signed_in([Route("/x", path)], "ann")) as port:
        with socket.create_connection(("127.0.0.1", port)) as leaving:
            leaving.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            assert begun.wait(60)
            assert not told.is_set()
        assert told.wait(60)


def test_a_client_that_leaves_while_it_sends_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def left(request: Request, owner: str) -> Response:
        raise ClientDisconnect

    caplog.set_level("INFO", "web.routes.endpoint")
    assert client([at(left)]).get("/x").status_code == 400
    assert [record.getMessage() for record in caplog.records] == ["a client left before all was sent: GET /x"]
