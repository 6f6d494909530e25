"""A file or a web page that is to be ingested, in the queue that all servers of one database share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

JobState = Literal["waiting", "working", "ready", "failed", "locked"]

UPLOAD_PRIORITY = 0
"""Of what somebody added and waits for; a lower number comes first."""

BULK_PRIORITY = 10
"""Of what a program added by the folder: it waits while anybody's upload does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job of the queue, with the fields of an upload under the same names.

    `place` is the folder of its file among the shared ones, "" if there is none (any more). `tries` have been begun;
    `worker` is who is at it. It is `unlocking` while its password is tried, which only that worker knows.
    """

    id: int = 0
    owner: str
    sender: str
    name: str
    address: str = ""
    collection: str | None = None
    sha256: str = ""
    priority: int = UPLOAD_PRIORITY
    place: str = ""
    state: JobState = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    share: float | None = None
    text: str = ""
    document_id: int | None = None
    tries: int = 0
    worker: str = ""
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is: `done` of `total` of a `stage`, and the `share` of it all, if that is known."""

    stage: str = ""
    done: int = 0
    total: int = 0
    share: float | None = None
