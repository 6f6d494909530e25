"""Shares as they are stored, and the tokens of links: 256 random bits, of which only a hash is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from re import fullmatch
from secrets import token_hex, token_urlsafe
from typing import Literal

from rag.errors import SettingsError

ShareRole = Literal["reader", "editor"]
"""A reader asks a collection and sees its pages; an editor adds and removes documents as well."""

TOKEN = r"[A-Za-z0-9_-]{43}"  # noqa: S105  the form of one
MAX_DAYS = 365


@dataclass(frozen=True, slots=True)
class CollectionShare:
    """A collection of an owner's, shared with a user."""

    owner: str
    collection: str
    user: str
    role: ShareRole
    shared_at: str


@dataclass(frozen=True, slots=True)
class ConversationShare:
    """A conversation of an owner's, which a user may read."""

    owner: str
    conversation: str
    user: str
    shared_at: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a conversation of an owner's, for everybody who has it. Times are in ISO 8601."""

    id: str
    owner: str
    conversation: str
    created_at: str
    expires_at: str

    def has_expired(self, now: datetime) -> bool:
        """Return whether its time is over."""
        return datetime.fromisoformat(self.expires_at) <= now


def new_link(owner: str, conversation: str, days: int, now: datetime) -> tuple[Link, str]:
    """Return a new link, and its token, which nobody can find out again.

    Raises:
        SettingsError: it would live for too long, or not at all.
    """
    if not 1 <= days <= MAX_DAYS:
        raise SettingsError(f"A link lives for 1 to {MAX_DAYS} days. Choose how many.")
    expires_at = now + timedelta(days=days)
    return Link(token_hex(6), owner, conversation, moment_text(now), moment_text(expires_at)), token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """Return the hash of a token, as it is stored; "" of a text that has not the form of one."""
    return sha256(token.encode()).hexdigest() if fullmatch(TOKEN, token) else ""


def moment_text(at: datetime) -> str:
    """Return a time as it is stored."""
    return at.isoformat(timespec="seconds")
