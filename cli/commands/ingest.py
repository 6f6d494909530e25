"""`citewell ingest`: read files, folders, globs and pages of the web into the library."""

import json
import sys
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LibraryOption, cleanup, open_services, print_json
from rag.runtime.progress import CancelEvent

if TYPE_CHECKING:
    from cli.output_ingest import IngestReporter
    from ingest.pipeline import Ingestor
    from ingest.prepare import FileResult
    from ingest.sources.files import File
    from ingest.watch import Watcher
    from ingest.web.crawl import CrawlReport
    from ingest.web.web_ingestor import WebIngestor
    from rag.settings import Settings


def _reject_empty(paths: list[str]) -> list[str]:
    """Return the paths if none is empty: an unset variable of a script would otherwise mean the current folder."""
    if not all(paths):
        raise typer.BadParameter("a path is empty; name a file, a folder or a glob ('.' for this folder).")
    return paths


PathsArgument = Annotated[
    list[str],
    typer.Argument(help="Files, folders, globs, or addresses of web pages.", metavar="PATH", callback=_reject_empty),
]
CollectionOption = Annotated[
    str | None, typer.Option(help="Put the documents into this collection; '' takes them out of theirs.")
]
PasswordOption = Annotated[
    str | None, typer.Option(help="Opens encrypted files; '-' asks for it. It is not stored.", metavar="PASSWORD")
]
ArchivesOption = Annotated[
    bool, typer.Option("--archives", help="Read what is in ZIP and tar archives; otherwise they are left alone.")
]
WatchOption = Annotated[
    bool, typer.Option("--watch", help="Go on until Ctrl-C: ingest what changes, remove what is or was deleted.")
]
CrawlOption = Annotated[
    int | None, typer.Option(min=0, help="Follow the links of a web page, so many away.", metavar="DEPTH")
]
WithinOption = Annotated[
    str | None, typer.Option(help="With --crawl: only addresses that begin so; by default the page's folder.")
]
MaxPagesOption = Annotated[int, typer.Option(min=1, help="With --crawl: most pages to take in.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, without doing it.")]


