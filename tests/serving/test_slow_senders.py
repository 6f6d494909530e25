"""Half a request ends after seconds, and a whole one is answered however long the answer takes."""

import socket
from collections.abc import Iterator
from threading import Event

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from serving import slow_senders
from serving.slow_senders import end_slow_senders
from tests.support.servers.served_app import served

_SOON_S = 0.3


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(slow_senders, "HEADERS_S", _SOON_S)
    monkeypatch.setattr(slow_senders, "BODY_S", _SOON_S)
    monkeypatch.setattr(slow_senders, "LINGER_S", _SOON_S)

    never = Event()

    def slow(_request: Request) -> Response:
        never.wait(3 * _SOON_S)
        return PlainTextResponse("done")

    async def refuse(_request: Request) -> Response:
        return PlainTextResponse("no", 413)

    async def echo(request: Request) -> Response:
        return Response(await request.body())

    app = Starlette(
        routes=[Route("/slow", slow), Route("/no", refuse, methods=["POST"]), Route("/echo", echo, methods=["POST"])]
    )
    with served(app, end_slow_senders) as port:
        yield port


def answer(port: int, *parts: bytes) -> bytes:
    """Send something, and return all that comes until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        received = b""
        while block := connection.recv(4096):
            received += block
        return received


def test_half_sent_headers_or_bodies_end(port: int) -> None:
    for half in (b"", b"GET /echo HTTP/1.1\r\nHost:"):
        assert answer(port, half).startswith(b"HTTP/1.1 408 ")
    assert answer(port, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf") == b""


def test_a_whole_request_is_answered_however_long_that_takes(port: int) -> None:
    assert answer(port, b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").endswith(b"done")
    whole = b"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\n"
    assert answer(port, whole, b"wh", b"ol").endswith(b"whol")


def received(connection: socket.socket, end: bytes) -> bytes:
    """Receive until what came ends so, or nothing comes."""
    taken = b""
    while not taken.endswith(end) and (block := connection.recv(4096)):
        taken += block
    return taken


def send_until_cut_off(connection: socket.socket, most: int) -> None:
    for _ in range(most // 100_000):
        connection.sendall(b" " * 100_000)


def test_who_goes_on_sending_what_was_refused_is_answered_and_cut_off(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(b"POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
        assert received(connection, b"no").startswith(b"HTTP/1.1 413 ")
        with pytest.raises(ConnectionError):
            send_until_cut_off(connection, 100_000_000)


def test_the_rest_of_a_refused_body_keeps_the_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(b"POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n")
        assert received(connection, b"no").startswith(b"HTTP/1.1 413 ")
        connection.sendall(b" " * 500_000)
        connection.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nnext")
        assert received(connection, b"next").startswith(b"HTTP/1.1 200 ")
