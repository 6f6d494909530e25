"""Files: `/v1/files`. A file is a document of the library, by whatever way it came there."""

from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from api.backend import Backend
from api.caller import caller_of, document_of, documents_of, editable_document_of, require_editing
from api.openai.file_ids import document_id_of, file_id
from api.openai.openai_errors import ParameterError
from api.openai.request_fields import Page
from api.openai.served_models import created_at
from rag.types import Document
from serving.ownership import delete_documents

_UPLOAD = "upload:"

PURPOSES = ("assistants", "user_data")
"""Purposes that a document can have. It is not kept which of them somebody named."""


def file_json(document: Document, purpose: str = PURPOSES[0]) -> dict[str, Any]:
    """Return a document as a file object."""
    return {
        "id": file_id(document.id),
        "object": "file",
        "bytes": document.size,
        "created_at": created_at(document),
        "filename": document.name,
        "purpose": purpose,
        "status": "processed",
        "status_details": None,
        "expires_at": None,
    }


class FileRoutes:
    """The addresses of files, but for their upload."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def listed(self, request: Request) -> Response:
        """List the documents."""
        page = Page(request)
        documents = documents_of(self._backend.services, caller_of(request))
        if request.query_params.get("purpose") not in (None, "", *PURPOSES):
            documents = []
        ordered = sorted(documents, key=lambda document: document.id)
        return JSONResponse(page.json([file_json(document) for document in ordered]))

    def retrieve(self, request: Request) -> Response:
        """Return one document."""
        return JSONResponse(file_json(self._file(request)))

    def content(self, request: Request) -> Response:
        """Return an uploaded file as it was sent."""
        document = self._file(request)
        path = None
        if document.source.startswith(_UPLOAD):
            name = document.source.removeprefix(_UPLOAD)
            with suppress(FileNotFoundError):
                path = self._backend.uploads.file_of(document.owner, name, document.sha256)
        if path is None:
            raise ParameterError(
                "file_id",
                f"The file of '{document.name}' is not kept here: it was not uploaded. Its text is at "
                "/v1/vector_stores/STORE/files/FILE/content if it is in a vector store.",
                status=404,
            )
        return FileResponse(path, filename=document.name, media_type="application/octet-stream")

    def delete(self, request: Request) -> Response:
        """Remove a document, with the quotes of it in kept conversations."""
        services, caller = self._backend.services, caller_of(request)
        require_editing(caller)
        document = editable_document_of(services, caller, document_id_of(request.path_params["file_id"]))
        delete_documents(services, [document])
        return JSONResponse({"id": file_id(document.id), "object": "file", "deleted": True})

    def _file(self, request: Request) -> Document:
        id_ = document_id_of(request.path_params["file_id"])
        return document_of(self._backend.services, caller_of(request), id_)
