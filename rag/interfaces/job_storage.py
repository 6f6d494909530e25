"""Protocol of the queue of files and web pages to ingest, which all servers and workers of one database share."""

from collections.abc import Sequence
from typing import Literal, Protocol

from rag.types.jobs import Job, JobProgress, JobState

Hold = Literal["held", "cancelled", "lost"]
"""A worker's hold on a job: it has it; it has it, and nobody wants it any more; it has it no more."""


class Jobs(Protocol):
    """The jobs. A worker holds one for a few seconds at a time, and renews that while it is at it.

    All methods raise a `LibraryError` if the database cannot be reached.
    """

    def accept(self, job: Job) -> Job:
        """Store a job, and return it with its id."""

    def claim(self, worker: str, seconds: float, *, pages: bool) -> Job | None:
        """Give a worker the next file or the next page to ingest, for so many seconds; None if there is none.

        Lower priorities come first, then users take turns. What has the name, address or content of an earlier one of
        its owner waits for that.
        """

    def claim_locked(self, worker: str, id_: int, seconds: float) -> Job | None:
        """Give a worker a locked job whose password it was told; None if it is not locked any more."""

    def renew(self, worker: str, id_: int, seconds: float, progress: JobProgress) -> Hold:
        """Hold a job for so many seconds from now, and store how far it is."""

    def expire(self, most: int, reason: str, locked: str) -> list[Job]:
        """Have jobs wait whose workers no longer renew them, and return them as they are now.

        One that ended `most` workers fails for this `reason`; one whose password went with its worker is locked again.
        """

    def note_stored(self, worker: str, id_: int, document_id: int | None, text: str) -> bool:
        """Note that the document is stored, and what to say of it; False if the worker has the job no more."""

    def end(self, worker: str, id_: int, state: JobState, text: str = "", *, keeps_file: bool = False) -> bool:
        """End a worker's job; False if the worker has it no more."""

    def put_off(self, worker: str, id_: int, seconds: float, text: str) -> bool:
        """Have a job wait for a while after a failure that may pass; False if the worker has it no more."""

    def give_back(self, worker: str, id_: int, locked: str) -> bool:
        """Have a job wait as if it had not been begun, or be locked again, with this text; False as above."""

    def cancel(self, sender: str, id_: int | None, text: str) -> list[Job]:
        """Cancel a sender's job, or all of theirs that have not ended; return those that end at once, with `text`."""

    def of(self, sender: str) -> list[Job]:
        """Return what a user has sent, in the order it came."""

    def coming_to(self, owner: str) -> list[Job]:
        """Return what may yet be an owner's document."""

    def all(self, states: Sequence[JobState]) -> list[Job]:
        """Return everybody's jobs in these states, in the order they came."""

    def drop_ended(self, sender: str, most: int = 0) -> list[Job]:
        """Delete a user's ended jobs but the newest `most`, ready ones first, and return them."""

    def drop_old(self, seconds: float) -> int:
        """Delete jobs that were ready so long ago; return how many."""

    def forget_all_of(self, owner: str) -> tuple[list[Job], int]:
        """Delete and return ended jobs of or from a user; return also how many are still to be ingested."""

    def retry(self, id_: int) -> bool:
        """Have a failed job wait again whose file was kept; False if there is none."""

    def places(self) -> set[str]:
        """Return the folders of all jobs' files."""
