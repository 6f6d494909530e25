"""robots.txt as RFC 9309 has it, and the time between two requests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.web.fetch import Fetcher
from ingest.web.robots import Pace, Robots
from rag.runtime.progress import CancelEvent
from tests.ingest.web.site_server import Site
from tests.support.servers.free_port import free_port
from tests.support.values import present


@pytest.fixture
def robots(fetcher: Fetcher, tmp_path: Path) -> Robots:
    return Robots(fetcher, tmp_path)


def test_the_rules_for_this_program_come_before_those_for_all(robots: Robots, site: Site) -> None:
    site.add("/robots.txt", b"User-agent: *\nDisallow: /\n\nUser-agent: citewell\nDisallow: /private\nCrawl-delay: 7")
    assert robots.allow(site.address("/a"))
    assert not robots.allow(site.address("/private/a"))
    assert robots.delay(site.address("/a")) == 7
    assert len(site.requests) == 1


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (401, True), (500, False), (503, False), (429, False)])
def test_a_site_without_rules_allows_all_and_one_that_cannot_say_nothing(
    robots: Robots, site: Site, status: int, allowed: bool
) -> None:
    site.add("/robots.txt", b"User-agent: *\nDisallow:", status)
    assert robots.allow(site.address("/a")) is allowed
    assert (robots.failure(site.address("/a")) is None) is allowed


def test_why_a_site_cannot_say_is_kept(robots: Robots, site: Site) -> None:
    address = f"http://127.0.0.1:{free_port()}/a"
    assert not robots.allow(address)
    assert "nothing answers" in str(present(robots.failure(address)))
    site.add("/robots.txt", b"User-agent: *\nDisallow: /")
    assert not robots.allow(site.address("/a"))
    assert robots.failure(site.address("/a")) is None


def test_of_rules_without_end_the_beginning_counts(robots: Robots, site: Site) -> None:
    sent = []

    def rules() -> Iterator[bytes]:
        yield b"User-agent: *\nDisallow: /private\n"
        for _ in range(10_000):
            sent.append(1)
            yield b"# and so on\n" * 1000

    site.add("/robots.txt", rules)
    assert robots.allow(site.address("/a"))
    assert not robots.allow(site.address("/private"))
    assert len(sent) < 2000


def test_nonsense_is_no_rule_and_leaves_no_file(robots: Robots, site: Site, tmp_path: Path) -> None:
    site.add("/robots.txt", b"<html>\xff\xfe Not found \0" * 1000)
    assert robots.allow(site.address("/a"))
    assert list(tmp_path.iterdir()) == []


def test_a_delay_is_kept_to_up_to_a_minute(robots: Robots, site: Site) -> None:
    site.add("/robots.txt", b"User-agent: *\nCrawl-delay: 86400")
    assert robots.delay(site.address("/a")) == 60


class Clock(CancelEvent):
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0.0
        return False


def test_each_host_has_its_own_pace() -> None:
    clock = Clock()
    pace = Pace(1.0, lambda: clock.now)
    times = []
    for address in ("https://a.org/1", "https://b.org/1", "https://a.org/2", "https://a.org/3"):
        pace.wait(address, 5.0 if address.endswith("2") else 0.0, clock)
        times.append(clock.now)
    assert times == [0.0, 0.0, 1.0, 6.0]
    pace.postpone("https://b.org/2", 30)
    pace.wait("https://b.org/2", 0.0, clock)
    assert clock.now == 36.0
