"""Make the overviews that documents lack, one at a time, while nobody asks and nothing is ingested."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from rag.answering.overviews import overview_question
from rag.errors import CitewellError
from rag.services import Services
from rag.types import Document

log = logging.getLogger(__name__)

_PAUSE_S = 5.0
"""Pause before the next document, and before the library is looked at again."""

_STOP_TIMEOUT_S = 10.0


class _Interruption(Event):
    """Set from the moment that `is_due`: the overview that is being written ends with its next step."""

    def __init__(self, is_due: Callable[[], bool]) -> None:
        super().__init__()
        self._is_due = is_due

    def is_set(self) -> bool:
        if not super().is_set() and self._is_due():
            self.set()
        return super().is_set()


class IdleOverviews:
    """Makes the missing overviews of all users' documents. `is_busy` says whether to leave the machine to others."""

    def __init__(self, services: Services, is_busy: Callable[[], bool], *, pause_s: float = _PAUSE_S) -> None:
        self._services = services
        self._is_busy = is_busy
        self._pause_s = pause_s
        self._stopped = Event()
        self._tried: set[tuple[int, str, str]] = set()
        self._seen = -1
        self._thread = Thread(target=self._work, name="overviews", daemon=True)

    def start(self) -> None:
        """Begin to make overviews."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread. An overview being written is left, and begun again the next time."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_TIMEOUT_S)

    def _work(self) -> None:
        while not self._stopped.wait(self._pause_s):
            try:
                if not self._is_busy():
                    self._make_next()
            except (CitewellError, OSError) as error:
                log.warning("no overview was made: %s", error)
            except Exception:
                log.exception("no overview was made")  # the next ones may be

    def _make_next(self) -> None:
        """Make the first overview that is missing; a library that has not changed since it had all is not looked at."""
        generation = self._services.library.generation
        if generation == self._seen:
            return
        document = next(filter(self._lacks_one, self._services.library.documents()), None)
        if document is None:
            self._seen = generation
            return
        question = overview_question(document)
        interrupted = _Interruption(lambda: self._stopped.is_set() or self._is_busy())
        self._tried.add(_version(document))  # what does not stand, or fails, is not tried again and again
        self._services.assistant.answer(question, within={document.id}, cancelled=interrupted)
        if interrupted.is_set():
            self._tried.discard(_version(document))
        else:
            log.info("made an overview of %s", document.name)

    def _lacks_one(self, document: Document) -> bool:
        is_new = document.chunks > 0 and _version(document) not in self._tried
        return is_new and not self._services.library.overviews(document.id)


def _version(document: Document) -> tuple[int, str, str]:
    return document.id, document.sha256, document.recipe
