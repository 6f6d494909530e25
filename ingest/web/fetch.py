"""Fetch one page or file over HTTP: every hop checked, every amount bounded, every failure in words."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self
from urllib.parse import urljoin

import httpcore2

from ingest.sources.page_archive import ArchivedPage
from ingest.sources.web_address import canonical
from ingest.web.content import MediaType, suffix_of, unpacked
from ingest.web.failures import FetchError, explain_failure, explain_status
from ingest.web.network import Deadline, GuardedBackend, PrivateHosts
from rag.errors import DocumentError
from rag.runtime.file_hash import sha256_of
from rag.runtime.progress import CancelEvent, Progress, no_progress
from rag.settings import program_version

AGENT = "Citewell"
"""Name of this program in robots.txt."""

_USER_AGENT = f"{AGENT}/{program_version().split()[0]} (reads pages that its user names)"
_ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8"
_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 10
_SLOWEST_BYTES_A_SECOND = 20_000
_SILENT_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Most bytes of a page, packed or not, and the seconds until it must be there; a large file has longer."""

    bytes: int = 200_000_000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Validators:
    """The marks that a server gave a version, by which it can say later that nothing has changed."""

    etag: str = ""
    modified: str = ""

    @classmethod
    def of(cls, page: ArchivedPage | None) -> "Validators":
        """Return what the server said of an archived copy; nothing if there is none."""
        return cls(page.etag, page.modified) if page else cls()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers that ask for the page only if it has changed; only ASCII can be sent."""
        found = (("If-None-Match", self.etag), ("If-Modified-Since", self.modified))
        return [(name, value) for name, value in found if value and value.isascii()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The content of an address now. `final` is where redirects led, `path` the bytes, None if they are unchanged."""

    address: str
    final: str
    path: Path | None
    media: MediaType = field(default_factory=lambda: MediaType("", ""))
    validators: Validators = field(default_factory=Validators)
    size: int = 0

    def archived(self) -> ArchivedPage:
        """Return the record under which its bytes are kept."""
        assert self.path  # noqa: S101  what has not changed is not kept again
        return ArchivedPage(
            address=self.address,
            final=self.final,
            file=f"{sha256_of(self.path)[:32]}{self.path.suffix}",
            media=self.media.name,
            charset=self.media.charset,
            etag=self.validators.etag,
            modified=self.validators.modified,
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )


class Fetcher:
    """Fetch pages one after the other; connections are kept open between them. Close it, or use it with `with`."""

    def __init__(self, private: PrivateHosts, limits: FetchLimits) -> None:
        self.limits = limits
        self._deadline = Deadline()
        self._pool = httpcore2.ConnectionPool(
            network_backend=GuardedBackend(private, self._deadline), max_connections=4, keepalive_expiry=15.0
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def fetch(
        self,
        address: str,
        folder: Path,
        validators: Validators | None = None,
        progress: Progress = no_progress,
        cancelled: CancelEvent | None = None,
        *,
        first: int = 0,
    ) -> Fetched:
        """Fetch a canonical address into a new file of `folder`, or find that it has not changed.

        Of a longer file only its `first` bytes are wanted, if that is not 0.

        Raises:
            FetchError: the site refuses, or does not have it.
            DocumentError: it cannot be reached or ingested; the message says why.
        """
        self._deadline.at = time.monotonic() + self.limits.seconds
        try:
            receiving = _Receiving(address, folder, self.limits, self._deadline, first)
            return self._follow(receiving, validators or Validators(), progress, cancelled or CancelEvent())
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError) as error:
            raise explain_failure(error, self.limits.seconds) from error

    def _follow(
        self, receiving: "_Receiving", validators: Validators, progress: Progress, cancelled: CancelEvent
    ) -> Fetched:
        """Follow redirects by hand, so that every address on the way is checked like the first."""
        seen = [receiving.address]
        for _ in range(_MAX_REDIRECTS + 1):
            with self._pool.stream("GET", seen[-1], headers=_headers(validators), extensions=_timeouts()) as response:
                headers = _decoded(response.headers)
                if response.status not in _REDIRECTS or "location" not in headers:
                    return receiving.take(response, seen[-1], headers, progress, cancelled)
                target = _target(seen[-1], headers["location"])
            if target in seen:
                raise DocumentError("the site redirects in a circle, as some do that need cookies: nothing is there")
            seen.append(target)
        raise DocumentError(f"the site redirects more than {_MAX_REDIRECTS} times: nothing is there")


