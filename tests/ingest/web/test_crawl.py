"""A crawl stays within its prefix and its limits, keeps to robots.txt, and meets no page twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

import ingest.web.crawl as crawl_module
from ingest.sandbox.worker import Workers
from ingest.sources.page_archive import PageArchive
from ingest.sources.web_address import canonical
from ingest.web.crawl import Crawl, Crawler, CrawlReport, Visit
from ingest.web.fetch import Fetcher
from rag.errors import DocumentError
from rag.runtime.progress import CancelEvent, no_progress
from tests.ingest.web.site_server import Response, Site, page


class Crawled:
    """Crawls over one site; `report` is of the last."""

    def __init__(self, fetcher: Fetcher, archive: PageArchive, workers: Workers, folder: Path, site: Site) -> None:
        self._parts = (fetcher, archive, workers, folder)
        self._site = site
        self.report = CrawlReport("")

    def visits(self, path: str, depth: int = 9, within: str | None = "/", **limits: float) -> list[Visit]:
        start = canonical(self._site.address(path))
        prefix = self._site.address(within) if within else ""
        crawl = Crawl(start=start, within=prefix, depth=depth, **limits)  # type: ignore[arg-type]
        self.report = CrawlReport(start)
        crawler = Crawler(*self._parts, delay_seconds=0)
        return list(crawler.visits(crawl, self.report, "", no_progress, CancelEvent()))

    def pages(self, path: str, depth: int = 9, within: str | None = "/", **limits: float) -> list[str]:
        """Return the paths of the pages that were ingested."""
        root = self._site.address("")
        return [
            visit.address.removeprefix(root) for visit in self.visits(path, depth, within, **limits) if visit.fetched
        ]


@pytest.fixture
def crawled(fetcher: Fetcher, archive: PageArchive, workers: Workers, tmp_path: Path, site: Site) -> Crawled:
    return Crawled(fetcher, archive, workers, tmp_path, site)


def link(site: Site, path: str, *links: str) -> None:
    """Serve a page that says its own path, so that no two are the same, with these links."""
    site.add(path, page(f"This is {path}.", links=links))


def test_links_are_followed_as_far_as_asked(crawled: Crawled, site: Site) -> None:
    link(site, "/", "/1")
    link(site, "/1", "/2", "/")
    link(site, "/2", "/3")
    assert crawled.pages("/", depth=0) == ["/"]
    assert crawled.pages("/", depth=2) == ["/", "/1", "/2"]


def test_only_links_within_the_prefix_are_followed(crawled: Crawled, site: Site) -> None:
    link(site, "/docs/a", "b", "../docs2/c", "/", "//example.org/docs/d", "mailto:a@b.c", "javascript:go()", "#top")
    link(site, "/docs/b")
    assert crawled.pages("/docs/a", within="/docs/") == ["/docs/a", "/docs/b"]
    assert site.paths() == ["/docs/a", "/docs/b"]


def test_each_page_is_fetched_once_however_it_is_spelt(crawled: Crawled, site: Site) -> None:
    link(site, "/", "/a", "/a#part", "./a", "/b/../a", "/a?utm_source=x", "/%61")
    link(site, "/a", "/")
    assert crawled.pages("/") == ["/", "/a"]
    assert site.paths() == ["/", "/a"]


def test_a_redirect_is_met_once_and_never_out_of_the_prefix(crawled: Crawled, site: Site) -> None:
    link(site, "/docs/", "old", "new", "away", "old2")
    site.redirect("/docs/old", "/docs/new")
    site.redirect("/docs/old2", "/docs/later")
    site.redirect("/docs/away", "/private")
    link(site, "/docs/new")
    link(site, "/docs/later")
    link(site, "/private")
    assert crawled.pages("/docs/", within="/docs/") == ["/docs/", "/docs/new", "/docs/later"]
    assert crawled.report.left_out["they lead elsewhere"] == 1


def test_without_a_prefix_the_folder_counts_that_the_first_page_is_in(crawled: Crawled, site: Site) -> None:
    site.redirect("/docs", "/docs/")
    link(site, "/docs/", "a", "/other")
    link(site, "/docs/a")
    link(site, "/other")
    assert crawled.pages("/docs", within=None) == ["/docs", "/docs/a"]


def test_a_redirect_to_where_robots_may_not_go_is_left_out(crawled: Crawled, site: Site, tmp_path: Path) -> None:
    site.add("/robots.txt", b"User-agent: *\nDisallow: /private", Content_Type="text/plain")
    link(site, "/", "/a")
    site.redirect("/a", "/private/a")
    link(site, "/private/a")
    assert crawled.pages("/") == ["/"]
    assert crawled.report.left_out == {"robots.txt forbids them": 1}
    assert len(list(tmp_path.glob("*.html"))) == 1


def test_robots_txt_is_kept_to(crawled: Crawled, site: Site) -> None:
    site.add(
        "/robots.txt",
        b"User-agent: *\nDisallow: /private\nDisallow: /*.pdf$\nAllow: /private/open",
        Content_Type="text/plain",
    )
    link(site, "/", "/private/a", "/private/open", "/b.pdf", "/c")
    link(site, "/private/open")
    link(site, "/c")
    assert crawled.pages("/") == ["/", "/private/open", "/c"]
    assert crawled.report.left_out["robots.txt forbids them"] == 2
    (start,) = crawled.visits("/private/a")
    assert "robots.txt" in str(start.error)
    assert "/private/a" not in site.paths()


def test_a_page_can_ask_that_its_links_are_not_followed(crawled: Crawled, site: Site) -> None:
    site.add(
        "/",
        b'<html><head><meta name="robots" content="noindex, nofollow"></head><body><a href="/a">a</a></body></html>',
    )
    assert crawled.pages("/") == ["/"]
    site.add("/", b'<html><body><a rel="nofollow" href="/a">a</a> <a href="/b">b</a></body></html>')
    link(site, "/b")
    assert crawled.pages("/") == ["/", "/b"]


def test_dead_links_and_files_without_text_are_counted(crawled: Crawled, site: Site) -> None:
    link(site, "/", "/dead", "/login", "/film", "/a.zip", "/photo.JPG", "/fault")
    site.add("/login", b"no", 401)
    site.add("/film", b"x", Content_Type="video/mp4")
    site.add("/fault", b"", 500)
    visits = crawled.visits("/")
    assert [str(visit.error)[:28] for visit in visits if visit.error] == ["the site has a fault of its "]
    assert crawled.report.left_out == {"they are not there, or need a login": 2, "they are no text, or too large": 3}
    assert not {"/a.zip", "/photo.JPG"} & set(site.paths())


def test_an_endless_site_is_left_at_the_limit_of_pages(crawled: Crawled, site: Site) -> None:
    site.any_page = lambda path: Response(
        page(path, links=(f"{path.rstrip('/')}x", f"{path}?p=1")), 200, {"Content-Type": "text/html"}
    )
    assert len(crawled.pages("/", depth=1000, max_pages=20)) == 20
    assert crawled.report.ended == "the limit of 20 pages was reached (--max-pages)"
    assert crawled.report.unvisited > 0


@pytest.mark.parametrize(
    ("next_link", "reason"),
    [
        (lambda path: f"{path.rstrip('/')}/again", "their addresses grow without end"),
        (
            lambda path: f"/day?d={int(path.partition('=')[2] or 0) + 1}",
            "too many are alike, as the days of a calendar",
        ),
    ],
)
def test_a_site_that_makes_pages_up_by_a_rule_is_left_before_the_limit(
    crawled: Crawled, site: Site, monkeypatch: pytest.MonkeyPatch, next_link: Callable[[str], str], reason: str
) -> None:
    monkeypatch.setattr(crawl_module, "_MAX_ALIKE", 20)
    site.any_page = lambda path: Response(page(path, links=(next_link(path),)), 200, {"Content-Type": "text/html"})
    assert len(crawled.pages("/", depth=10_000, max_pages=5_000)) < 30
    assert crawled.report.left_out == {reason: 1}


def test_a_site_that_answers_each_address_with_the_same_page_is_searched_once(crawled: Crawled, site: Site) -> None:
    same = page("Not found, but we say it is.", links=tuple(f"{letter}/" for letter in "abcde"))
    site.any_page = lambda path: Response(same, 200, {"Content-Type": "text/html"})
    assert len(crawled.pages("/", depth=100)) == 6


def test_bytes_and_time_have_limits_too(crawled: Crawled, site: Site) -> None:
    link(site, "/", "/a")
    link(site, "/a")
    assert crawled.pages("/", max_bytes=10) == ["/"]
    assert "MB was reached" in crawled.report.ended
    assert crawled.pages("/", seconds=0) == []
    assert "minutes was reached" in crawled.report.ended


def test_a_site_that_asks_to_wait_is_asked_again(crawled: Crawled, site: Site) -> None:
    busy = iter(
        [Response(b"", 503, {"Retry-After": "1"}), Response(page("Good text."), 200, {"Content-Type": "text/html"})]
    )
    site.any_page = lambda path: next(busy) if path == "/" else Response(status=404)
    assert crawled.pages("/") == ["/"]
    assert site.paths() == ["/", "/"]


def test_a_site_whose_robots_txt_cannot_be_had_is_left_alone(crawled: Crawled, site: Site) -> None:
    site.add("/robots.txt", b"", 503)
    link(site, "/")
    (start,) = crawled.visits("/")
    assert "overloaded" in str(start.error)
    assert start.error is not None
    assert start.error.may_pass
    assert site.paths() == []


def test_a_crawl_begins_within_its_prefix() -> None:
    assert (
        Crawl.of("https://example.org/docs/a.html#x", 1, "https://Example.org/docs").start
        == "https://example.org/docs/a.html"
    )
    with pytest.raises(DocumentError, match="is not within"):
        Crawl.of("https://example.org/docs/a.html", 1, "https://example.org/other/")
