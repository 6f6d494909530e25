"""A worker's hold on a job of the shared queue, which it has to renew: otherwise another takes the job over."""

import time

from rag.runtime.progress import HeldEvent
from rag.types.jobs import Job, JobProgress


class LostLeaseError(Exception):
    """The job is not this worker's any more."""


class JobLease(HeldEvent):
    """A job held for some seconds from when it was asked for. Also the event that cancels the work on it.

    Its end is told by this machine's clock: a worker that was stopped for a while knows as it wakes, without asking.
    """

    def __init__(self, job: Job, asked_at: float, seconds: float) -> None:
        super().__init__()
        self.job = job
        self.progress = JobProgress()
        self._seconds = seconds
        self._until = asked_at + seconds
        self._is_given_up = False

    def renewed(self, asked_at: float) -> None:
        """Extend the hold, which was asked for at this `time.monotonic()`."""
        self._until = asked_at + self._seconds

    def give_up(self) -> None:
        """Stop the work: the job is another's, or is given back."""
        self._is_given_up = True

    @property
    def is_lost(self) -> bool:
        """True if another worker may have the job."""
        return self._is_given_up or time.monotonic() > self._until

    def is_set(self) -> bool:
        """Return whether the work is to be stopped."""
        return super().is_set() or self.is_lost

    def require_held(self) -> None:
        """Raise a `LostLeaseError` if another worker may have the job."""
        if self.is_lost:
            raise LostLeaseError

    def report(self, *, stage: str, done: int, total: int, share: float | None, **_: object) -> None:
        """Note how far the job is; the next renewal tells it."""
        self.progress = JobProgress(stage, done, total, share)
