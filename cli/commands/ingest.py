"""`citewell ingest`: read files, folders and globs into the library."""

import json
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LibraryOption, cleanup, open_services, print_json
from rag.runtime.progress import CancelEvent

if TYPE_CHECKING:
    from cli.output_ingest import IngestReporter
    from ingest.files import File
    from ingest.pipeline import Ingestor
    from ingest.prepare import FileResult
    from ingest.watch import Watcher


def _reject_empty(paths: list[str]) -> list[str]:
    """Return the paths if none is empty: an unset variable of a script would otherwise mean the current folder."""
    if not all(paths):
        raise typer.BadParameter("a path is empty; name a file, a folder or a glob ('.' for this folder).")
    return paths


PathsArgument = Annotated[
    list[str], typer.Argument(help="Files, folders or globs.", metavar="PATH", callback=_reject_empty)
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
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, without doing it.")]


def ingest(
    paths: PathsArgument,
    library: LibraryOption = None,
    collection: CollectionOption = None,
    password: PasswordOption = None,
    archives: ArchivesOption = False,
    watch: WatchOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read documents into the library. Unchanged files cost nothing; exit code 1 if any file failed."""
    from cli import output_ingest
    from ingest.discover import discover
    from ingest.files import File
    from ingest.pipeline import open_ingestor
    from ingest.removal import purge_indexes
    from ingest.watch import Watcher

    started = time.perf_counter()
    if password == "-":  # noqa: S105  asks for one
        password = getpass("Password of the encrypted files: ")
    with output_ingest.show_progress() as report:
        files = [File.at(path, password=password) for path in discover(paths, archives)]
        services = open_services(report, library=library)
        report.start(files, services.settings.max_file_mb * 1_000_000)
        ingestor = open_ingestor(services, collection and collection.strip())
        watcher = Watcher(services, ingestor, paths, password, archives) if watch else None
        found = _plan(ingestor, files, watcher) if dry_run else ingestor.ingest_files(files, report, archives=archives)
        results = _report_each(found, report, planned=dry_run, as_json=as_json)
        if not dry_run and any(result.status == "replaced" for result in results):
            purge_indexes(services, report)
    _print_end(results, time.perf_counter() - started, planned=dry_run, as_json=as_json)
    if watcher and not dry_run:
        _follow(watcher, as_json=as_json)
    raise typer.Exit(1 if any(result.status == "failed" for result in results) else 0)


def _plan(ingestor: "Ingestor", files: "Iterable[File]", watcher: "Watcher | None") -> "Generator[FileResult]":
    """Yield what would become of these files, and of those that a watcher would find deleted."""
    from cli import output_ingest

    yield from map(ingestor.preparer.plan, files)
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


def _print_end(results: "Sequence[FileResult]", seconds: float, *, planned: bool, as_json: bool) -> None:
    from cli import output_ingest

    if as_json:
        files = [asdict(result) for result in results]
        print_json({"files": files, "seconds": round(seconds, 3), "dry_run": planned})
    else:
        output_ingest.print_summary(results, seconds, planned=planned)


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
