"""`citewell worker`: ingest what the servers of a database have queued."""

import signal
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import LibraryOption, open_services, read_settings

if TYPE_CHECKING:
    from rag.settings import Settings


def worker(
    library: LibraryOption = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="The log as a JSON object a line.")] = False,
) -> None:
    """Ingest the uploads of all servers of a PostgreSQL database, until Ctrl-C or SIGTERM."""
    from cli import output
    from ingest.pipeline import open_ingestor
    from serving.uploads import open_worker, require_queue

    require_queue(settings := read_settings(library=library))
    _begin_log(settings, as_json=log_json)
    ended = Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with output.show_progress() as report:
        services = open_services(report, library=library)
        taking = open_worker(services, open_ingestor(services))
        services.embedder  # noqa: B018  a model that is missing is said now, and not of every file
    taking.start()
    output.out.print("This worker ingests what is queued.  (Ctrl-C stops it)")
    ended.wait()


def _begin_log(settings: "Settings", *, as_json: bool) -> None:
    from observing import logs

    form = "json" if as_json else "text"
    logs.configure(form, level=settings.log_level, file=settings.log_file, file_mb=settings.log_file_mb)
