"""Decide who is asking and what of the library is theirs. Every handler and route asks here, and nowhere else."""

import gradio as gr
from starlette.requests import Request

from rag.errors import AccessError
from rag.interfaces import Library
from rag.types import Document
from web.uploads import Upload, Uploads

USER = "citewell.user"
"""Key of a request's user in its ASGI scope, set by `web.auth.middleware`."""

_MAX_ID = 2**63 - 1
"""SQLite's; an address may have any number in it."""


def owner_of(request: gr.Request | Request) -> str:
    """Return the signed-in user's name; "" where nobody signs in. The middleware lets nobody else through."""
    if isinstance(request, gr.Request):
        return request.username or ""
    return str(request.scope.get(USER, ""))


def documents_of(library: Library, owner: str) -> list[Document]:
    """Return the documents of one user, by name."""
    return library.documents(owner)


def document_of(library: Library, owner: str, document_id: int) -> Document:
    """Return one document of this user.

    Raises:
        AccessError: it is not theirs, whether it exists or not.
    """
    document = library.document(document_id) if document_id <= _MAX_ID else None
    if document is None or document.owner != owner:
        raise AccessError("This document is not among your sources. It may have been removed.")
    return document


def upload_of(uploads: Uploads, owner: str, upload_id: int) -> Upload:
    """Return one upload of this user.

    Raises:
        AccessError: it is not theirs, whether it exists or not.
    """
    found = next((upload for upload in uploads.of(owner) if upload.id == upload_id), None)
    if found is None:
        raise AccessError("This file is not among your uploads. It may have been taken off the list: add it again.")
    return found
