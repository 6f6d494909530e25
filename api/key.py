"""A key: `cw_ID_SECRET`, of which only the id and a hash of the secret are stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from re import fullmatch
from secrets import token_hex

from rag.errors import SettingsError

PREFIX = "cw_"
_FORM = r"cw_([0-9a-f]{12})_([0-9a-f]{64})"
_SPANS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key as it is stored. `owner` is the user it asks as, "" for the person at the shell.

    A `collection` of None leaves it all of the user's documents. `requests` and `tokens` are limits a minute, 0 for
    none. Times are in ISO 8601, "" for never.
    """

    id: str
    name: str
    owner: str = ""
    collection: str | None = None
    read_only: bool = False
    requests: int = 0
    tokens: int = 0
    created_at: str
    expires_at: str = ""
    last_used_at: str = ""

    def has_expired(self, now: datetime) -> bool:
        """Return whether its time is over."""
        return bool(self.expires_at) and datetime.fromisoformat(self.expires_at) <= now


def new_key() -> tuple[str, str, str]:
    """Return a new key's id, its text, which is shown once, and the hash of its secret.

    The secret is 256 random bits: nobody guesses it, so a fast hash is enough.
    """
    id_, secret = token_hex(6), token_hex(32)
    return id_, f"{PREFIX}{id_}_{secret}", hash_of(secret)


def parts_of(text: str) -> tuple[str, str] | None:
    """Return id and secret of a key; None if the text has not the form of one."""
    found = fullmatch(_FORM, text)
    return (found[1], found[2]) if found else None


def hash_of(secret: str) -> str:
    """Return the hash of a secret, as it is stored."""
    return sha256(secret.encode()).hexdigest()


def expiry(span: str, now: datetime) -> str:
    """Return when a key ends that is to live for a span such as "90d", "12h" or "6w".

    Raises:
        SettingsError: it is no such span.
    """
    found = fullmatch(r"([1-9]\d{0,4})([hdw])", span.strip().lower())
    if not found:
        raise SettingsError(f"'{span}' is no time for a key to live. Write it as 12h, 90d or 6w.")
    return (now + int(found[1]) * _SPANS[found[2]]).isoformat(timespec="seconds")
