"""Read outdated documents again, in a thread of its own, while nobody asks and nothing is uploaded."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread

from ingest.refresh import Outdated, Refresher
from rag.errors import CitewellError

log = logging.getLogger(__name__)

_SETTLE_S = 3.0
"""Pause after the app's start, and after the last correction: several usually come together."""

_PAUSE_S = 0.5
_STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class RefreshState:
    """How far one user's documents are: `done` of `total`, the ids of the outdated ones, and of those without a source.

    The last are outdated for good: their source no longer exists.
    """

    done: int
    total: int
    without_source: frozenset[int]
    outdated: frozenset[int] = frozenset()


class BackgroundRefresh:
    """Reads the outdated documents of all users again, one at a time. `is_busy` says whether to wait."""

    def __init__(self, refresher: Refresher, is_busy: Callable[[], bool], *, settle_s: float = _SETTLE_S) -> None:
        self._refresher = refresher
        self._is_busy = is_busy
        self._settle_s = settle_s
        self._stopped = Event()
        self._wanted = Event()
        self._lock = Lock()
        self._outdated = Outdated((), ())
        self._done = 0
        self._thread = Thread(target=self._work, name="refresh", daemon=True)

    def start(self) -> None:
        """Look for outdated documents, and read them again."""
        self._wanted.set()
        self._thread.start()

    def look_again(self) -> None:
        """Look for outdated documents once more: one has just been corrected."""
        self._wanted.set()

    def stop(self) -> None:
        """End the thread. The document being read keeps its old version and is read again the next time."""
        self._stopped.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_TIMEOUT_S)

    @property
    def is_reading(self) -> bool:
        """True while there are documents to be read again."""
        with self._lock:
            return bool(self._outdated.files)

    def state(self, owner: str) -> RefreshState:
        """Return how far one user's documents are."""
        with self._lock:
            outdated, done = self._outdated, self._done
        own = [document.owner == owner for document, _ in outdated.files]
        waiting = [document.id for document, _ in outdated.files[done:] if document.owner == owner]
        without_source = frozenset(document.id for document in outdated.without_source if document.owner == owner)
        return RefreshState(sum(own[:done]), sum(own), without_source, without_source.union(waiting))

    def _work(self) -> None:
        while not self._stopped.is_set():
            self._wanted.wait()
            self._stopped.wait(self._settle_s)
            self._wanted.clear()
            try:
                self._refresh()
            except (CitewellError, OSError) as error:
                log.warning("documents were not read again: %s", error)
            except Exception:
                log.exception("documents were not read again")  # the next ones may be
            self._refresher.ingestor.close()  # its reading process; the next time starts another
            self._set(Outdated((), self._outdated.without_source), 0)

    def _refresh(self) -> None:
        if self._stopped.is_set():
            return
        outdated = self._refresher.find(failed=False)
        self._set(outdated, 0)
        for result in self._refresher.refresh(outdated, self._wait_while_busy, self._stopped, before_each=self._begin):
            log.info("read again: %s (%s)", result.name, result.status)

    def _begin(self, number: int) -> None:
        self._set(self._outdated, number)
        self._wait_while_busy()

    def _wait_while_busy(self, *_progress: object) -> None:
        while self._is_busy() and not self._stopped.wait(_PAUSE_S):
            pass

    def _set(self, outdated: Outdated, done: int) -> None:
        with self._lock:
            self._outdated, self._done = outdated, done
