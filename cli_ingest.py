"""`citewell ingest`: files, folders and globs into the library."""

import time
from dataclasses import asdict
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from cli_common import JsonOption, LibraryOption, open_services, print_json

if TYPE_CHECKING:
    from ingest.prepare import FileResult


def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs.", metavar="PATH...")],
    library: LibraryOption = None,
    collection: Annotated[
        str | None, typer.Option(help="Put the documents into this collection; '' takes them out of theirs.")
    ] = None,
    password: Annotated[
        str | None, typer.Option(help="Opens encrypted files; '-' asks for it. It is not stored.", metavar="PASSWORD")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read documents into the library. Unchanged files cost nothing; exit code 1 if any file failed."""
    import console_ingest
    from ingest.discover import discover
    from ingest.factory import open_ingestor
    from ingest.files import File

    started = time.perf_counter()
    if password == "-":  # noqa: S105  asks for one
        password = getpass("Password of the encrypted files: ")
    results: list[FileResult] = []
    with console_ingest.reporting() as report:
        files = [File.at(path, password=password) for path in discover(paths)]
        report.expect(files)
        ingestor = open_ingestor(open_services(report, library=library), collection and collection.strip())
        found = map(ingestor.preparer.plan, files) if dry_run else ingestor.ingest_files(files, report)
        for result in found:
            results.append(result)
            report.finished()
            if not as_json:
                console_ingest.print_file(result, planned=dry_run)
    seconds = time.perf_counter() - started
    if as_json:
        files_json = [asdict(result) for result in results]
        print_json({"files": files_json, "seconds": round(seconds, 3), "dry_run": dry_run})
    else:
        console_ingest.print_summary(results, seconds, planned=dry_run)
    raise typer.Exit(1 if any(result.status == "failed" for result in results) else 0)
