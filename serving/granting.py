"""Share collections and conversations with other accounts, make links to conversations, and withdraw them."""

from typing import Any

from rag.errors import AccessError, SettingsError
from rag.runtime.audit_log import Action, record
from rag.services import Services
from rag.types import Conversation
from serving.known_users import users_of
from serving.ownership import own_conversation, require_editor, shares_of, withdraw_emptied
from serving.share import Link, ShareRole, new_link
from serving.user_store import UserStore, normalize_name

_BORROWED = (
    "This conversation has answers from documents that others share with you, so it cannot be passed on. Ask in a new "
    "conversation of your own documents alone."
)


class Granting:
    """The sharing of one library. Without accounts there is nobody to share with."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._shares = shares_of(services)

    def share_collection(self, owner: str, collection: str, user: str, role: ShareRole) -> None:
        """Share a collection with a user.

        Raises:
            AccessError: the account is a reader's.
            SettingsError: there is no such user or collection.
        """
        require_editor(self._services, owner)
        user = self._other(owner, user)
        if not collection or not any(each.collection == collection for each in self._services.library.documents(owner)):
            raise SettingsError("Only a collection of your own that has documents can be shared: move some into it.")
        self._shares.share_collection(owner, collection, user, role)
        self._record("collection-shared", collection, f"with {user} as {role}")

    def withdraw_collection(self, owner: str, collection: str, user: str) -> None:
        """Withdraw a collection from a user."""
        user = normalize_name(user)
        self._shares.withdraw_collection(owner, collection, user)
        self._record("collection-withdrawn", collection, f"from {user}")

    def share_conversation(self, owner: str, id_: str, user: str) -> None:
        """Let a user read a conversation.

        Raises:
            AccessError: it is not the owner's, or may not be passed on.
            SettingsError: there is no such user.
        """
        found, user = self._own(owner, id_), self._other(owner, user)
        self._shares.share_conversation(owner, found.id, user)
        self._record("conversation-shared", found.id, f"with {user}")

    def withdraw_conversation(self, owner: str, id_: str, user: str) -> None:
        """Withdraw a conversation from a user."""
        user = normalize_name(user)
        self._shares.withdraw_conversation(owner, id_, user)
        self._record("conversation-withdrawn", id_, f"from {user}")

    def make_link(self, owner: str, id_: str, days: int) -> tuple[Link, str]:
        """Return a new link to a conversation and its token, which is not shown again.

        Raises:
            AccessError: the conversation is not the owner's, or may not be passed on.
            SettingsError: nobody has an account here, or it would live for too long.
        """
        self._users(owner)
        link, token = new_link(owner, self._own(owner, id_).id, days, self._shares.now())
        self._shares.add_link(link, token)
        self._record("link-made", link.id, f"to {link.conversation} until {link.expires_at}")
        return link, token

    def withdraw_link(self, owner: str, id_: str) -> None:
        """Withdraw a link, which leads nowhere at once."""
        self._shares.withdraw_link(owner, id_)
        self._record("link-withdrawn", id_)

    def overview(self, user: str) -> dict[str, Any]:
        """Return what a user shares with whom, and what is shared with them."""
        self._forget_what_is_gone(user)
        names = {each.id: each.name for each in self._services.conversations.conversations(user)}
        with_me = [(each, self._name(each.owner, each.conversation)) for each in self._shares.conversations_for(user)]
        return {
            "collections": [
                {"collection": each.collection, "user": each.user, "role": each.role}
                for each in self._shares.collections_of(user)
            ],
            "conversations": [
                {"id": each.conversation, "name": names[each.conversation], "user": each.user}
                for each in self._shares.conversations_of(user)
            ],
            "links": [
                {"link": each.id, "id": each.conversation, "name": names[each.conversation], "until": each.expires_at}
                for each in self._shares.links_of(user)
            ],
            "with_me": {
                "collections": [
                    {"collection": each.collection, "owner": each.owner, "role": each.role}
                    for each in self._shares.collections_for(user)
                ],
                "conversations": [
                    {"id": each.conversation, "name": name, "owner": each.owner} for each, name in with_me if name
                ],
            },
        }

    def _record(self, action: Action, object_: str, detail: str = "") -> None:
        record(self._services.settings.audit_log, action, object_, detail)

    def _forget_what_is_gone(self, owner: str) -> None:
        """Withdraw collections that have no document left, and conversations that were deleted."""
        withdraw_emptied(self._services, [owner])
        shared = {each.conversation for each in self._shares.conversations_of(owner)}
        for id_ in shared | {each.conversation for each in self._shares.links_of(owner)}:
            if self._services.conversations.find(id_, owner) is None:
                self._shares.forget_conversation(id_)

    def _name(self, owner: str, id_: str) -> str:
        """Return the name of a conversation that its owner may still pass on, "" for one they may not."""
        found = None if self._shares.has_borrowed(id_) else self._services.conversations.find(id_, owner)
        return found.name if found else ""

    def _own(self, owner: str, id_: str) -> Conversation:
        found = own_conversation(self._services, owner, id_)
        if self._shares.has_borrowed(id_):
            raise AccessError(_BORROWED)
        return found

    def _other(self, owner: str, user: str) -> str:
        """Return a user's name as it is stored."""
        users, user = self._users(owner), normalize_name(user)
        if user == owner:
            raise SettingsError("This is your own name. Choose whom to share it with.")
        if users.stamp(user) is None:
            raise SettingsError(f"There is no user '{user[:64]}' here. Check how the name is spelt.")
        return user

    def _users(self, owner: str) -> UserStore:
        users = users_of(self._services) if owner else None
        if users is None:
            raise SettingsError("Sharing needs accounts: start Citewell with --auth-file FILE (docs/sharing.md).")
        return users
