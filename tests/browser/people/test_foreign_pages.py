"""No page of another site reads what is in a library, in a real browser, whatever name it gives this machine."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import GOOD_PASSWORD
from tests.support.browser_tab import launched

pytestmark = pytest.mark.browser

HOSTS = ("127.0.0.1", "localhost", "127.0.0.2", "[::ffff:127.0.0.1]", "0.0.0.0", "citewell.corp.example")  # noqa: S104
PLACES = ("evil.example", "wiki.corp.example", "127.0.0.1", "localhost")
"""Where foreign pages are; a fifth origin is that of a page from nowhere, "null"."""

PATHS = ("citewell/sources", "citewell/conversations", "citewell/me", "gradio_api/info", "config", "")
READ = """(addresses) => Promise.all(addresses.flatMap((address) => ["cors", "no-cors"].map(async (mode) => {
    try {
        const answer = await fetch(address, {credentials: "include", mode});
        return answer.type === "opaque" ? "" : `${address} ${mode}: ${answer.status} ${await answer.text()}`;
    } catch {
        return "";
    }
})))"""
SIGN_IN = """(form) => fetch("login", {method: "POST", body: new URLSearchParams(form), redirect: "manual"})"""


@pytest.fixture(scope="module")
def mapped(chromium: Browser) -> Iterator[Browser]:
    """Yield a browser in which the names of this file lead to this machine."""
    names = ("evil.example", "*.corp.example", "127.0.0.2")
    rules = ", ".join(f"MAP {name} 127.0.0.1" for name in names)
    browser = launched(chromium.browser_type, f"--host-resolver-rules={rules}")
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve an empty page of somebody else's; yield its port."""
    folder = tmp_path_factory.mktemp("foreign")
    (folder / "index.html").write_text("<title>elsewhere</title>")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def read_by(page: Page, *addresses: str) -> list[str]:
    """Return what a page can read of these addresses, the beginning of each."""
    return [text[:120] for text in page.evaluate(READ, list(addresses)) if text]


def read_by_foreign_pages(page: Page, foreign: int, port: int) -> list[str]:
    """Return what pages of other origins can read under all names of this machine."""
    read = []
    for origin in (*(f"http://{place}:{foreign}/" for place in PLACES), "data:text/html,<title>nowhere</title>"):
        page.goto(origin)
        for host in HOSTS:
            read += read_by(page, *(f"http://{host}:{port}/{path}" for path in PATHS))
    return read


def test_without_accounts_no_other_origin_reads_anything(mapped: Browser, foreign: int, served: str) -> None:
    page = mapped.new_page()
    assert read_by_foreign_pages(page, foreign, urlsplit(served).port or 0) == []
    page.goto(f"{served}/citewell/sources")
    assert "200" in read_by(page, f"{served}/citewell/sources")[0], "our own page reads"


@pytest.mark.slow
def test_with_accounts_no_other_origin_reads_as_who_is_signed_in(mapped: Browser, foreign: int, address: str) -> None:
    port, page = urlsplit(address).port or 0, mapped.new_page()
    for host in ("127.0.0.1", "localhost", "citewell.corp.example"):
        page.goto(f"http://{host}:{port}/login")
        page.evaluate(SIGN_IN, {"name": "ann", "password": GOOD_PASSWORD})
        assert "200" in read_by(page, f"http://{host}:{port}/citewell/sources")[0], "our own page reads"
    assert read_by_foreign_pages(page, foreign, port) == []
