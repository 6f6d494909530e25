"""Behind a real nginx and a real Caddy, as `deploy/` configures them: streaming, uploads, a path prefix."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from rag.errors import SettingsError
from rag.runtime.audit_log import AUDIT_LOG, read_events
from rag.settings import load_settings
from serving.auth_file import Users
from tests.support.app_process import scripted
from tests.support.browser_tab import new_tab
from tests.web.proxies import example_proxies as proxies

ANSWER = "The birch is a white tree. " * 3
PREFIX = "/papers"
_PAUSE_S = 0.05
_BEFORE_THE_NEXT_BEAT_S = 10
_LARGE_S = 300
_PASSWORD = "correct horse battery"

needs_nginx = pytest.mark.skipif(not proxies.is_here("nginx"), reason="nginx is not installed")
needs_caddy = pytest.mark.skipif(not proxies.is_here("caddy"), reason="caddy is not installed")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("proxied")
    (folder / "trees.md").write_text("# Trees\n\nThe birch is a white tree.\n")
    with scripted(folder, ANSWER, folder / "trees.md", pause=_PAUSE_S, max_file_mb="2") as address:
        yield address


@pytest.fixture(params=[pytest.param("nginx", marks=needs_nginx), pytest.param("caddy", marks=needs_caddy)])
def proxied(request: pytest.FixtureRequest, app: str, tmp_path: Path) -> Iterator[str]:
    with ExitStack() as stack:
        start = proxies.nginx if request.param == "nginx" else proxies.caddy
        yield stack.enter_context(start(tmp_path, app))


@pytest.fixture(params=[pytest.param("nginx", marks=needs_nginx), pytest.param("caddy", marks=needs_caddy)])
def proxied_large(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a proxy before an app with the usual limits."""
    (tmp_path / "trees.md").write_text("# Trees\n\nThe birch is a white tree.\n")
    start = proxies.nginx if request.param == "nginx" else proxies.caddy
    with scripted(tmp_path, ANSWER, tmp_path / "trees.md") as app, start(tmp_path, app) as address:
        yield address


def test_an_answer_comes_while_it_is_written(proxied: str) -> None:
    times = []
    body = {"question": "What is a birch?", "stream": True}
    with httpx.stream("POST", f"{proxied}/api/v1/asks", json=body, timeout=60) as response:
        times = [time.monotonic() for line in response.iter_lines() if line == "event: token"]
    assert len(times) > 5
    assert times[-1] - times[0] > (len(times) - 1) * _PAUSE_S / 2, "the proxy kept the words back"


@needs_nginx
def test_a_proxy_that_buffers_is_told_not_to_by_every_stream(app: str, tmp_path: Path) -> None:
    body = {"question": "What is a birch?", "stream": True}
    with proxies.nginx(tmp_path, app, buffers=True) as address:
        with httpx.stream("GET", f"{address}/gradio_api/heartbeat/5a", timeout=_BEFORE_THE_NEXT_BEAT_S) as response:
            assert next(response.iter_lines()) == "data: ALIVE"
        with httpx.stream("POST", f"{address}/api/v1/asks", json=body, timeout=60) as response:
            times = [time.monotonic() for line in response.iter_lines() if line == "event: token"]
    assert times[-1] - times[0] > (len(times) - 1) * _PAUSE_S / 2


@pytest.mark.slow
def test_uploads_of_200_mb_go_through_and_larger_ones_are_refused(proxied_large: str) -> None:
    content = b"%PDF-1.7\n" + b"a" * (200_000_000 - 9)
    address = f"{proxied_large}/citewell/uploads"
    taken = httpx.post(address, params={"name": "a.pdf"}, content=content, timeout=_LARGE_S)
    assert (taken.status_code, taken.json()["name"]) == (202, "a.pdf")
    refused = httpx.post(address, params={"name": "b.pdf"}, content=content + b"a" * 1_000_000, timeout=_LARGE_S)
    assert refused.status_code == 413
    assert "limit of 200 MB" in refused.json()["text"]


@pytest.mark.parametrize(("named", "address"), [("10.9.9.9", "127.0.0.1"), (None, "192.0.2.7")])
def test_a_forwarded_address_is_believed_from_named_proxies_only(
    named: str | None, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named is None:  # connections from this machine are believed then
        monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    else:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", named)
    with with_accounts(tmp_path) as app:
        assert _sign_in(app, {"X-Forwarded-For": "192.0.2.7"}).status_code == 303
        assert _addresses(tmp_path) == [address]


@needs_nginx
def test_what_a_client_forges_does_not_pass_the_proxy(tmp_path: Path) -> None:
    with with_accounts(tmp_path) as app, proxies.nginx(tmp_path, app) as proxied:
        assert _sign_in(proxied, {"X-Forwarded-For": "192.0.2.7"}).status_code == 303
        assert _addresses(tmp_path) == ["127.0.0.1"]


@contextmanager
def with_accounts(folder: Path) -> Iterator[str]:
    """Run an app with an account."""
    Users(folder / "users.json").add("ann", _PASSWORD)
    (folder / "trees.md").write_text("# Trees\n\nThe birch is a white tree.\n")
    with scripted(folder, ANSWER, folder / "trees.md", auth_file=str(folder / "users.json")) as address:
        yield address


def _sign_in(address: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(f"{address}/login", data={"name": "ann", "password": _PASSWORD}, headers=headers, timeout=60)


def _addresses(folder: Path) -> list[str]:
    """Return from where users have signed in, by the audit log."""
    events = read_events(folder / "library" / AUDIT_LOG)
    return [event.address for event in events if event and event.action == "sign-in"]


@needs_nginx
@pytest.mark.browser
def test_the_app_works_under_a_path_prefix(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "trees.md").write_text("# Trees\n\nThe birch is a white tree.\n")
    with (
        scripted(tmp_path, ANSWER, tmp_path / "trees.md", path_prefix=PREFIX) as app,
        proxies.nginx(tmp_path, app, PREFIX) as address,
    ):
        tab = new_tab(browser, f"{address}/")
        tab.ask("What is a birch?")
        expect(tab.page.locator("#cw-chat .cw-chip").first).to_be_visible()
        assert tab.errors == []
        assert [url for url in tab.urls if not url.startswith((f"{address}/", "data:", "blob:"))] == []
        found = httpx.post(f"{address}/api/v1/asks", json={"question": "What is a birch?"}, timeout=60).json()
        cited = json.dumps(found)
        assert f"{address}/" in cited, "the addresses of cited pages have the prefix"
        assert httpx.get(f"{app}{PREFIX}/health").status_code == 200, "a proxy may leave the prefix, too"


def test_a_prefix_that_is_no_path_is_refused() -> None:

    for wrong in ("papers", "/papers/", "//evil.example", "/a b"):
        with pytest.raises(SettingsError, match="path_prefix"):
            load_settings(path_prefix=wrong)
