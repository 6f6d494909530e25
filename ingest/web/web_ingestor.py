"""Ingest pages of the web: fetch, read like any file, and keep the copy that was read.

The old version of a page answers until the new one is stored, and stays if the page cannot be fetched any more.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.sources.file_store import original_files
from ingest.sources.files import File
from ingest.sources.page_archive import PageArchive, page_file
from ingest.sources.web_address import canonical, without_password
from ingest.web.crawl import Crawl, Crawler, CrawlReport, Visit
from ingest.web.fetch import Fetched, Fetcher, FetchLimits, Validators
from ingest.web.network import PrivateHosts
from rag.errors import DocumentError, SettingsError
from rag.runtime.progress import CancelEvent, Progress, no_progress
from rag.settings import Settings

_READ_TOGETHER = 8
"""Pages fetched before they are read and stored together: a batch is embedded faster, and a kill loses few."""

_LOCKED = "it is encrypted: give its password with --password, or save the file, add it, and give its password then"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """For whom pages are ingested, and how. `password` opens encrypted files and is never stored."""

    owner: str = ""
    password: str | None = None
    progress: Progress = no_progress
    cancelled: CancelEvent | None = None


@dataclass(frozen=True, slots=True)
class _Pending:
    """A page on its way into the library, and what its user should know of the way."""

    file: File
    fetched: Fetched | None
    note: str = ""
    may_pass: bool = False


class WebIngestor:
    """Ingest pages by their addresses, with the settings' limits, into the library of an ingestor."""

    def __init__(self, ingestor: Ingestor, settings: Settings) -> None:
        self._ingestor = ingestor
        self._settings = settings
        self._archive = PageArchive(original_files(settings))
        self._private = PrivateHosts.of(settings.web_private_hosts)

    def ingest(self, addresses: Sequence[str], request: PageRequest = PageRequest()) -> Iterator[FileResult]:
        """Ingest the pages at these addresses, or refresh them, and yield the results: first those of what is none."""
        pages = []
        for address in addresses:
            try:
                pages.append(canonical(address))
            except DocumentError as error:
                yield _no_address(address, error)
        with self._fetcher() as fetcher, self._archive.incoming() as folder:
            visits = (self._visit(fetcher, folder, page, request) for page in dict.fromkeys(pages))
            yield from self._take_in(visits, request)

    def crawl(
        self,
        address: str,
        report: CrawlReport,
        request: PageRequest = PageRequest(),
        *,
        depth: int,
        within: str = "",
        most: int = 200,
    ) -> Iterator[FileResult]:
        """Ingest a page and those up to `depth` links away, at most `most`; `report` says what was left out.

        Only addresses below `within` are visited, by default those in the page's folder.
        """
        try:
            crawl = Crawl.of(address, depth, within, most)
        except DocumentError as error:
            yield _no_address(address, error)
            return
        stop = request.cancelled or CancelEvent()
        with self._fetcher() as fetcher, self._archive.incoming() as folder:
            workers = self._ingestor.preparer.workers
            crawler = Crawler(fetcher, self._archive, workers, folder, self._settings.web_delay_seconds)
            with closing(crawler.visits(crawl, report, request.owner, request.progress, stop)) as visits:
                yield from self._take_in(visits, request)

    def plan(self, address: str) -> FileResult:
        """Return what would become of an address, which is not fetched."""
        try:
            file = page_file(Path(), canonical(address))
        except DocumentError as error:
            return _no_address(address, error)
        if self._ingestor.preparer.library.find(file.source) is None:
            return FileResult(name=file.name, source=file.source, status="added", note="it was not fetched")
        note = "it was not fetched: if it has not changed, it stays as it is"
        return FileResult(name=file.name, source=file.source, status="replaced", note=note)

    def _fetcher(self) -> Fetcher:
        if self._settings.offline:
            raise SettingsError("The setting 'offline' is on, so nothing is fetched. Turn it off to ingest web pages.")
        limit = self._settings.max_file_mb * 1_000_000
        return Fetcher(self._private, FetchLimits(bytes=limit, seconds=self._settings.web_seconds))

    def _visit(self, fetcher: Fetcher, folder: Path, address: str, request: PageRequest) -> Visit:
        validators = Validators.of(self._archive.find(address, request.owner))
        try:
            return Visit(address, fetcher.fetch(address, folder, validators, request.progress, request.cancelled))
        except DocumentError as error:
            return Visit(address, None, error)

    def _take_in(self, visits: Iterable[Visit], request: PageRequest) -> Iterator[FileResult]:
        visits = iter(visits)
        while batch := [self._pending(visit, request) for visit in islice(visits, _READ_TOGETHER)]:
            files = (each.file for each in batch)
            found = self._ingestor.ingest_files(files, request.progress, cancelled=request.cancelled)
            with closing(found) as results:
                for pending, result in zip(batch, results, strict=True):
                    yield self._stored(pending, result, request)

    def _pending(self, visit: Visit, request: PageRequest) -> _Pending:
        """Return the file to read: what was fetched, or the archived copy where that is still the page."""
        fetched = visit.fetched
        if fetched is None:
            archived = self._archive.find(visit.address, request.owner)
            kept = f"; the copy of {archived.fetched_at[:10]} stays" if archived else ""
            return _Pending(_rejected(visit.address, f"{visit.error}{kept}", request), None, may_pass=_may_pass(visit))
        if fetched.path is not None:
            file = page_file(fetched.path, fetched.address, request.owner, fetched.media.charset)
            note = f"the address leads to {fetched.final}" if fetched.final != fetched.address else ""
            return _Pending(replace(file, password=request.password), fetched, note)
        copy = self._archive.file(visit.address, request.owner)
        if copy is None:
            return _Pending(_rejected(visit.address, "it has just been removed: add it again", request), None)
        return _Pending(replace(copy, password=request.password), None)

    def _stored(self, pending: _Pending, result: FileResult, request: PageRequest) -> FileResult:
        """Keep the copy of a page that is in the library now."""
        fetched = pending.fetched
        if fetched is not None and fetched.path is not None:
            if result.status == "failed":
                fetched.path.unlink(missing_ok=True)
            else:
                self._archive.keep(fetched.archived(), fetched.path, request.owner)
        reason = _LOCKED if result.locked and request.password is None else result.reason
        note = "; ".join(filter(None, (result.note, pending.note)))
        return replace(result, reason=reason, note=note, may_pass=result.may_pass or pending.may_pass)


def _rejected(address: str, reason: str, request: PageRequest) -> File:
    return replace(page_file(Path(), address, request.owner), rejection=reason)


def _may_pass(visit: Visit) -> bool:
    return visit.error is not None and visit.error.may_pass


def _no_address(text: str, error: DocumentError) -> FileResult:
    """Return the result of what is no address. It is not put into the ledger, and a password in it is not repeated."""
    shown = without_password(text)
    return FileResult(name=shown, source=shown, status="failed", reason=str(error))
