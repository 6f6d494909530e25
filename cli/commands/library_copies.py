"""`citewell library backup`, `copy`, `expire`, `restore` and `salvage`: copies of a library, what leaves it by time."""

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LibraryOption, open_services, print_json, read_settings
from rag.errors import SettingsError

if TYPE_CHECKING:
    from rag.settings import Settings


_Expiring = tuple[str, str, str, str, str, datetime]
"""Kind, id, name, collection, owner, and when its time is over."""


def _require_folder(settings: "Settings") -> None:
    """Raise if the library is in a database, which has programs of its own for this."""
    if settings.database is not None:
        raise SettingsError(
            "The library is in PostgreSQL, and this command is for one in a folder. Use pg_dump and pg_restore for the "
            "database, and copy the folder for uploads (docs/operations.md)."
        )


def backup(
    file: Annotated[Path, typer.Argument(help="A file that does not exist yet.", metavar="FILE")],
    since: Annotated[
        Path | None, typer.Option(help="Only what changed since this backup, which has to stay beside the new one.")
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Copy documents, conversations, notes, uploads, keys, shares and accounts into one file, while everything runs.

    The list of followed folders and the audit log are in it too; not in it are models, settings, the search indexes
    (they are built anew), and an audit log that audit_file has elsewhere. The file is read back and checked. Keep it as
    safe as the library.
    """
    from cli import output
    from ingest.backup import back_up
    from rag.runtime.audit_log import record

    settings = read_settings(library=library)
    _require_folder(settings)
    with output.show_progress() as report:
        report("copying the library", 0, 0)
        count = back_up(settings.library, file.absolute(), settings.auth_file, since=since)
    record(settings.audit_log, "backup-made", file.name)
    output.out.print(f"{output.count(count, 'file')} copied and checked: {file}", markup=False)
    if not settings.audit_log.absolute().is_relative_to(settings.library.absolute()):
        output.out.print(f"The audit log is not in it: copy {settings.audit_log} too.", markup=False)


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.", metavar="FILE")], library: LibraryOption = None
) -> None:
    """Make a library of a backup, in a folder that is empty or does not exist; its indexes are built anew.

    Folders that were followed are followed again by the next server, where they are there under the same paths.
    """
    from cli import output
    from ingest import backup as backups
    from rag.runtime.audit_log import record

    settings = read_settings(library=library)
    _require_folder(settings)
    with output.show_progress() as report:
        report("restoring the library", 0, 0)
        count = backups.restore(file, settings.library, settings.auth_file)
    record(settings.audit_log, "backup-restored", file.name)
    output.out.print(f"{output.count(count, 'file')} restored to {settings.library}", markup=False)
    if (settings.library / backups.ACCOUNTS).exists():
        output.out.print(
            f"The accounts are in {settings.library / backups.ACCOUNTS}: move them where auth_file says.", markup=False
        )


def salvage(
    folder: Annotated[Path, typer.Argument(help="A folder for the new library.", metavar="FOLDER")],
    library: LibraryOption = None,
) -> None:
    """Take what is whole out of a damaged library into a new one. Exit code 1 if anything was lost."""
    from cli import output
    from ingest import salvage as salvaging

    services = open_services(library=library)
    _require_folder(services.settings)
    with output.show_progress() as report:
        report("taking out what is whole", 0, 0)
        result = salvaging.salvage(services.settings.library, folder.absolute(), services.embedder_name)
    taken = (
        output.count(result.documents, "document"),
        output.count(result.conversations, "conversation"),
        output.count(result.notes, "note"),
    )
    output.out.print(f"{', '.join(taken)} taken to {folder}; use it with --library", markup=False)
    for lost in result.lost:
        output.out.print(f"lost: {lost}", markup=False)
    raise typer.Exit(1 if result.lost else 0)


def copy(
    source: Annotated[
        str, typer.Argument(help="The library to copy: a folder, or postgresql://USER@HOST:PORT/NAME.", metavar="FROM")
    ],
    target: Annotated[str, typer.Argument(help="Where to: a folder or database without a library.", metavar="TO")],
    as_json: JsonOption = False,
) -> None:
    """Copy documents, conversations and notes into a folder or a PostgreSQL database, and read everything back.

    Stop the programs that use either first. Ids stay the same. If it was interrupted, run it again: it goes on.
    """
    from cli import output
    from rag.runtime.audit_log import record
    from rag.stores.copy_rounds import copy_library, open_end

    with output.show_progress() as report, closing(open_end(source)) as from_, closing(open_end(target)) as to:
        copied = copy_library(from_, to, report)
        places = {"from": from_.label, "to": to.label}
    record(read_settings().audit_log, "library-copied", detail=f"{places['from']} to {places['to']}")
    if as_json:
        print_json({**places, **asdict(copied), "verified": True})
        return
    nouns = {"documents": "document", "chunks": "chunk", "conversations": "conversation", "notes": "note"}
    counts = ", ".join(output.count(copied.rows[table], noun) for table, noun in nouns.items())
    already = "" if copied.units else "Nothing to copy: it was there already. "
    output.out.print(f"{already}{counts} read back from {to.label}, the same as in {from_.label}", markup=False)


def expire(
    library: LibraryOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list them.")] = False,
    within: Annotated[
        int, typer.Option(min=0, max=36_500, help="With --dry-run: also those that expire within so many days.")
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Remove what is older than the settings retention_days, retention_by_collection and retention_conversations_days.

    A server does so by itself. Uploads and copies of web pages go with their documents; files on your own disk stay,
    and would be ingested anew. Conversations and notes go when they were not used for so long.
    """
    from ingest.expiry import expire as remove_expired
    from ingest.expiry import find_expiring, may_expire
    from serving.ownership import withdraw_emptied
    from serving.retention import expire_turns, find_expiring_turns

    services = open_services(library=library)
    if not may_expire(services.settings) and services.settings.retention_conversations_days is None:
        raise SettingsError(
            "Nothing expires: set retention_days, retention_by_collection or retention_conversations_days "
            "(docs/settings.md)."
        )
    if within and not dry_run:
        raise SettingsError("--within is for --dry-run: nothing is removed before its time.")
    now = datetime.now(UTC)
    by = now + timedelta(days=within)
    documents, turns = find_expiring(services, by), find_expiring_turns(services, by)
    if not dry_run:
        withdraw_emptied(services, (each.owner for each in remove_expired(services, now)))
        expire_turns(services, now)
    rows: list[_Expiring] = [
        ("document", str(each.document.id), each.document.name, each.document.collection, each.document.owner, each.at)
        for each in documents
    ]
    rows += [(each.kind, each.id, each.name, "", each.owner, each.at) for each in turns]
    _print_expiring(rows, "to expire" if dry_run else "removed", as_json=as_json)


def _print_expiring(rows: "list[_Expiring]", said: str, *, as_json: bool) -> None:
    from cli import output

    if as_json:
        keys = ("kind", "id", "name", "collection", "owner", "expires_at")
        print_json([dict(zip(keys, (*row[:-1], row[-1].isoformat()), strict=True)) for row in rows])
        return
    kinds = [row[0] for row in rows]
    counts = [output.count(kinds.count(kind), kind) for kind in ("document", "conversation", "note")]
    title = f"{', '.join(counts)} {said}"
    shown = [(*row[:-1], f"{row[-1]:%Y-%m-%d}") for row in rows]
    output.print_table(title, ("what", "id", "name", "collection", "user", "expires"), shown)
