"""Answers that are being written, each in a thread of its own.

They go on when the tab that asked goes away: whoever comes back finds the answer, still being written or kept.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Condition, Event, Lock, Thread
from typing import Any

from rag.errors import BusyError
from rag.runtime.progress import CancelEvent
from web.chat.state import Conversation, Message

log = logging.getLogger(__name__)

_ENDING_S = 10.0
"""How long an answer that is stopped is waited for. It ends with its next token or step through the prompt."""


@dataclass(frozen=True, slots=True)
class View:
    """What a chat shows while an answer is written. `quotes` of None are as they were before."""

    messages: tuple[Message, ...]
    conversation: Conversation
    quotes: Any
    status: str


Write = Callable[[CancelEvent], Iterator[View]]
"""Writes an answer, or the beginning of one if that is cancelled; gives what is to be shown as it goes on."""


class AnswerJob:
    """One answer being written. Any number of tabs may follow it."""

    def __init__(self, owner: str, conversation: str) -> None:
        self.owner = owner
        self.conversation = conversation
        self._cancelled = Event()
        self._changed = Condition()
        self._view: View | None = None
        self._views = 0
        self._error: Exception | None = None
        self._ended = False

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes."""
        return self._ended

    def stop(self) -> None:
        """End the answer with what there is of it."""
        self._cancelled.set()

    def wait(self, seconds: float) -> None:
        """Until it has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended, seconds)

    def views(self, left: Event) -> Iterator[View]:
        """What is to be shown, whenever that is something else, until the end or until the tab has `left`.

        What goes wrong in the writing is raised here.
        """
        seen = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._views > seen or self._ended or left.is_set())  # noqa: B023
                view, count, ended = self._view, self._views, self._ended
            if left.is_set():
                return
            if view and count > seen:
                seen = count
                yield view
            elif ended:
                if self._error:
                    raise self._error
                return

    def wake(self) -> None:
        """Have those who wait for a view look whether they have left."""
        with self._changed:
            self._changed.notify_all()

    def write(self, write: Write) -> None:
        """Write the answer, for those who follow."""
        try:
            for view in write(self._cancelled):
                self._show(view)
        except Exception as error:  # told to the tabs that follow, and to the log
            log.exception("an answer could not be written")
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _show(self, view: View) -> None:
        with self._changed:
            self._view, self._views = view, self._views + 1
            self._changed.notify_all()


class AnswerJobs:
    """The running answers of one app."""

    def __init__(self) -> None:
        self._runs: list[AnswerJob] = []
        self._lock = Lock()

    def begin(self, owner: str, conversation: str, write: Write) -> AnswerJob:
        """Begin an answer to a conversation; one that cannot be kept has the id "".

        Raises:
            BusyError: one is being written to it: whichever came last would be kept in the place of the other.
        """
        run = AnswerJob(owner, conversation)
        with self._lock:
            if self._find(owner, conversation):
                raise BusyError(
                    "Another question of this conversation is still being worked on. Ask again when it is answered."
                )
            self._runs.append(run)
        Thread(target=self._work, args=(run, write), name="answer", daemon=True).start()
        return run

    def of(self, owner: str, conversation: str) -> AnswerJob | None:
        """The answer that is being written to this conversation, if there is one."""
        with self._lock:
            return self._find(owner, conversation)

    def end(self, owner: str, conversation: str) -> None:
        """End the answer to this conversation, if one is being written, and wait until it is kept.

        It may go on after that wait: what loads a model cannot be ended.
        """
        if run := self.of(owner, conversation):
            run.stop()
            run.wait(_ENDING_S)

    def close(self) -> None:
        """End all, and wait until they are kept."""
        with self._lock:
            runs = list(self._runs)
        for run in runs:
            run.stop()
        for run in runs:
            run.wait(_ENDING_S)

    def _find(self, owner: str, conversation: str) -> AnswerJob | None:
        key = (owner, conversation)
        running = (run for run in self._runs if (run.owner, run.conversation) == key and not run.has_ended)
        return next(running, None) if conversation else None

    def _work(self, run: AnswerJob, write: Write) -> None:
        try:
            run.write(write)
        finally:
            with self._lock:
                self._runs.remove(run)
