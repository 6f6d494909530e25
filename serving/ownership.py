"""Decide what of a library is whose. Every handler and route that takes an id asks here, and nowhere else."""

from rag.errors import AccessError
from rag.interfaces import Library
from rag.types import Document
from serving.uploads import Upload, Uploads

_MAX_ID = 2**63 - 1
"""SQLite's; an address may have any number in it."""


def documents_of(library: Library, owner: str) -> list[Document]:
    """Return the documents of one user, by name."""
    return library.documents(owner)


def document_of(library: Library, owner: str, document_id: int) -> Document:
    """Return one document of this user.

    Raises:
        AccessError: it is not theirs, whether it exists or not.
    """
    document = library.document(document_id) if 0 < document_id <= _MAX_ID else None
    if document is None or document.owner != owner:
        raise not_theirs()
    return document


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
