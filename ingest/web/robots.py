"""Keep to a site's robots.txt (RFC 9309), and be slow enough for it."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego

from ingest.sources.web_address import host_of
from ingest.web.failures import FetchError
from ingest.web.fetch import AGENT, Fetcher
from rag.errors import DocumentError
from rag.runtime.progress import CancelEvent

_MAX_BYTES = 500_000
_MAX_DELAY = 60.0
_NOTHING_ALLOWED = "User-agent: *\nDisallow: /"


class Robots:
    """The rules of the sites of one crawl, each fetched once into `folder`."""

    def __init__(self, fetcher: Fetcher, folder: Path) -> None:
        self._fetcher = fetcher
        self._folder = folder
        self._rules: dict[str, Protego] = {}
        self._failures: dict[str, DocumentError] = {}

    def allow(self, address: str) -> bool:
        """Return True if the site lets programs fetch an address."""
        return bool(self._rules_of(address).can_fetch(address, AGENT))

    def failure(self, address: str) -> DocumentError | None:
        """Return why the site's rules are not known, so that nothing is allowed; None if it said them."""
        return self._failures.get(host_of(address))

    def delay(self, address: str) -> float:
        """Return the seconds that the site asks to leave between two pages, at most a minute; 0 if it does not."""
        rules = self._rules_of(address)
        rate = rules.request_rate(AGENT)
        asked = max(rules.crawl_delay(AGENT) or 0.0, rate.seconds / max(1, rate.requests) if rate else 0.0)
        return min(max(0.0, asked), _MAX_DELAY)

    def _rules_of(self, address: str) -> Protego:
        host = host_of(address)
        if host not in self._rules:
            try:
                rules = self._fetch(f"{urlsplit(address).scheme}://{host}/robots.txt")
            except DocumentError as error:
                self._failures[host] = error
                rules = _NOTHING_ALLOWED
            self._rules[host] = Protego.parse(rules)
        return self._rules[host]

    def _fetch(self, address: str) -> str:
        """Return the rules; none where there is no such file.

        Raises:
            DocumentError: the site cannot say, or cannot be reached.
        """
        try:
            path = self._fetcher.fetch(address, self._folder, first=_MAX_BYTES).path
        except FetchError as error:
            if 400 <= error.status < 500 and error.status != 429:
                return ""
            raise
        if path is None:
            return ""
        with path.open("rb") as stream:
            text = stream.read(_MAX_BYTES).decode("utf-8", "replace")
        path.unlink()
        return text


class Pace:
    """Leave some time between two requests to one host."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._next: dict[str, float] = {}

    def wait(self, address: str, asked: float, cancelled: CancelEvent) -> None:
        """Wait until the host of an address may be asked again; `asked` is the delay that the site wants."""
        host = host_of(address)
        left = self._next.get(host, 0.0) - self._now()
        if left > 0:
            cancelled.wait(left)
        self._next[host] = self._now() + max(self._seconds, asked)

    def postpone(self, address: str, seconds: float) -> None:
        """Have the next request to a host wait at least so long."""
        host = host_of(address)
        self._next[host] = max(self._next.get(host, 0.0), self._now() + seconds)
