"""A server on this machine that answers as a script says: for what no real one does on demand."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

CHAT = "/v1/chat/completions"
MODELS = "/v1/models"

Reply = Callable[["Handler"], None]


@dataclass
class Request:
    """A request as it came in; `left` is set when the client has closed the connection before the reply ended."""

    path: str
    headers: dict[str, str]
    body: Any
    left: Event = field(default_factory=Event)


class ScriptedServer:
    """Replies by path: one after the other, the last one again and again. Other paths are not found."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self._replies: dict[str, list[Reply]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (Handler,), {"scripted": self}))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def on(self, path: str, *replies: Reply) -> None:
        self._replies[path] = list(replies)

    def reply(self, path: str) -> Reply:
        replies = self._replies.get(path)
        if not replies:
            return as_json({"error": {"message": "not found"}}, 404)
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def to(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    scripted: ScriptedServer
    protocol_version = "HTTP/1.1"
    request_seen: Request

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Any) -> None:
        self.request_seen = Request(self.path, dict(self.headers.items()), body)
        self.scripted.requests.append(self.request_seen)
        try:
            self.scripted.reply(self.path)(self)
        except OSError:
            self.close_connection = True
            self.request_seen.left.set()

    def send(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin_stream(self) -> None:
        """Send the head of an event stream, which ends with the connection."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def as_json(value: Any, status: int = 200, **headers: str) -> Reply:
    return lambda handler: handler.send(status, "application/json", json.dumps(value).encode(), **headers)


def page(status: int = 200) -> Reply:
    return lambda handler: handler.send(status, "text/html", b"<!doctype html><html><body>Welcome</body></html>")


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


def silence(released: Event, begun: Event | None = None) -> Reply:
    """Take a request and say nothing, until released or left; `begun` is set once it has come."""

    def reply(handler: Handler) -> None:
        handler.begin_stream()
        if begun:
            begun.set()
        wait_for_the_client(handler, released)

    return reply


def event(piece: Any) -> bytes:
    """Return a piece as an event: a value as JSON, text as it is."""
    return f"data: {piece if isinstance(piece, str) else json.dumps(piece)}\n\n".encode()


def stream(*pieces: Any, then: Callable[[Handler], None] = lambda _: None) -> Reply:
    """Send pieces as events, one after the other."""

    def reply(handler: Handler) -> None:
        handler.begin_stream()
        for piece in pieces:
            handler.wfile.write(event(piece))
            handler.wfile.flush()
        then(handler)

    return reply


def wait_for_the_client(handler: Handler, released: Event) -> None:
    """Wait until the client has closed the connection, or until released."""
    handler.connection.settimeout(0.02)  # how soon it sees that it was released
    while not released.is_set():
        with suppress(TimeoutError):
            if handler.connection.recv(1) == b"":
                handler.request_seen.left.set()
                return


def said(text: str = "", **delta: Any) -> dict[str, Any]:
    """Return a piece of an answer."""
    return {"choices": [{"index": 0, "delta": ({"content": text} if text else {}) | delta, "finish_reason": None}]}


def ended(reason: str = "stop", prompt: int = 0, completion: int = 0, **more: Any) -> dict[str, Any]:
    """Return the last piece of an answer, with the usage if there is a prompt."""
    usage = {"usage": {"prompt_tokens": prompt, "completion_tokens": completion, **more}} if prompt else {}
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}], **usage}


def answer(text: str, reason: str = "stop", prompt: int = 0) -> Reply:
    """Stream a text word by word."""
    words: Sequence[str] = text.replace(" ", "\0 ").split("\0")
    return stream(*(said(word) for word in words), ended(reason, prompt, len(words)), "[DONE]")


def listed(*rows: dict[str, Any]) -> Reply:
    """List models."""
    return as_json({"object": "list", "data": [{"object": "model", **row} for row in rows]})


@contextmanager
def scripted_server(port: int = 0) -> Iterator[ScriptedServer]:
    """Yield a server that has the model `model` and answers OK; end it."""
    server = ScriptedServer(port)
    server.on(MODELS, listed({"id": "model", "max_model_len": 4000}))
    server.on(CHAT, answer("OK", prompt=12))
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as started:
        yield started
