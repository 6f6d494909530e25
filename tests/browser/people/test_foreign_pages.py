"""No page of another site reads what is in a library, in a real browser, whatever name it gives this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from serving.users.auth_file import Users
from tests.conftest import GOOD_PASSWORD
from tests.support.app_process import scripted
from tests.support.browser_tab import browsing
from tests.support.documents.pdfs import write_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECRET = "xylophone"
HOSTS = ("127.0.0.1", "localhost", "127.0.0.2", "[::ffff:127.0.0.1]", "0.0.0.0", "citewell.corp.example")  # noqa: S104
PLACES = ("evil.example", "wiki.corp.example", "127.0.0.1", "localhost")
"""Where foreign pages are; a fifth origin is that of a page from nowhere, "null"."""

PATHS = ("citewell/sources", "citewell/conversations", "citewell/me", "gradio_api/info", "config", "")
READ = """async ([address, mode]) => {
    try {
        const answer = await fetch(address, {credentials: "include", mode});
        return answer.type === "opaque" ? "" : `${answer.status} ${await answer.text()}`;
    } catch {
        return "";
    }
}"""


@pytest.fixture(scope="module")
def mapped() -> Iterator[Browser]:
    """Yield a browser in which the names of this file lead to this machine."""
    names = ("evil.example", "*.corp.example", "127.0.0.2")
    rules = ", ".join(f"MAP {name} 127.0.0.1" for name in names)
    with browsing(f"--host-resolver-rules={rules}") as browser:
        yield browser


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


@contextmanager
def library(folder: Path, auth_file: str = "") -> Iterator[int]:
    write_pdf(folder / f"{SECRET}.pdf", ["The code word."])
    accounts = {"auth_file": auth_file} if auth_file else {}
    with scripted(folder, "The code word.", folder / f"{SECRET}.pdf", pause=0, **accounts) as address:
        yield urlsplit(address).port or 0


def read_by(page: Page, port: int) -> list[str]:
    """Return what a page can read under all names of this machine."""
    read = []
    for host in HOSTS:
        for path in PATHS:
            for mode in ("cors", "no-cors"):
                text = str(page.evaluate(READ, [f"http://{host}:{port}/{path}", mode]))
                read += [f"{host} {path} {mode}: {text[:80]}"] if text else []
    return read


def everything_foreign(browser: Browser, foreign: int, port: int, *, signed_in: bool) -> list[str]:
    context = browser.new_context()
    page = context.new_page()
    if signed_in:
        for host in ("127.0.0.1", "localhost", "citewell.corp.example"):
            page.goto(f"http://{host}:{port}/login")
            page.get_by_label("Name").fill("ann")
            page.get_by_label("Password").fill(GOOD_PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"http://{host}:{port}/")
            assert "200" in page.evaluate(READ, [f"http://{host}:{port}/citewell/sources", "cors"]), (
                "our own page reads"
            )
    read = []
    for place in PLACES:
        page.goto(f"http://{place}:{foreign}/")
        read += read_by(page, port)
    page.goto("data:text/html,<title>nowhere</title>")
    return read + read_by(page, port)


def test_without_accounts_no_other_origin_reads_anything(mapped: Browser, foreign: int, tmp_path: Path) -> None:
    with library(tmp_path) as port:
        assert everything_foreign(mapped, foreign, port, signed_in=False) == []
        page = mapped.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        assert SECRET in page.evaluate(READ, [f"http://127.0.0.1:{port}/citewell/sources", "cors"]), (
            "our own page reads"
        )


def test_with_accounts_no_other_origin_reads_as_who_is_signed_in(
    mapped: Browser, foreign: int, tmp_path: Path, users: Users
) -> None:
    with library(tmp_path, auth_file=str(users.path)) as port:
        assert everything_foreign(mapped, foreign, port, signed_in=True) == []
