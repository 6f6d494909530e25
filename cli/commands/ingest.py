"""`citewell ingest`: read files, folders, globs and pages of the web into the library."""

import json
import sys
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LibraryOption, cleanup, open_services, print_json, warn_of_network_disk
from rag.runtime.progress import CancelEvent

if TYPE_CHECKING:
    from pathlib import Path

    from cli.output_ingest import IngestReporter
    from ingest.pipeline import Ingestor
    from ingest.prepare import FileResult
    from ingest.sources.files import File
    from ingest.watch import Watcher
    from ingest.web.crawl import CrawlReport
    from ingest.web.web_ingestor import WebIngestor
    from rag.services import Services
    from rag.settings import Settings


_LOOK_S = 5.0
"""Before anything is written, the library is looked through for damage, for so long at most."""


def _reject_empty(paths: list[str]) -> list[str]:
    """Return the paths if none is empty: an unset variable of a script would otherwise mean the current folder."""
    if not all(paths):
        raise typer.BadParameter("a path is empty; name a file, a folder or a glob ('.' for this folder).")
    return paths


def _asked_for(password: str | None) -> str | None:
    """Return the password, asked for if it is '-'."""
    return getpass("Password of the encrypted files: ") if password == "-" else password  # noqa: S105  asks for one


PathsArgument = Annotated[
    list[str],
    typer.Argument(help="Files, folders, globs, or addresses of web pages.", metavar="PATH", callback=_reject_empty),
]
CollectionOption = Annotated[
    str | None, typer.Option(help="Put the documents into this collection; '' takes them out of theirs.")
]
PasswordOption = Annotated[
    str | None,
    typer.Option(
        help="Opens encrypted files; '-' asks for it. It is not stored.", metavar="PASSWORD", callback=_asked_for
    ),
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
MaxPagesOption = Annotated[int, typer.Option(min=1, help="With --crawl: most pages to ingest.")]
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray", metavar="ADDRESS", help="Read and embed on this Ray cluster; 'local' starts one on this machine."
    ),
]
RaySecondsOption = Annotated[
    float | None, typer.Option(min=1, help="With --ray: give up after so many seconds in all.", metavar="SECONDS")
]
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
    ray: RayOption = None,
    ray_seconds: RaySecondsOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read documents into the library. Unchanged files cost nothing; exit code 1 if any file failed."""
    from cli import output_ingest
    from ingest.pipeline import open_ingestor
    from ingest.removal import purge_indexes

    started = time.perf_counter()
    cluster = _cluster(ray, ray_seconds, on_this_machine=bool(password or archives or watch))
    pages = _Pages(depth=crawl, within=within or "", max_pages=max_pages, password=password)
    paths, pages = _split(paths, pages, watch)
    with output_ingest.show_progress() as report:
        files, unread = _discovered(paths, password, archives=archives)
        services = _open_sound(report, library)
        report.start(files, services.settings.max_file_mb * 1_000_000)
        ingestor = open_ingestor(services, collection and collection.strip())
        watcher = _watcher(services, ingestor, paths, password, archives=archives) if watch else None
        taken_in = _take_in(ingestor, files, pages, services.settings, report, cluster, archives=archives)
        found = _plan(ingestor, files, watcher, pages, services.settings) if dry_run else taken_in
        results = _report_each(found, report, planned=dry_run, as_json=as_json)
        if not dry_run and any(result.status == "replaced" for result in results):
            purge_indexes(services, report)
    _print_end(results, pages, unread, time.perf_counter() - started, planned=dry_run, as_json=as_json)
    if watcher and not dry_run:
        _follow(watcher, as_json=as_json)
    raise typer.Exit(1 if any(result.status == "failed" for result in results) else 0)


def _watcher(
    services: "Services", ingestor: "Ingestor", paths: list[str], password: str | None, *, archives: bool
) -> "Watcher":
    """Return what follows the paths, made before they are read: what is edited from now on is not lost."""
    from ingest.watch import Watcher

    return Watcher(services=services, ingestor=ingestor, paths=paths, password=password, archives=archives)


def _discovered(paths: list[str], password: str | None, *, archives: bool) -> "tuple[list[File], list[Path]]":
    """Return the files to read, and those of folders that were left out for their endings."""
    from ingest.sources.discover import discover
    from ingest.sources.files import File

    left_out: list[Path] = []
    return [File.at(path, password=password) for path in discover(paths, archives, left_out.append)], left_out


def _open_sound(report: "IngestReporter", library: "Path | None") -> "Services":
    """Return the services over a library that is not damaged, as far as a short look finds."""
    services = open_services(report, library=library)
    warn_of_network_disk(services.settings)
    services.library.require_sound(_LOOK_S)
    return services


def _cluster(ray: str | None, seconds: float | None, *, on_this_machine: bool) -> "tuple[str, float] | None":
    """Return the address of the Ray cluster and the seconds it may take; None if there is to be none."""
    if seconds is not None and ray is None:
        raise typer.BadParameter("--ray-seconds is for --ray: name a cluster, or --ray local.")
    if ray is not None and on_this_machine:
        raise typer.BadParameter("--ray takes neither --password nor --archives nor --watch: they need this machine.")
    return None if ray is None else (ray, seconds or float("inf"))


@dataclass(kw_only=True)
class _Pages:
    """Pages of the web to ingest, and what became of their crawls. Without a `depth` no link is followed."""

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
    cluster: tuple[str, float] | None,
    *,
    archives: bool,
) -> "Generator[FileResult]":
    """Yield what becomes of files and pages; files are read on a cluster if there is one, pages here."""
    if cluster:
        from ingest.ray.ordered_tasks import Times
        from ingest.ray.ray_ingestor import RayIngestor

        found = RayIngestor(ingestor, settings, cluster[0], times=Times(whole=cluster[1])).ingest_files(files, report)
    else:
        found = ingestor.ingest_files(files, report, archives=archives)
    with closing(found) as results:
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


def _print_end(
    results: "Sequence[FileResult]",
    pages: _Pages,
    left_out: "Sequence[Path]",
    seconds: float,
    *,
    planned: bool,
    as_json: bool,
) -> None:
    from cli import output_ingest

    output_ingest.print_left_out(left_out)
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
    watching = partial(output.err.print, "watching; Ctrl-C stops it")
    try:
        for result in watcher.follow(stopped, on_watching=watching, on_absent=output_ingest.print_absent):
            if as_json:
                sys.stdout.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
                sys.stdout.flush()
            else:
                output_ingest.print_file(result)
    except KeyboardInterrupt:
        stopped.set()
