"""`citewell ingest`: files, folders and globs into the library."""

import json
import sys
import time
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import asdict
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LibraryOption, open_services, opened, print_json
from rag.runtime.progress import CancelEvent

if TYPE_CHECKING:
    from ingest.files import File
    from ingest.pipeline import Ingestor
    from ingest.prepare import FileResult
    from ingest.watch import Watcher


def _none_empty(paths: list[str]) -> list[str]:
    """The paths, none of which is empty: one that a script left so would be the folder that it runs in."""
    if not all(paths):
        raise typer.BadParameter("a path is empty; name a file, a folder or a glob ('.' for this folder).")
    return paths


def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs.", metavar="PATH", callback=_none_empty)],
    library: LibraryOption = None,
    collection: Annotated[
        str | None, typer.Option(help="Put the documents into this collection; '' takes them out of theirs.")
    ] = None,
    password: Annotated[
        str | None, typer.Option(help="Opens encrypted files; '-' asks for it. It is not stored.", metavar="PASSWORD")
    ] = None,
    archives: Annotated[
        bool, typer.Option("--archives", help="Read what is in ZIP and tar archives; otherwise they are left alone.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on until Ctrl-C: take in what changes, remove what is or was deleted.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
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
    results: list[FileResult] = []
    with output_ingest.reporting() as report:
        files = [File.at(path, password=password) for path in discover(paths, archives)]
        services = open_services(report, library=library)
        report.expect(files, services.settings.max_file_mb * 1_000_000)
        ingestor = open_ingestor(services, collection and collection.strip())
        watcher = Watcher(services, ingestor, paths, password, archives) if watch else None
        found = _plans(ingestor, files, watcher) if dry_run else ingestor.ingest_files(files, report, archives=archives)
        for result in opened.enter_context(closing(found)):
            results.append(result)
            report.finished()
            if not as_json:
                output_ingest.print_file(result, planned=dry_run)
        if not dry_run and any(result.status == "replaced" for result in results):
            purge_indexes(services, report)
    seconds = time.perf_counter() - started
    if as_json:
        files_json = [asdict(result) for result in results]
        print_json({"files": files_json, "seconds": round(seconds, 3), "dry_run": dry_run})
    else:
        output_ingest.print_summary(results, seconds, planned=dry_run)
    if watcher and not dry_run:
        _follow(watcher, as_json=as_json)
    raise typer.Exit(1 if any(result.status == "failed" for result in results) else 0)


def _plans(ingestor: "Ingestor", files: "Iterable[File]", watcher: "Watcher | None") -> "Generator[FileResult]":
    """What would become of these files, and of those that a watcher would find deleted."""
    from cli import output_ingest

    yield from map(ingestor.preparer.plan, files)
    if watcher:
        yield from watcher.plan(output_ingest.print_absent)


def _follow(watcher: "Watcher", *, as_json: bool) -> None:
    """Print what becomes of files that change, one a line, until Ctrl-C."""
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
