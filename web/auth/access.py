"""Who is asking, and what of the library is theirs. Every handler and every route asks here, and nowhere else."""

from urllib.parse import urlsplit

import gradio as gr
from starlette.requests import Request

from rag.errors import AccessError
from rag.interfaces import Library
from rag.types import Document
from web.uploads import Upload, Uploads

USER = "citewell.user"
"""Where the guard notes a request's user, in its ASGI scope."""


_LARGEST_ID = 2**63 - 1
"""SQLite's; an address may have any number in it."""


def owner_of(request: gr.Request | Request) -> str:
    """The signed-in user's name; "" where nobody signs in. `middleware` lets nobody else through."""
    if isinstance(request, gr.Request):
        return request.username or ""
    return str(request.scope.get(USER, ""))


def documents_of(library: Library, owner: str) -> list[Document]:
    """The documents of one user, by name."""
    return library.documents(owner)


def document_of(library: Library, owner: str, document_id: int) -> Document:
    """One document of this user.

    Raises:
        AccessError: it is not theirs. Whether it exists at all is not told.
    """
    document = library.document(document_id) if document_id <= _LARGEST_ID else None
    if document is None or document.owner != owner:
        raise AccessError("This document is not among your sources. It may have been removed.")
    return document


def upload_of(uploads: Uploads, owner: str, upload_id: int) -> Upload:
    """One upload of this user.

    Raises:
        AccessError: it is not theirs. Whether it exists at all is not told.
    """
    found = next((upload for upload in uploads.of(owner) if upload.id == upload_id), None)
    if found is None:
        raise AccessError("This file is not among your uploads. It may have been taken off the list: add it again.")
    return found


def is_from_our_page(request: Request) -> bool:
    """Whether a request that changes something was not sent by a foreign page in the user's browser."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")  # plain HTTP to another machine: browsers leave the first header out
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
