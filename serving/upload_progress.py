"""One uploaded file, and how far it has come: its progress only grows."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from threading import Lock
from typing import get_args

from ingest.sources.files import explain
from rag.errors import CitewellError
from rag.runtime.progress import Progress
from rag.text.message_catalogues import to_translate
from rag.types.jobs import Job, JobState

STATES: tuple[JobState, ...] = get_args(JobState)

MOST_ENDED = 500
"""Ended uploads that stay on the list; beyond that the oldest are dropped."""

MAX_NAME_BYTES = 240
"""Of a file's name, its folders in it: file systems allow 255."""

CANCELLED = "it was cancelled"

ENDED_OUR_END = to_translate(
    "Citewell ended each time it was read: it is not tried again. Add it again if that had another cause"
)
FAULT = to_translate("it could not be read because of an error in Citewell: the log has the details")
LOCKED = to_translate("it is encrypted: give its password to have it read")
STILL_LOCKED = to_translate("it is encrypted, and the password given does not open it: try again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One uploaded file, or a web page by its `address`. `name` may have folders in it.

    While it is `working`, `stage` names the step, of which `done` of `total` is done, and `share` is that of the whole
    file, if it is known; neither `done` nor `share` ever falls. `text` says in plain words why it failed, or what the
    user should know though it did not. A `locked` file waits for its password, which is never stored here. A
    `collection` of None leaves a document where it is; `sha256` is "" if it is not known. A `ready` one has its
    `document_id`. The document will be the `owner`'s; `sender` is who sees the upload, an editor perhaps.
    """

    id: int
    owner: str
    sender: str
    name: str
    address: str = ""
    state: JobState = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    share: float | None = None
    text: str = ""
    collection: str | None = None
    sha256: str = ""
    document_id: int | None = None

    @property
    def has_ended(self) -> bool:
        """True if nothing is being done about it any more, though a locked file may be taken up again."""
        return self.state not in ("waiting", "working")


def reason_of(error: Exception) -> str:
    """Return why an upload was not ingested, without paths of this machine; a fault of Citewell is said to be one."""
    if isinstance(error, OSError):
        return explain(error)
    return str(error) if isinstance(error, CitewellError) else FAULT


def counted(states: Iterable[JobState]) -> dict[JobState, int]:
    """Return how often each state comes, 0 for those that do not."""
    found = Counter(states)
    return {state: found[state] for state in STATES}


def upload_of_job(job: Job) -> Upload:
    """Return a job as an upload, whose fields it has under the same names."""
    upload = Upload(**{field.name: getattr(job, field.name) for field in fields(Upload)})
    return upload if job.state == "ready" else replace(upload, document_id=None)


class UploadProgress:
    """Progress of one file. Reading and embedding report from threads of their own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._read = 0.0
        self._embedded = self._earlier = self._batch = 0
        self._share = 0.0

    def update(self, stage: str, done: int, total: int) -> tuple[int, int, float | None]:
        """Take in a report; return what is done of the step, of how much, and the share of the whole file.

        The passages of a batch are added to those of the earlier ones. A share of None is not known.
        """
        with self._lock:
            if stage == "embedding":
                return self._embedding(done, total)
            if total:
                self._read = max(self._read, done / total)
            return done, total, self._grown() if total else None

    def _embedding(self, done: int, total: int) -> tuple[int, int, float]:
        if not done:
            self._earlier += self._batch
            self._batch = total
        self._embedded = self._earlier + done
        return self._embedded, self._earlier + total, self._grown()

    def _grown(self) -> float:
        """Return the share: half of it is reading, half embedding of what has been read."""
        known = self._earlier + self._batch
        embedded = self._embedded / known if known else 0.0
        read = self._read or float(known > 0)  # a file without pages is read before anything is embedded
        self._share = max(self._share, (read + read * embedded) / 2)
        return self._share


def reporter(change: Callable[..., None]) -> Progress:
    """Return what is told the reports of one file, and calls `change` with how far that is."""
    progress = UploadProgress()

    def report(stage: str, done: int, total: int) -> None:
        done, total, share = progress.update(stage, done, total)
        change(state="working", stage=stage, done=done, total=total, share=share)

    return report
