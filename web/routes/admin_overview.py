"""Contents of the admin page: accounts with their storage, sessions, keys, and what could not be read.

An owner runs Citewell and reads nobody else's documents: of these the page has numbers, and of files of others that
fail the ending only.
"""

from pathlib import PurePath
from typing import Any

from api.access.key_store import keys_of
from rag.services import Services
from rag.types import LedgerEntry
from serving.user_store import UserStore
from web.auth.sessions import SessionStore
from web.kept_texts import reason_shown
from web.page_language import gettext

_MAX_FAILURES = 50


class AdminOverview:
    """The page's contents, over one library and its accounts."""

    def __init__(self, services: Services, users: UserStore, sessions: SessionStore) -> None:
        self._services = services
        self._users = users
        self._sessions = sessions

    def values(self, user: str) -> dict[str, Any]:
        """Return what the template of the page needs, for the owner who asks."""
        return {
            "user": user,
            "users": [self._account(name) for name in self._users.names()],
            "sessions": self._sessions.all(),
            "keys": keys_of(self._services).all(),
            "failures": self._failures(user),
        }

    def _account(self, name: str) -> dict[str, Any]:
        documents = self._services.library.documents(name)
        return {
            "name": name,
            "role": self._users.role(name),
            "has_password": not self._users.identity(name),
            "documents": len(documents),
            "megabytes": f"{sum(document.size for document in documents) / 1_000_000:.1f}",
            "conversations": len(self._services.conversations.conversations(name)),
        }

    def _failures(self, user: str) -> list[dict[str, str]]:
        failed = [entry for entry in self._services.library.ledger() if entry.state == "failed"]
        latest = sorted(failed, key=lambda entry: entry.at, reverse=True)[:_MAX_FAILURES]
        return [_failure(entry, user) for entry in latest]


def _failure(entry: LedgerEntry, user: str) -> dict[str, str]:
    is_own = entry.owner == user
    unnamed = gettext("a file {ending}").format(ending=PurePath(entry.name).suffix[:8]).strip()
    return {
        "file": entry.name if is_own else unnamed,
        "user": entry.owner,
        "reason": reason_shown(entry.reason if is_own else entry.reason.replace(entry.name, "the file")),
        "at": entry.at[:16].replace("T", " "),
    }