@dataclass(frozen=True, slots=True)
class _Receiving:
    """How the response that is no redirect is received."""

    address: str
    folder: Path
    limits: FetchLimits
    deadline: Deadline
    first: int

    def take(
        self,
        response: httpcore2.Response,
        final: str,
        headers: Mapping[str, str],
        progress: Progress,
        cancelled: CancelEvent,
    ) -> Fetched:
        """Return what a response has, from the address where redirects led."""
        if response.status == 304:
            return Fetched(address=self.address, final=final, path=None)
        if response.status != 200:
            raise explain_status(response.status, headers)
        media = MediaType.of(headers.get("content-type", ""))
        if media.has_no_text:
            raise FetchError(f"it is no text but {media.name}", unreadable=True)
        announced = headers.get("content-length", "")
        self._require_size(int(announced) if announced.isdecimal() and len(announced) < 20 and not self.first else 0)
        suffix = suffix_of(media, final)
        path, size = self._write(self._counted(response, cancelled), headers, suffix, progress)
        return Fetched(
            address=self.address,
            final=final,
            path=path,
            media=media,
            validators=Validators(headers.get("etag", "")[:500], headers.get("last-modified", "")[:100]),
            size=size,
        )

    def _counted(self, response: httpcore2.Response, cancelled: CancelEvent) -> Iterator[bytes]:
        """Yield the body as it is sent. As long as much arrives, there is more time for it."""
        received = 0
        for part in response.iter_stream():
            if cancelled.is_set():
                raise DocumentError("it was cancelled")
            received += len(part)
            self._require_size(received)
            self.deadline.at += len(part) / _SLOWEST_BYTES_A_SECOND
            yield part

    def _write(
        self, parts: Iterator[bytes], headers: Mapping[str, str], suffix: str, progress: Progress
    ) -> tuple[Path, int]:
        size = 0
        with NamedTemporaryFile(dir=self.folder, suffix=suffix, delete=False) as file:
            try:
                for part in unpacked(parts, headers):
                    size += len(part)
                    self._require_size(size)
                    file.write(part)
                    progress("fetching", size // 1000, 0)
                    if self.first and size >= self.first:
                        break
            except BaseException:
                with suppress(OSError):
                    Path(file.name).unlink()
                raise
        return Path(file.name), size

    def _require_size(self, size: int) -> None:
        if size > self.limits.bytes:
            limit = self.limits.bytes // 1_000_000
            raise FetchError(f"it is larger than the limit of {limit} MB (setting max_file_mb)", unreadable=True)


def _target(address: str, location: str) -> str:
    """Return where a redirect leads.

    Raises:
        DocumentError: that is no address of a web page.
    """
    try:
        return canonical(urljoin(address, location))
    except (DocumentError, ValueError) as error:
        raise DocumentError(f"the site redirects to an address that is not followed: {error}") from error


def _headers(validators: Validators) -> list[tuple[str, str]]:
    return [
        ("User-Agent", _USER_AGENT),
        ("Accept", _ACCEPT),
        ("Accept-Encoding", "gzip, deflate"),
        *validators.headers,
    ]


def _timeouts() -> dict[str, dict[str, float]]:
    return {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), _SILENT_SECONDS)}


def _decoded(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): _text(value) for name, value in headers}


def _text(value: bytes) -> str:
    """Decode a header, which is Latin-1 by the standard, and UTF-8 where servers send addresses as they are."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
