"""Follow the links of a site from one page: breadth first, within a prefix, politely, and never for ever."""

import re
import time
from collections import Counter, deque
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ingest.sandbox.worker import Workers
from ingest.sources.page_archive import PageArchive
from ingest.sources.web_address import canonical, folder_of, is_within, joined, path_of_address
from ingest.web.failures import FetchError
from ingest.web.fetch import Fetched, Fetcher, Validators
from ingest.web.robots import Pace, Robots
from rag.errors import DocumentError
from rag.runtime.file_hash import sha256_of
from rag.runtime.progress import CancelEvent, Progress

_MAX_ALIKE = 200
"""Pages whose addresses differ in numbers and in values of queries only, such as the days of a calendar."""

_MAX_FOLDERS = 16
_MAX_REPEATS = 3
_MAX_QUEUE = 50_000
_LONGEST_PAUSE = 120.0
_PAUSES = 3
_NOT_PAGES = frozenset(
    """.css .js .mjs .map .png .jpg .jpeg .gif .webp .svg .ico .bmp .tif .tiff .avif .woff .woff2 .ttf .eot .otf
    .mp3 .mp4 .m4a .avi .mov .webm .ogg .wav .flac .zip .gz .tgz .bz2 .xz .7z .rar .tar .exe .msi .dmg .deb .rpm .apk
    .iso .jar .whl .bin""".split()
)
_FORBIDDEN = "the site's robots.txt does not let programs fetch it; without --crawl, the page alone is ingested"
_BY_ROBOTS = "robots.txt forbids them"
_NUMBER = re.compile(r"\d+")
_VALUE = re.compile(r"=[^&]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """Links up to `depth` away from `start`, only below `within`, and at most so much of them.

    Without a prefix these are links within the folder of the first page, wherever redirects led from `start`.
    """

    start: str
    within: str
    depth: int
    max_pages: int = 200
    max_bytes: int = 1_000_000_000
    seconds: float = 3_600.0

    @classmethod
    def of(cls, start: str, depth: int, within: str = "", max_pages: int = 200) -> "Crawl":
        """Return a crawl from an address.

        Raises:
            DocumentError: an address is none, or the start is not within the prefix.
        """
        start = canonical(start)
        prefix = canonical(within) if within else ""
        if prefix and not is_within(start, prefix):
            raise DocumentError(f"{start} is not within {prefix}: name a prefix that it begins with")
        return cls(start=start, within=prefix, depth=depth, max_pages=max_pages)


@dataclass(slots=True)
class CrawlReport:
    """The links that a crawl left out, by the reason, and why it ended before it had seen all."""

    start: str
    left_out: dict[str, int] = field(default_factory=dict)
    ended: str = ""
    unvisited: int = 0

    def leave_out(self, reason: str) -> None:
        """Count a link that is not followed."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that was fetched, or why it was not."""

    address: str
    fetched: Fetched | None
    error: DocumentError | None = None

    def discard(self) -> None:
        """Delete what was fetched."""
        if self.fetched and self.fetched.path:
            self.fetched.path.unlink(missing_ok=True)


class Crawler:
    """Fetch the pages of one crawl into `folder`; reading processes find their links."""

    def __init__(
        self, fetcher: Fetcher, archive: PageArchive, workers: Workers, folder: Path, delay_seconds: float
    ) -> None:
        self._fetcher = fetcher
        self._archive = archive
        self._workers = workers
        self._folder = folder
        self._robots = Robots(fetcher, folder)
        self._pace = Pace(delay_seconds)

    def visits(
        self, crawl: Crawl, report: CrawlReport, owner: str, progress: Progress, stop: CancelEvent
    ) -> Generator[Visit]:
        """Yield every page to ingest. Links that lead nowhere are counted, unless their page was there before."""
        queue = _Queue(crawl, report)
        started, fetched_bytes, pages, contents = time.monotonic(), 0, 0, set[str]()
        while (place := queue.next()) and not stop.is_set():
            report.ended = _limit_reached(crawl, pages, fetched_bytes, time.monotonic() - started)
            if report.ended:
                report.unvisited = queue.length + 1
                return
            address, depth = place
            progress(f"fetching {address}", 0, 0)
            visit = self._visit(address, owner, report, stop, is_start=depth == 0)
            visit = visit and queue.arrived(visit)
            visit = visit and self._allowed(address, visit, report, is_start=depth == 0)
            if visit is None:
                continue
            pages += 1
            if visit.fetched:
                fetched_bytes += visit.fetched.size
                if depth < crawl.depth and (path := self._new_page(visit.fetched, owner, contents)):
                    queue.add(self._links(visit.fetched, path, owner), depth + 1)
            yield visit

    def _visit(
        self, address: str, owner: str, report: CrawlReport, stop: CancelEvent, *, is_start: bool
    ) -> Visit | None:
        """Fetch a page; None leaves it out, which `report` counts."""
        if not self._robots.allow(address):
            return self._forbidden(address, address, report, is_start=is_start)
        archived = self._archive.find(address, owner)
        for _ in range(_PAUSES):
            self._pace.wait(address, self._robots.delay(address), stop)
            try:
                return Visit(
                    address,
                    self._fetcher.fetch(address, self._folder, Validators.of(archived), cancelled=stop),
                )
            except FetchError as error:
                if 0 < error.retry_after <= _LONGEST_PAUSE and not stop.is_set():
                    self._pace.postpone(address, error.retry_after)
                    continue
                return self._failed(address, error, report, is_known=is_start or archived is not None)
            except DocumentError as error:
                return Visit(address, None, error)
        return Visit(address, None, DocumentError("the site keeps asking to wait: try again later"))

    def _allowed(self, address: str, visit: Visit, report: CrawlReport, *, is_start: bool) -> Visit | None:
        """Return the visit unless redirects led to where robots.txt lets no program go."""
        if visit.fetched is None or visit.fetched.final == address or self._robots.allow(visit.fetched.final):
            return visit
        visit.discard()
        return self._forbidden(address, visit.fetched.final, report, is_start=is_start)

    def _forbidden(self, address: str, final: str, report: CrawlReport, *, is_start: bool) -> Visit | None:
        """Leave out an address that leads to where no program may go, or to a site that cannot be reached."""
        if is_start:
            return Visit(address, None, self._robots.failure(final) or DocumentError(_FORBIDDEN))
        report.leave_out(_BY_ROBOTS)
        return None

    def _failed(self, address: str, error: FetchError, report: CrawlReport, *, is_known: bool) -> Visit | None:
        if not is_known and (error.unreadable or 400 <= error.status < 500):
            reason = "they are no text, or too large" if error.unreadable else "they are not there, or need a login"
            report.leave_out(reason)
            return None
        return Visit(address, None, error)

    def _new_page(self, fetched: Fetched, owner: str, contents: set[str]) -> Path | None:
        """Return the HTML to search for links; None for other formats, and for content met under another address."""
        copy = None if fetched.path else self._archive.file(fetched.address, owner)
        path = copy.path if copy else fetched.path
        if path is None or path.suffix not in (".html", ".htm", ".xhtml"):
            return None
        digest = sha256_of(path)
        if digest in contents:
            return None
        contents.add(digest)
        return path

    def _links(self, fetched: Fetched, path: Path, owner: str) -> list[str]:
        archived = self._archive.find(fetched.address, owner) if fetched.path is None else None
        charset = archived.charset if archived else fetched.media.charset
        try:
            with self._workers.borrow() as worker:
                found = worker.call("links", path=str(path), charset=charset)
            base = joined(fetched.final, str(found["base"])) or fetched.final
            return [address for link in found["links"] if (address := joined(base, str(link)))]
        except (DocumentError, KeyError, TypeError):
            return []  # reading it will fail likewise, and say why


class _Queue:
    """The addresses still to visit, each once. What is left out is counted by its reason."""

    def __init__(self, crawl: Crawl, report: CrawlReport) -> None:
        self._crawl = crawl
        self._report = report
        self._within = crawl.within
        self._waiting: deque[tuple[str, int]] = deque([(crawl.start, 0)])
        self._seen = {crawl.start}
        self._alike: Counter[str] = Counter()

    @property
    def length(self) -> int:
        return len(self._waiting)

    def next(self) -> tuple[str, int] | None:
        return self._waiting.popleft() if self._waiting else None

    def add(self, links: list[str], depth: int) -> None:
        for link in links:
            if link in self._seen or not is_within(link, self._within):
                continue
            self._seen.add(link)
            if reason := self._why_not(link):
                self._report.leave_out(reason)
            else:
                self._waiting.append((link, depth))

    def arrived(self, visit: Visit) -> Visit | None:
        """Return the visit under the page's own address; None if redirects led to a page seen before, or elsewhere."""
        fetched = visit.fetched
        if fetched is None:
            return visit
        final = fetched.final
        if visit.address == self._crawl.start:
            self._within = self._crawl.within or folder_of(final)
            self._seen.add(final)
            return visit
        if final == visit.address:
            return visit
        if final in self._seen or not is_within(final, self._within):
            if final not in self._seen:
                self._report.leave_out("they lead elsewhere")
            visit.discard()
            return None
        self._seen.add(final)
        return Visit(final, replace(fetched, address=final))

    def _why_not(self, address: str) -> str:
        path = path_of_address(address)
        suffix = PurePosixPath(path).suffix.lower()
        if suffix in _NOT_PAGES:
            return "they are no text, or too large"
        folders = Counter(part for part in path.split("/") if part)
        if folders.total() > _MAX_FOLDERS or max(folders.values(), default=0) > _MAX_REPEATS:
            return "their addresses grow without end"
        if len(self._waiting) >= _MAX_QUEUE:
            return "there are too many"
        shape = shape_of(address)
        self._alike[shape] += 1
        return "too many are alike, as the days of a calendar" if self._alike[shape] > _MAX_ALIKE else ""


def shape_of(address: str) -> str:
    """Return an address without its numbers and the values of its query: what pages made by one rule share."""
    parts = urlsplit(address)
    return f"{_NUMBER.sub('0', parts.path)}?{_VALUE.sub('=', parts.query)}"


def _limit_reached(crawl: Crawl, pages: int, fetched_bytes: int, seconds: float) -> str:
    if pages >= crawl.max_pages:
        return f"the limit of {crawl.max_pages:,} pages was reached (--max-pages)"
    if fetched_bytes >= crawl.max_bytes:
        return f"the limit of {crawl.max_bytes // 1_000_000:,} MB was reached"
    return f"the limit of {crawl.seconds / 60:.0f} minutes was reached" if seconds >= crawl.seconds else ""
