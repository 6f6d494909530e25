"""One address at a time: what comes back, and every way in which a site can refuse, mislead, stall or never end."""

import gzip
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from ingest.web.failures import FetchError
from ingest.web.fetch import Fetcher, FetchLimits, Validators
from ingest.web.network import PrivateAddressError, PrivateHosts
from rag.errors import DocumentError
from rag.runtime.progress import CancelEvent
from tests.ingest.web.conftest import LOOPBACK
from tests.ingest.web.site_server import HTML, Response, Site, bomb, page


def left_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def test_a_page_is_fetched_as_it_is(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    address = site.add("/a", page("Good text."), ETag='"1"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")
    fetched = fetcher.fetch(address, tmp_path)
    assert fetched.path is not None
    assert fetched.path.read_bytes() == page("Good text.")
    assert (fetched.path.suffix, fetched.media.name, fetched.media.charset) == (".html", "text/html", "utf-8")
    assert fetched.validators == Validators('"1"', "Mon, 01 Jan 2024 00:00:00 GMT")


def test_the_site_is_told_who_asks_and_gets_no_cookie_or_referrer(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    site.redirect("/a", "/b")
    site.add("/b", page("Good text."), Set_Cookie="seen=1")
    fetcher.fetch(site.address("/a"), tmp_path)
    fetcher.fetch(site.address("/b"), tmp_path)
    for _, headers in site.requests:
        assert headers["user-agent"].startswith("Citewell/")
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding"}


def test_no_proxy_of_the_environment_is_used(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Fetcher(LOOPBACK, FetchLimits()) as fetcher:
        assert fetcher.fetch(site.add("/a", page("Good text.")), tmp_path).size


def test_redirects_are_followed_and_said(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    first = site.redirect("/a", "/b#part")
    site.redirect("/b", site.address("/c"), 308)
    site.add("/c", page("Good text."))
    fetched = fetcher.fetch(first, tmp_path)
    assert (fetched.address, fetched.final) == (first, site.address("/c"))


def test_validators_that_cannot_be_sent_back_are_not(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    address = site.add("/a", page("Good text."), ETag='"é"', Last_Modified="août")
    validators = fetcher.fetch(address, tmp_path).validators
    assert validators == Validators('"é"', "août")
    assert fetcher.fetch(address, tmp_path, validators).path is not None


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/a", "in a circle"),
        ("file:///etc/passwd", "only addresses that begin with"),
        ("http://user:word@example.org/", "user name or password"),
        ("http://0x7f000001/", "no usual way to write an address"),
        ("//[", "not followed"),
    ],
)
def test_a_redirect_is_held_to_the_rules_of_an_address(
    fetcher: Fetcher, site: Site, tmp_path: Path, target: str, reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        fetcher.fetch(site.redirect("/a", target), tmp_path)


def test_a_site_that_redirects_for_ever_is_left(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    for number in range(40):
        site.redirect(f"/{number}", f"/{number + 1}")
    with pytest.raises(DocumentError, match="redirects more than 10 times"):
        fetcher.fetch(site.address("/0"), tmp_path)
    assert len(site.requests) == 11


def test_this_machine_is_not_fetched_from_unless_the_setting_names_it(site: Site, tmp_path: Path) -> None:
    address = site.add("/a", page("A secret."))
    port = site.host.partition(":")[2]
    with Fetcher(PrivateHosts(), FetchLimits()) as fetcher:
        for each in (
            address,
            f"http://localhost:{port}/a",
            f"http://[::1]:{port}/a",
            f"http://[::ffff:127.0.0.1]:{port}/a",
        ):
            with pytest.raises(PrivateAddressError, match="web_private_hosts"):
                fetcher.fetch(each, tmp_path)
    assert site.requests == []


def test_a_redirect_to_a_private_address_is_not_followed(site: Site, tmp_path: Path) -> None:
    other = "http://127.0.0.2:1/admin"
    with Fetcher(PrivateHosts.of(["127.0.0.1"]), FetchLimits()) as fetcher, pytest.raises(PrivateAddressError):
        fetcher.fetch(site.redirect("/a", other), tmp_path)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (Response(b"no", 401), "needs a login"),
        (Response(b"", 429, {"Retry-After": "30"}), "try again in 30 seconds"),
        (Response(b"x", headers={"Content-Type": "video/mp4"}), "no text but video/mp4"),
        (Response(lambda: iter(()), headers={"Content-Length": "4000000000"}), "larger than the limit of 1 MB"),
        (Response(bomb(50_000_000), headers={"Content-Encoding": "gzip"}), "larger than the limit of 1 MB"),
        (Response(bomb(1000)[:20], headers={"Content-Encoding": "gzip"}), "breaks off"),
        (Response(b"\x1f\x8b\x08 nonsense", headers={"Content-Encoding": "gzip"}), "damaged"),
        (Response(b"x", headers={"Content-Encoding": "br"}), "not asked for"),
        (Response(lambda: iter([b"half"]), headers={"Content-Length": "100"}), "no web server, or a broken one"),
    ],
    ids="login wait film long bomb cut damaged packing half".split(),
)
def test_what_is_not_taken_says_why_and_leaves_nothing(
    fetcher: Fetcher, site: Site, tmp_path: Path, response: Response, reason: str
) -> None:
    site.pages["/a"] = replace(response, headers={"Content-Type": HTML} | response.headers)
    with pytest.raises(DocumentError, match=reason):
        fetcher.fetch(site.address("/a"), tmp_path)
    assert left_in(tmp_path) == []


def test_a_body_without_end_is_cut_off_at_the_limit(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 4_000_000_000:
            sent += 65_536
            yield b"x" * 65_536

    with pytest.raises(FetchError, match="larger than the limit of 1 MB"):
        fetcher.fetch(site.add("/a", endless), tmp_path)
    assert left_in(tmp_path) == []
    assert sent < 100_000_000


def test_a_packed_page_is_unpacked(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    text = page("Good text.") * 500
    fetched = fetcher.fetch(site.add("/a", gzip.compress(text), Content_Encoding="gzip"), tmp_path)
    assert fetched.path is not None
    assert fetched.path.read_bytes() == text


def test_a_site_that_sends_a_byte_now_and_then_is_left_after_the_time_is_up(site: Site, tmp_path: Path) -> None:
    def drops() -> Iterator[bytes]:
        while not site.closing.wait(0.05):
            yield b"x"

    with Fetcher(LOOPBACK, FetchLimits(seconds=0.5)) as fetcher, pytest.raises(DocumentError, match="too slow"):
        fetcher.fetch(site.add("/a", drops), tmp_path)
    assert left_in(tmp_path) == []


def test_headers_that_come_byte_by_byte_are_not_waited_for(tmp_path: Path) -> None:
    closing = Event()
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as thread:

        def drip() -> None:
            with server.accept()[0] as connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not closing.wait(0.05):
                    connection.sendall(b"x")

        thread.submit(drip)
        with Fetcher(LOOPBACK, FetchLimits(seconds=0.5)) as fetcher, pytest.raises(DocumentError, match="too slow"):
            fetcher.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/", tmp_path)
        closing.set()


def test_an_address_in_a_header_may_be_utf8(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    site.redirect("/a", "/деревья".encode().decode("latin-1"))
    site.add("/%D0%B4%D0%B5%D1%80%D0%B5%D0%B2%D1%8C%D1%8F", page("Good text."))
    assert fetcher.fetch(site.address("/a"), tmp_path).size


def test_a_site_without_tls_is_said(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="the connection is not safe"):
        fetcher.fetch(f"https://{site.host}/a", tmp_path)


def test_fetching_stops_when_it_is_cancelled(fetcher: Fetcher, site: Site, tmp_path: Path) -> None:
    cancelled = CancelEvent()
    cancelled.set()
    with pytest.raises(DocumentError, match="cancelled"):
        fetcher.fetch(site.add("/a", page("Good text.")), tmp_path, cancelled=cancelled)
    assert left_in(tmp_path) == []
