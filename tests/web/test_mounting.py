"""The API is served beside the app in the browser, by the same users and the same documents."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.app_process import scripted

NAMED = "https://chat.example"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Yield a client of an app that pages of one other origin may ask."""
    with (
        scripted(tmp_path_factory.mktemp("mounted"), "Yes.", api_origins=f'["{NAMED}"]') as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def test_the_app_and_the_api_are_one_server(at: httpx.Client) -> None:
    assert at.get("/ready").json() == {"status": "ready"}
    assert "citewell" in at.get("/api/v1").json()
    page = at.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for part in ("citewell/static/main.js", "citewell/static/styles/layout.css", "cw-upload"):
        assert part in page.text, part
    assert at.get("/api/v1", headers={"Host": "evil.example"}).status_code == 403


def test_a_page_of_a_named_origin_may_ask_and_no_other(at: httpx.Client) -> None:
    asked = at.options("/api/v1", headers={"Origin": NAMED, "Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, NAMED)
    assert at.get("/api/v1", headers={"Origin": NAMED}).headers["access-control-allow-origin"] == NAMED
    refused = at.get("/api/v1", headers={"Origin": "https://evil.example"})
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)


def test_no_other_site_may_read_the_page_whatever_name_it_gives_this_machine(at: httpx.Client) -> None:
    for host in ("127.0.0.1", "localhost", "127.0.0.2", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"):
        for origin in ("https://evil.example", NAMED, "http://127.0.0.1:3000", "http://localhost:3000", "null"):
            headers = {"Host": host, "Origin": origin}
            asking = {**headers, "Access-Control-Request-Method": "GET"}
            for path in ("/citewell/sources", "/citewell/conversations", "/gradio_api/info", "/config", "/"):
                read, allowed = at.get(path, headers=headers), at.options(path, headers=asking)
                assert read.status_code == 403, (host, origin, path)
                assert not any("access-control" in name for name in [*read.headers, *allowed.headers])
    own = at.get("/citewell/sources", headers={"Origin": str(at.base_url).rstrip("/")})
    assert own.status_code == 200


def test_under_a_path_prefix_files_of_any_allowed_size_are_taken(tmp_path: Path) -> None:
    text = b"The entry fee is 20 euros. ".ljust(5_000_000)
    with scripted(tmp_path, "Yes.", path_prefix="/papers") as address, httpx.Client(base_url=address) as at:
        added = at.post("/papers/api/v1/documents", files={"file": ("a.txt", text)}, timeout=60)
        assert added.status_code == 202
        assert added.headers["location"].startswith("/papers/api/v1/jobs/")
        assert at.get(added.headers["location"]).json()["name"] == "a.txt"
        file, form = ("b.txt", b"x" + text), {"purpose": "assistants"}
        assert at.post("/papers/v1/files", files={"file": file}, data=form, timeout=60).status_code == 200
