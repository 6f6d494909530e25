"""Decide what of a library is whose, and who else may read or change it. Every face asks here, and nowhere else.

A document or conversation belongs to the user who added or began it; "" is the person at the shell, who shares
nothing. A collection that its owner shares is read by the named users, and changed by the editors among them. A shared
conversation is read as it stands: its answers and quotes, never a page of a document. Whatever is not shared does not
exist for others: they get the same error.
"""

from collections.abc import Iterable, Sequence, Set

from ingest.removal import purge_in_background, remove_documents
from rag.errors import AccessError
from rag.interfaces import Library
from rag.runtime.audit_log import record
from rag.services import Services
from rag.types import Conversation, Document
from serving.known_users import users_of
from serving.share import CollectionShare
from serving.share_store import ShareStore
from serving.upload_progress import Upload
from serving.uploads import Uploads
from serving.user_store import UserStore

_MAX_ID = 2**63 - 1
"""SQLite's; an address may have any number in it."""

_READ_ONLY = "This document is shared with you to be read: only its owner, or an editor of its collection, changes it."
_NOT_OWN = "This document is shared with you: only its owner can do that."
_NO_CONVERSATION = "This conversation is not among yours (any more)."
_NO_EDITOR = (
    "Your account may ask and read. Ask an owner of this Citewell for the role of an editor to change documents."
)


def shares_of(services: Services) -> ShareStore:
    """Return what is shared of the library of these services."""
    return ShareStore(services.settings.library, services.stores.shared("shares"))


def readable_documents(services: Services, user: str) -> list[Document]:
    """Return the documents that a user may search and read, by name: their own, and those shared with them."""
    own = services.library.documents(user)
    if not user:
        return own
    shared = [each for share in shares_of(services).collections_for(user) for each in _documents_in(services, share)]
    return sorted([*own, *shared], key=lambda document: (document.name.lower(), document.id)) if shared else own


def readable_document(services: Services, user: str, document_id: int) -> Document:
    """Return one document that a user may search and read.

    Raises:
        AccessError: they may not, whether it exists or not.
    """
    document = _document(services.library, document_id)
    if document is None or (document.owner != user and _share_of(services, user, document) is None):
        raise not_theirs()
    return document


def editable_document(services: Services, user: str, document_id: int) -> Document:
    """Return one document that a user may change and remove: their own, or one they are an editor of.

    Raises:
        AccessError: they may not.
    """
    require_editor(services, user)
    document = readable_document(services, user, document_id)
    share = None if document.owner == user else _share_of(services, user, document)
    if document.owner != user and (share is None or share.role != "editor"):
        raise AccessError(_READ_ONLY)
    return document


def own_document(services: Services, user: str, document_id: int) -> Document:
    """Return one document that a user may move and share: their own.

    Raises:
        AccessError: it is not.
    """
    require_editor(services, user)
    document = readable_document(services, user, document_id)
    if document.owner != user:
        raise AccessError(_NOT_OWN)
    return document


def editable_documents(services: Services, user: str, ids: Set[int]) -> list[Document]:
    """Return those of several documents that exist for a user, all of which they may change and remove.

    Raises:
        AccessError: they may not change one of them.
    """
    require_editor(services, user)
    found = [each for each in readable_documents(services, user) if each.id in ids]
    shares = shares_of(services).collections_for(user) if user else []
    places = {(share.owner, share.collection) for share in shares if share.role == "editor"}
    if any(each.owner != user and (each.owner, each.collection) not in places for each in found):
        raise AccessError(_READ_ONLY)
    return found


def own_documents(services: Services, user: str, ids: Set[int]) -> list[Document]:
    """Return those of several documents that exist for a user, all of which are their own.

    Raises:
        AccessError: one of them is somebody else's.
    """
    require_editor(services, user)
    found = [each for each in readable_documents(services, user) if each.id in ids]
    if any(each.owner != user for each in found):
        raise AccessError(_NOT_OWN)
    return found


def require_place(services: Services, user: str, owner: str, collection: str) -> None:
    """Check that a user may add documents to an owner's collection.

    Raises:
        AccessError: they may not, whether it exists or not.
    """
    require_editor(services, user)
    if owner == user:
        return
    withdraw_emptied(services, [owner])
    shares = shares_of(services).collections_for(user)
    if not any((each.owner, each.collection, each.role) == (owner, collection, "editor") for each in shares):
        raise AccessError("You may not add documents there: the collection is not shared with you as an editor.")


