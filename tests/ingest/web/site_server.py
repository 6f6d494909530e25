"""A web site on this machine, as real as HTTP gets: it serves pages from memory, and misbehaves where it is told to."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

HTML = "text/html; charset=utf-8"

Body = bytes | Callable[[], Iterator[bytes]]
"""All of it, or parts that are sent as they are made: the site does not say how long it will be."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer of the site. Headers that are given here replace its own."""

    body: Body = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """Pages by path. `requests` has the path and the headers of every request; `closing` is set when the test ends."""

    def __init__(self) -> None:
        self.pages: dict[str, Response] = {}
        self.any_page: Callable[[str], Response] | None = None
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.closing = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("SiteRequest", (_Request,), {"site": self}))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def address(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def add(self, path: str, body: Body = b"", status: int = 200, **headers: str) -> str:
        """Serve a page, and return its address; underscores in names of headers are hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Response(body, status, {"Content-Type": HTML} | named)
        return self.address(path)

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        return self.add(path, status=status, Location=target)

    def paths(self) -> list[str]:
        """Return the paths that were requested, in order, robots.txt aside."""
        return [path for path, _ in self.requests if path != "/robots.txt"]

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Request(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site = self.site
        site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        found = site.pages.get(self.path) or (site.any_page and site.any_page(self.path)) or Response(status=404)
        etag = found.headers.get("ETag")
        if etag and self.headers.get("If-None-Match") == etag:
            found = Response(status=304, headers={"ETag": etag})
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        if isinstance(found.body, bytes):
            if "Content-Length" not in found.headers and found.status != 304:
                self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)
            return
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self._stream(found.body())

    def _stream(self, parts: Iterator[bytes]) -> None:
        try:
            for part in parts:
                self.wfile.write(part)
        except OSError:  # the client has seen enough
            return

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def serving_site() -> Iterator[Site]:
    site = Site()
    try:
        yield site
    finally:
        site.close()


def page(*paragraphs: str, links: tuple[str, ...] = ()) -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    menu = "".join(f'<li><a href="{link}">to {link}</a></li>' for link in links)
    return f"<!DOCTYPE html><html><head><title>A page</title></head><body>{text}<ul>{menu}</ul></body></html>".encode()


def bomb(size: int) -> bytes:
    return gzip.compress(b"x" * size)
