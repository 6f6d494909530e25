"""Delete conversations and notes that were not used for longer than the settings keep them, and expired documents."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from ingest.expiry import start_expiry
from rag.runtime.audit_log import record
from rag.services import Services
from serving.ownership import shares_of, withdraw_emptied

log = logging.getLogger(__name__)

_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringTurns:
    """A conversation or a note, and when its time is over."""

    kind: Literal["conversation", "note"]
    id: str
    owner: str
    name: str
    at: datetime


def find_expiring_turns(services: Services, by: datetime) -> list[ExpiringTurns]:
    """Return the conversations and notes whose time is over by then, the oldest first.

    Their time begins anew with every question, and with every edit of a note.
    """
    days = services.settings.retention_conversations_days
    if days is None:
        return []

    def end(updated_at: str) -> datetime:
        last = datetime.fromisoformat(updated_at)
        return (last if last.tzinfo else last.replace(tzinfo=UTC)) + timedelta(days=days)

    conversations = [
        ExpiringTurns(kind="conversation", id=each.id, owner=each.owner, name=each.name, at=end(each.updated_at))
        for each in services.conversations.conversations(None)
    ]
    notes = [
        ExpiringTurns(kind="note", id=each.id, owner=owner, name=each.title, at=end(each.updated_at))
        for owner in services.notes.owners()
        for each in services.notes.notes(owner)
    ]
    return sorted((each for each in (*conversations, *notes) if each.at <= by), key=lambda each: each.at)


def expire_turns(services: Services, now: datetime) -> list[ExpiringTurns]:
    """Delete the conversations and notes whose time is over, with what was shared of them, and return them."""
    expired = find_expiring_turns(services, now)
    for each in expired:
        if each.kind == "note":
            services.notes.delete(each.id, each.owner)
            record(services.settings.audit_log, "note-expired", each.id)
        else:
            services.conversations.delete(each.id, each.owner)
            shares_of(services).forget_conversation(each.id)
            record(services.settings.audit_log, "conversation-expired", each.id)
    return expired


def start_retention(services: Services) -> None:
    """Begin to remove what expires while a server runs, if the settings let anything expire."""
    has_time = services.settings.retention_conversations_days is not None
    also = partial(_look, services) if has_time else None
    start_expiry(services, partial(withdraw_emptied, services), also)


def _look(services: Services, now: datetime) -> None:
    if expired := expire_turns(services, now):
        log.warning("%d conversations and notes expired and were deleted", len(expired))
    if soon := find_expiring_turns(services, now + _SOON):
        log.warning(
            "%d conversations and notes expire within a week unless they are used: "
            "'citewell library expire --dry-run --within 7' lists them",
            len(soon),
        )