def move_documents(services: Services, documents: Iterable[Document], collection: str) -> None:
    """Move documents to a collection of their owner's; one that is begun so is shared with nobody yet."""
    moved = list(documents)
    owners = {document.owner for document in moved}
    withdraw_emptied(services, owners)
    for document in moved:
        services.library.move(document.id, collection)
    withdraw_emptied(services, owners)


def delete_documents(services: Services, documents: Sequence[Document]) -> None:
    """Remove documents, and withdraw the collections that have none left; the indexes are purged in a thread."""
    remove_documents(services, [document.id for document in documents], purge=False)
    withdraw_emptied(services, (document.owner for document in documents))
    purge_in_background(services)


def withdraw_emptied(services: Services, owners: Iterable[str]) -> None:
    """Withdraw the collections of these owners that have no document left.

    To be called after documents were removed or moved, and before some are added: otherwise a collection begun later
    under the same name would be shared unasked.
    """
    shares = shares_of(services)
    for owner in set(owners):
        shared = shares.collections_of(owner) if owner else []
        left = {each.collection for each in services.library.documents(owner)} if shared else set()
        for share in (each for each in shared if each.collection not in left):
            shares.withdraw_collection(owner, share.collection, share.user)
            detail = f"from {share.user}: it has no document left"
            record(services.settings.audit_log, "collection-withdrawn", share.collection, detail)


def require_editor(services: Services, user: str) -> None:
    """Check that a user's account may change documents.

    Raises:
        AccessError: it is a reader's.
    """
    if not may_edit(users_of(services) if user else None, user):
        raise AccessError(_NO_EDITOR)


def may_edit(users: UserStore | None, user: str) -> bool:
    """Return whether an account may change documents. The person at the shell has none, and may."""
    return not user or users is None or users.role(user) in ("owner", "editor")


def own_conversation(services: Services, user: str, id_: str) -> Conversation:
    """Return a conversation that is this user's own.

    Raises:
        AccessError: it is not theirs, whether it exists or not.
    """
    found = services.conversations.find(id_, user)
    if found is None:
        raise AccessError(_NO_CONVERSATION)
    return found


def readable_conversation(services: Services, user: str, id_: str) -> Conversation:
    """Return a conversation that a user may read: their own, or one shared with them.

    Raises:
        AccessError: they may not, whether it exists or not.
    """
    found = services.conversations.find(id_, user)
    if found is None and user:
        shares = (each for each in shares_of(services).conversations_for(user) if each.conversation == id_)
        found = next((shared for each in shares if (shared := _conversation(services, each.owner, id_))), None)
    if found is None:
        raise AccessError(_NO_CONVERSATION)
    return found


def linked_conversation(services: Services, token: str) -> Conversation:
    """Return the conversation that a link leads to, for whoever has it.

    Raises:
        AccessError: there is no such link (any more), whatever became of it.
    """
    link = shares_of(services).find_link(token)
    found = _conversation(services, link.owner, link.conversation) if link else None
    if found is None or not _has_account(services, found.owner):
        raise AccessError("This link leads nowhere (any more): it was withdrawn, or its time is over.")
    return found


def not_theirs() -> AccessError:
    """Return the one error for a document of others and for one that does not exist."""
    return AccessError("This document is not among your sources. It may have been removed.")


def upload_of(uploads: Uploads, owner: str, upload_id: int) -> Upload:
    """Return one upload of this user.

    Raises:
        AccessError: it is not theirs, whether it exists or not.
    """
    found = next((upload for upload in uploads.of(owner) if upload.id == upload_id), None)
    if found is None:
        raise AccessError("This file is not among your uploads. It may have been taken off the list: add it again.")
    return found


def _document(library: Library, document_id: int) -> Document | None:
    return library.document(document_id) if 0 < document_id <= _MAX_ID else None


def _documents_in(services: Services, share: CollectionShare) -> list[Document]:
    """Return the documents of a shared collection. One that has none left is not shared any more."""
    found = [each for each in services.library.documents(share.owner) if each.collection == share.collection]
    if not found:
        withdraw_emptied(services, [share.owner])
    return found


def _share_of(services: Services, user: str, document: Document) -> CollectionShare | None:
    """Return the share by which a user may read a document of somebody else's."""
    if not user or not document.collection:
        return None
    key = (document.owner, document.collection)
    shares = shares_of(services).collections_for(user)
    return next((each for each in shares if (each.owner, each.collection) == key), None)


def _conversation(services: Services, owner: str, id_: str) -> Conversation | None:
    """Return a conversation that its owner may pass on: all its answers are from their own documents."""
    return None if shares_of(services).has_borrowed(id_) else services.conversations.find(id_, owner)


def _has_account(services: Services, user: str) -> bool:
    users = users_of(services) if user else None
    return users is not None and users.stamp(user) is not None
