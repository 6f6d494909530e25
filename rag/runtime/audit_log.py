"""The audit log: who did what to whose access and to which documents, one JSON object a line; never contents.

Whoever acts is known to the guards of the web app and the API, and what happens is known far below them: so the actor
is a context variable, which threads of a request inherit.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from rag.runtime.rotating_file import PrivateRotatingFile, rotated

log = logging.getLogger(__name__)

Action = Literal[
    "sign-in",
    "sign-in-failed",
    "sign-out",
    "sessions-ended",
    "user-added",
    "user-removed",
    "user-exported",
    "user-erased",
    "role-changed",
    "password-changed",
    "key-added",
    "key-revoked",
    "collection-shared",
    "collection-withdrawn",
    "conversation-shared",
    "conversation-withdrawn",
    "link-made",
    "link-withdrawn",
    "document-removed",
    "document-expired",
    "conversation-expired",
    "note-expired",
    "backup-made",
    "backup-restored",
    "library-copied",
]

AUDIT_LOG = "audit.jsonl"
"""Its name in a library's folder, where no setting says otherwise."""

MAX_BYTES = 5_000_000
_LOCK_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """`actor` is a user's name, "" the person at the shell. `key` is the id of the key that a program used.

    `object` is the id of what the action was about: a document's number, a user's name, a key's id.
    """

    time: str
    actor: str
    action: Action
    object: str
    detail: str = ""
    address: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Actor:
    name: str = ""
    address: str = ""
    key: str = ""


_actor: ContextVar[_Actor] = ContextVar("actor", default=_Actor())  # noqa: B039  frozen


@contextmanager
def acting(name: str, address: str = "", key: str = "") -> Iterator[None]:
    """Have what happens meanwhile be recorded as this user's doing."""
    token = _actor.set(_Actor(name, address, key))
    try:
        yield
    finally:
        _actor.reset(token)


def record(path: Path, action: Action, object_: object = "", detail: str = "") -> None:
    """Write an event. A full disk is reported to the log: it must not keep anybody from signing in and freeing it."""
    actor = _actor.get()
    event = AuditEvent(
        time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        actor=actor.name,
        action=action,
        object=str(object_),
        detail=detail,
        address=actor.address,
        key=actor.key,
    )
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=_LOCK_S, mode=0o600):  # other processes write it too
            _append(path, json.dumps(asdict(event)))
    except (OSError, Timeout) as error:
        log.error("the audit log %s cannot be written (%s): %s %s", path, error, action, object_)  # noqa: TRY400  the reason is in the line


def read_events(path: Path, since: datetime | None = None) -> Iterator[AuditEvent | None]:
    """Yield the events from a time on, the oldest first; None for a line that is none: a crash may cut off the last.

    Raises:
        OSError: a file cannot be read.
    """
    for file in rotated(path):
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                event = _parsed(line)
                if event is None or since is None or datetime.fromisoformat(event.time) >= since:
                    yield event


def _append(path: Path, line: str) -> None:
    handler = _Strict(path, MAX_BYTES)
    try:
        handler.emit(logging.makeLogRecord({"msg": line}))
    finally:
        handler.close()


class _Strict(PrivateRotatingFile):
    """Raises what a log file would only print."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  the standard library's name
        """Raise the error being handled."""
        raise


def _parsed(line: str) -> AuditEvent | None:
    try:
        event = AuditEvent(**json.loads(line))
        datetime.fromisoformat(event.time)
    except (ValueError, TypeError):
        return None
    return event
