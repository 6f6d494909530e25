"""Remove documents that have been in the library for as long as the settings let them stay."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from ingest.removal import remove_documents
from rag.errors import CitewellError
from rag.services import Services
from rag.settings import Settings
from rag.types import Document

log = logging.getLogger(__name__)

_FIRST_S = 3600.0
"""The first look of a server comes so long after its start: by then a clock that was wrong has been set."""

_EVERY_S = 6 * 3600.0
_JUMP_S = 3600.0
_SOON = timedelta(days=7)
_STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Expiring:
    """A document, and when its time is over."""

    document: Document
    at: datetime


def may_expire(settings: Settings) -> bool:
    """Return whether any document may expire by these settings."""
    return bool(settings.retention_days) or any(settings.retention_by_collection.values())


def find_expiring(services: Services, by: datetime) -> list[Expiring]:
    """Return the documents whose time is over by then, the oldest first."""
    found = [Expiring(each, at) for each in services.library.documents() if (at := expiry_of(services.settings, each))]
    return sorted((each for each in found if each.at <= by), key=lambda each: each.at)


def expiry_of(settings: Settings, document: Document) -> datetime | None:
    """Return when a document's time is over; None if it stays. It begins anew when its content changes."""
    days = settings.retention_by_collection.get(document.collection, settings.retention_days)
    added = datetime.fromisoformat(document.added_at)
    return (added if added.tzinfo else added.replace(tzinfo=UTC)) + timedelta(days=days) if days else None


def expire(services: Services, now: datetime | None = None) -> list[Document]:
    """Remove the documents whose time is over, as a user would remove them, and return them."""
    documents = [each.document for each in find_expiring(services, now or datetime.now(UTC))]
    if documents:
        remove_documents(services, [each.id for each in documents], action="document-expired")
    return documents


class ExpiryJob:
    """Removes expired documents in a thread of its own, some time after its start and then a few times a day.

    `removed` is told whose documents were removed; `also` is called with the time at each of these looks.
    """

    def __init__(
        self,
        services: Services,
        *,
        first_s: float = _FIRST_S,
        every_s: float = _EVERY_S,
        also: Callable[[datetime], object] | None = None,
        clock: Callable[[], float] = time.time,
        removed: Callable[[set[str]], object] = lambda _: None,
    ) -> None:
        self._services = services
        self._removed = removed
        self._first_s = first_s
        self._every_s = every_s
        self._also = also
        self._clock = clock
        self._stopped = Event()
        self._thread = Thread(target=self._work, name="expiry", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_TIMEOUT_S)

    def _work(self) -> None:
        wait = self._first_s
        began, steady = self._clock(), time.monotonic()
        while not self._stopped.wait(wait):
            wait = self._every_s
            jump = (self._clock() - began) - (time.monotonic() - steady)
            began, steady = self._clock(), time.monotonic()
            if abs(jump) > _JUMP_S:
                log.warning("the clock was set by %.0f hours: documents expire at the next look", jump / 3600)
                continue
            try:
                self._look()
            except (CitewellError, OSError) as error:
                log.warning("expired documents were not removed: %s", error)

    def _look(self) -> None:
        now = datetime.fromtimestamp(self._clock(), UTC)
        if removed := expire(self._services, now):
            log.warning("%d documents expired and were removed", len(removed))
            self._removed({each.owner for each in removed})
        if soon := find_expiring(self._services, now + _SOON):
            log.warning(
                "%d documents expire within a week: 'citewell library expire --dry-run --within 7' lists them",
                len(soon),
            )
        if self._also:
            self._also(now)


def start_expiry(
    services: Services, removed: Callable[[set[str]], object], also: Callable[[datetime], object] | None = None
) -> None:
    """Begin to remove expired documents while a server runs, if the settings let any expire.

    `removed` is told whose documents were removed. `also` is called with the time at each look, and makes a look even
    if no document may expire.
    """
    if may_expire(services.settings) or also:
        job = ExpiryJob(services, removed=removed, also=also)
        services.on_close(job.stop)
        job.start()