def ingest(
    paths: PathsArgument,
    library: LibraryOption = None,
    collection: CollectionOption = None,
    password: PasswordOption = None,
    archives: ArchivesOption = False,
    watch: WatchOption = False,
    crawl: CrawlOption = None,
    within: WithinOption = None,
    max_pages: MaxPagesOption = 200,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read documents into the library. Unchanged files cost nothing; exit code 1 if any file failed."""
    from cli import output_ingest
    from ingest.pipeline import open_ingestor
    from ingest.sources.discover import discover
    from ingest.sources.files import File
    from ingest.upkeep.removal import purge_indexes
    from ingest.watch import Watcher

    started = time.perf_counter()
    password = getpass("Password of the encrypted files: ") if password == "-" else password  # noqa: S105  asks for one
    pages = _Pages(depth=crawl, within=within or "", max_pages=max_pages, password=password)
    paths, pages = _split(paths, pages, watch)
    with output_ingest.show_progress() as report:
        files = [File.at(path, password=password) for path in discover(paths, archives)]
        services = open_services(report, library=library)
        report.start(files, services.settings.max_file_mb * 1_000_000)
        ingestor = open_ingestor(services, collection and collection.strip())
        watcher = Watcher(services, ingestor, paths, password, archives) if watch else None
        taken_in = _take_in(ingestor, files, pages, services.settings, report, archives=archives)
        found = _plan(ingestor, files, watcher, pages, services.settings) if dry_run else taken_in
        results = _report_each(found, report, planned=dry_run, as_json=as_json)
        if not dry_run and any(result.status == "replaced" for result in results):
            purge_indexes(services, report)
    _print_end(results, pages, time.perf_counter() - started, planned=dry_run, as_json=as_json)
    if watcher and not dry_run:
        _follow(watcher, as_json=as_json)
    raise typer.Exit(1 if any(result.status == "failed" for result in results) else 0)


@dataclass(kw_only=True)
class _Pages:
    """Pages of the web to take in, and what became of their crawls. Without a `depth` no link is followed."""

    depth: int | None
    within: str
    max_pages: int
    password: str | None
    addresses: "Sequence[str]" = ()
    crawls: "list[CrawlReport]" = field(default_factory=list)

    def check(self, *, watch: bool) -> None:
        """Reject flags that would have no effect."""
        if self.depth is None and self.within:
            raise typer.BadParameter("--within is for --crawl: say how many links away, such as --crawl 2.")
        if self.depth is not None and not self.addresses:
            raise typer.BadParameter("--crawl follows the links of a web page: give its address (https://…).")
        if watch:
            raise typer.BadParameter("--watch follows files and folders. To refresh a page, ingest its address again.")

    def take_in(self, web: "WebIngestor", report: "IngestReporter") -> "Iterator[FileResult]":
        """Yield what becomes of the pages."""
        from ingest.web.crawl import CrawlReport
        from ingest.web.web_ingestor import PageRequest

        request = PageRequest(password=self.password, progress=report)
        if self.depth is None:
            yield from web.ingest(self.addresses, request)
            return
        for address in self.addresses:
            self.crawls.append(CrawlReport(address))
            yield from web.crawl(
                address, self.crawls[-1], request, depth=self.depth, within=self.within, most=self.max_pages
            )


def _split(named: list[str], pages: _Pages, watch: bool) -> tuple[list[str], _Pages]:
    """Return the paths of files among what was named, and the pages with the addresses."""
    from ingest.sources.web_address import looks_like_address

    pages.addresses = [name for name in named if looks_like_address(name)]
    paths = [name for name in named if not looks_like_address(name)]
    pages.check(watch=watch and not paths)
    return paths, pages


def _take_in(
    ingestor: "Ingestor",
    files: "Iterable[File]",
    pages: _Pages,
    settings: "Settings",
    report: "IngestReporter",
    *,
    archives: bool,
) -> "Generator[FileResult]":
    """Yield what becomes of files and pages."""
    with closing(ingestor.ingest_files(files, report, archives=archives)) as results:
        yield from results
    if pages.addresses:
        from ingest.web.web_ingestor import WebIngestor

        yield from pages.take_in(WebIngestor(ingestor, settings), report)


def _plan(
    ingestor: "Ingestor", files: "Iterable[File]", watcher: "Watcher | None", pages: _Pages, settings: "Settings"
) -> "Generator[FileResult]":
    """Yield what would become of these files and pages, and of files that a watcher would find deleted."""
    from cli import output_ingest

    yield from map(ingestor.preparer.plan, files)
    if pages.addresses:
        from ingest.web.web_ingestor import WebIngestor

        yield from map(WebIngestor(ingestor, settings).plan, pages.addresses)
    if watcher:
        yield from watcher.plan(output_ingest.print_absent)


def _report_each(
    found: "Generator[FileResult]", report: "IngestReporter", *, planned: bool, as_json: bool
) -> "list[FileResult]":
    """Return the results; each is printed as soon as its file is done, unless JSON is wanted."""
    from cli import output_ingest

    results = []
    for result in cleanup.enter_context(closing(found)):
        results.append(result)
        report.file_done()
        if not as_json:
            output_ingest.print_file(result, planned=planned)
    return results


def _print_end(results: "Sequence[FileResult]", pages: _Pages, seconds: float, *, planned: bool, as_json: bool) -> None:
    from cli import output_ingest

    if as_json:
        ended = {"files": [asdict(result) for result in results], "seconds": round(seconds, 3), "dry_run": planned}
        print_json(ended | ({"crawls": [asdict(crawl) for crawl in pages.crawls]} if pages.crawls else {}))
        return
    output_ingest.print_summary(results, seconds, planned=planned)
    for crawl in pages.crawls:
        output_ingest.print_crawl(crawl)


def _follow(watcher: "Watcher", *, as_json: bool) -> None:
    """Print what becomes of changing files, one a line, until Ctrl-C."""
    from cli import output, output_ingest

    stopped = CancelEvent()
    try:
        results = watcher.follow(
            stopped,
            on_watching=lambda: output.err.print("watching; Ctrl-C stops it"),
            on_absent=output_ingest.print_absent,
        )
        for result in results:
            if as_json:
                sys.stdout.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
                sys.stdout.flush()
            else:
                output_ingest.print_file(result)
    except KeyboardInterrupt:
        stopped.set()
