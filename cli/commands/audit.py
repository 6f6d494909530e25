"""`citewell audit`: read the audit log."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from cli.options import JsonOption, LibraryOption, print_json, read_settings
from rag.errors import SettingsError

SinceOption = Annotated[
    str | None, typer.Option(help="From then on: a date (2026-03-01, in UTC), or the last 12h, 30d or 6w.")
]


def audit(library: LibraryOption = None, since: SinceOption = None, as_json: JsonOption = False) -> None:
    """Show who signed in, shared, removed, or changed accounts and keys: never contents. Times are in UTC."""
    from cli import output
    from rag.runtime.audit_log import read_events

    path = read_settings(library=library).audit_log
    try:
        read = list(read_events(path, _moment(since) if since else None))
    except OSError as error:
        raise SettingsError(f"The audit log {path} cannot be read: {error.strerror}. Run this as its owner.") from error
    events = [event for event in read if event]
    if as_json:
        print_json([asdict(event) for event in events])
    else:
        output.print_table(
            output.count(len(events), "event"),
            ("time", "user", "action", "object", "detail", "from", "key"),
            (
                (e.time[:19].replace("T", " "), e.actor or "(shell)", e.action, e.object, e.detail, e.address, e.key)
                for e in events
            ),
        )
    if broken := len(read) - len(events):
        output.err.print(f"{output.count(broken, 'line')} of {path} could not be read.", markup=False)


def _moment(text: str) -> datetime:
    """Return the time that a span before now, or a date, names.

    Raises:
        SettingsError: it names none.
    """
    number, unit = text[:-1], {"h": "hours", "d": "days", "w": "weeks"}.get(text[-1:].lower())
    try:
        if unit and number.isdecimal():
            return datetime.now(UTC) - timedelta(**{unit: int(number)})
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise SettingsError(f"'{text}' is no time. Write a date as 2026-03-01, or a span as 12h, 30d or 6w.") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
