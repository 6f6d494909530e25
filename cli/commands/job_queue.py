"""`citewell jobs`: add to the queue of a PostgreSQL database, list it, and retry what failed."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import JsonOption, LibraryOption, known_user, open_services, print_json, read_settings
from rag.errors import SettingsError

if TYPE_CHECKING:
    from rag.stores.postgres.postgres_jobs import PostgresJobs
    from rag.types.jobs import Job

app = typer.Typer(no_args_is_help=True, help="The queue of files and web pages to ingest: add, list, retry.")


@app.command()
def add(
    paths: Annotated[
        list[str], typer.Argument(help="Files, folders, globs, or addresses of web pages.", metavar="PATH")
    ],
    user: Annotated[str, typer.Option(help="The user of the app whose documents they will be.")] = "",
    collection: Annotated[str | None, typer.Option(help="Put the documents into this collection.")] = None,
    library: LibraryOption = None,
) -> None:
    """Copy files into the queue, for whichever workers are free; anybody's upload in the app comes first."""
    from cli import output
    from ingest.pipeline import open_ingestor
    from serving.bulk_uploads import add_all
    from serving.ownership import withdraw_emptied
    from serving.uploads import open_shared_uploads, require_queue

    require_queue(settings := read_settings(library=library))
    services = open_services(library=library)
    uploads = open_shared_uploads(services, open_ingestor(services))
    added = 0
    problems = []
    owner = known_user(settings, user)
    withdraw_emptied(services, [owner])  # the collection may be begun with these files
    for name, problem in add_all(uploads, paths, owner=owner, collection=collection):
        added += not problem
        if problem:
            problems.append(name)
            output.err.print(f"{name}: {problem}", markup=False)
    output.out.print(f"{output.count(added, 'job')} queued. 'citewell jobs list' shows what becomes of them.")
    if problems:
        raise typer.Exit(1)


@app.command("list")
def list_(
    failed: Annotated[bool, typer.Option("--failed", help="Only those that failed, with the reason.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits, is ingested, is locked or failed, of all users."""
    from cli import output

    found = _queue(library).all(["failed"] if failed else ["waiting", "working", "locked", "failed"])
    if as_json:
        print_json([_record(job) for job in found])
        return
    output.print_table(
        output.count(len(found), "job"),
        ("id", "state", "tries", "user", "name", "since", "worker", "reason"),
        (
            (
                str(job.id),
                job.state,
                str(job.tries),
                job.sender,
                job.name,
                f"{job.accepted_at:%Y-%m-%d %H:%M}" if job.accepted_at else "",
                job.worker,
                job.text,
            )
            for job in found
        ),
    )


@app.command()
def retry(
    ids: Annotated[list[int] | None, typer.Argument(help="Ids of 'citewell jobs list --failed'.", metavar="ID")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every job that failed and whose file was kept.")] = False,
    library: LibraryOption = None,
) -> None:
    """Have failed jobs tried again. A damaged file is not kept, so it has to be added again."""
    from cli import output

    if bool(ids) == all_:
        raise SettingsError("Name the ids of jobs, or --all. 'citewell jobs list --failed' shows them.")
    queue = _queue(library)
    known = {job.id: job for job in queue.all(["failed"])}
    wanted = ids or [job.id for job in known.values() if _is_kept(job)]
    kept = [id_ for id_ in wanted if queue.retry(id_)]
    output.out.print(f"{output.count(len(kept), 'job')} tried again.")
    for id_ in [id_ for id_ in wanted if id_ not in kept]:
        why = "its file is not kept: add it again" if id_ in known else "no failed job has this id"
        output.err.print(f"{id_}: {why}", markup=False)
    if len(kept) < len(wanted):
        raise typer.Exit(1)


def _queue(library: Path | None) -> "PostgresJobs":
    from serving.uploads import jobs_of, require_queue

    require_queue(read_settings(library=library))
    return jobs_of(open_services(library=library))


def _is_kept(job: "Job") -> bool:
    return bool(job.place or job.address)


def _record(job: "Job") -> dict[str, Any]:
    """Return a job for programs: without where its file is, and its progress, which the API has."""
    names = ("id", "state", "tries", "owner", "sender", "name", "address", "collection", "worker", "text")
    values = asdict(job)
    accepted = job.accepted_at.isoformat(timespec="seconds") if job.accepted_at else None
    return {name: values[name] for name in names} | {"accepted_at": accepted, "can_be_retried": _is_kept(job)}
