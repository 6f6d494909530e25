"""Write answers, each in a thread of its own.

A job goes on when the tab that asked goes away: whoever comes back finds the answer, still being written or stored.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Condition, Event, Lock, Thread
from typing import Any, Generic, TypeVar

from rag.errors import BusyError
from rag.runtime.progress import CancelEvent
from web.chat.state import Conversation, Message

log = logging.getLogger(__name__)

_STOP_TIMEOUT_S = 10.0
"""A stopped answer ends with its next token or step of the prefill."""


@dataclass(frozen=True, slots=True)
class View:
    """The chat at one moment of an answer. `quotes` of None are as they were before."""

    messages: tuple[Message, ...]
    conversation: Conversation
    quotes: Any
    status: str


Shown = TypeVar("Shown")
"""What is shown of an answer at one moment: a `View` of the chat, or of another pane."""

Write = Callable[[CancelEvent], Iterator[Shown]]
"""Writes an answer, or the beginning of one if cancelled, and yields what to show as it goes on."""


class AnswerJob(Generic[Shown]):
    """One answer being written. Any number of tabs may follow it."""

    def __init__(self, owner: str, conversation: str) -> None:
        self.owner = owner
        self.conversation = conversation
        self._cancelled = Event()
        self._changed = Condition()
        self._view: Shown | None = None
        self._views = 0
        self._error: Exception | None = None
        self.has_ended = False

    def stop(self) -> None:
        """End the answer with what there is of it."""
        self._cancelled.set()

    def wait(self, seconds: float) -> None:
        """Wait for the end."""
        with self._changed:
            self._changed.wait_for(lambda: self.has_ended, seconds)

    def views(self, left: Event) -> Iterator[Shown]:
        """Yield the latest view whenever it changes, until the end or until the tab has `left`.

        An error in the writing is raised here.
        """
        seen = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._views > seen or self.has_ended or left.is_set())  # noqa: B023
                view, count, ended = self._view, self._views, self.has_ended
            if left.is_set():
                return
            if view and count > seen:
                seen = count
                yield view
            elif ended:
                if self._error:
                    raise self._error
                return

    def latest(self, seen: int, seconds: float) -> tuple[Shown | None, int]:
        """Return the latest view and its number once it is later than number `seen`, at the end, or after a while.

        An error in the writing is raised here.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._views > seen or self.has_ended, seconds)
            if self._error:
                raise self._error
            return self._view, self._views

    def wake(self) -> None:
        """Have those who wait for a view check whether their tab has left."""
        with self._changed:
            self._changed.notify_all()

    def write(self, write: Write[Shown]) -> None:
        """Write the answer, for those who follow."""
        try:
            for view in write(self._cancelled):
                self._show(view)
        except Exception as error:  # raised again in the tabs that follow
            log.exception("an answer could not be written")
            self._error = error
        finally:
            with self._changed:
                self.has_ended = True
                self._changed.notify_all()

    def _show(self, view: Shown) -> None:
        with self._changed:
            self._view, self._views = view, self._views + 1
            self._changed.notify_all()


class AnswerJobs:
    """The answers of one app that are being written."""

    def __init__(self) -> None:
        self._jobs: list[AnswerJob[Any]] = []
        self._lock = Lock()

    def begin(self, owner: str, conversation: str, write: Write[Shown]) -> AnswerJob[Shown]:
        """Begin an answer in a conversation, whose id is "" if it cannot be stored.

        Raises:
            BusyError: another is being written in it, and the later one to be stored would replace the earlier.
        """
        job = AnswerJob[Shown](owner, conversation)
        with self._lock:
            self._require_free(owner, conversation)
            self._jobs.append(job)
        Thread(target=self._work, args=(job, write), name="answer", daemon=True).start()
        return job

    def require_free(self, owner: str, conversation: str) -> None:
        """Raise a `BusyError` if an answer is being written in this conversation."""
        with self._lock:
            self._require_free(owner, conversation)

    @property
    def are_running(self) -> bool:
        """True while an answer is being written."""
        with self._lock:
            return bool(self._jobs)

    def of(self, owner: str, conversation: str) -> AnswerJob[Any] | None:
        """Return the answer being written in this conversation, if there is one."""
        with self._lock:
            return self._find(owner, conversation)

    def end(self, owner: str, conversation: str) -> None:
        """End the answer being written in this conversation, if there is one, and wait until it is stored.

        It may go on after that wait: loading a model cannot be interrupted.
        """
        if job := self.of(owner, conversation):
            job.stop()
            job.wait(_STOP_TIMEOUT_S)

    def stop_all(self) -> None:
        """Have all answers end soon."""
        for job in self._all():
            job.stop()

    def close(self) -> None:
        """End all answers, and wait until they are stored."""
        self.stop_all()
        for job in self._all():
            job.wait(_STOP_TIMEOUT_S)

    def _all(self) -> list[AnswerJob[Any]]:
        with self._lock:
            return list(self._jobs)

    def _require_free(self, owner: str, conversation: str) -> None:
        if self._find(owner, conversation):
            raise BusyError(
                "Another question of this conversation is still being worked on. Ask again when it is answered."
            )

    def _find(self, owner: str, conversation: str) -> AnswerJob[Any] | None:
        key = (owner, conversation)
        running = (job for job in self._jobs if (job.owner, job.conversation) == key and not job.has_ended)
        return next(running, None) if conversation else None

    def _work(self, job: AnswerJob[Shown], write: Write[Shown]) -> None:
        try:
            job.write(write)
        finally:
            with self._lock:
                self._jobs.remove(job)
