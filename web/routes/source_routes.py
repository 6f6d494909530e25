"""Routes of the sources pane: listing, uploads, web pages, removal, collections."""

from typing import Any
from zlib import crc32

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.readers.registry import SUFFIXES
from ingest.sources.web_address import MAX_LENGTH, canonical, is_web_address, without_password
from ingest.upkeep.removal import purge_in_background, remove_documents
from rag.errors import DocumentError, SettingsError
from rag.services import Services
from rag.types import Document, LedgerEntry
from serving.ownership import document_of, documents_of, upload_of
from serving.received_files import file_name, path_name, receive, require_library, require_room
from serving.uploads import Upload, Uploads
from web.rendering.quotes_html import extent
from web.routes.endpoint import data, endpoint, json_object
from web.routes.fact_routes import describe_refresh, facts_of_source
from web.upkeep import BackgroundRefresh

_MAX_PASSWORD_CHARACTERS = 1000


class SourceRoutes:
    """Routes over the library of these services."""

    def __init__(self, services: Services, uploads: Uploads, refresh: BackgroundRefresh) -> None:
        self._services = services
        self._uploads = uploads
        self._refresh = refresh

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/sources", endpoint(self.listing), methods=["GET"]),
            Route("/sources/{id:int}", endpoint(self.remove), methods=["DELETE"]),
            Route("/sources/{id:int}", endpoint(self.move), methods=["PATCH"]),
            Route("/sources/{id:int}/refresh", endpoint(self.refresh), methods=["POST"]),
            Route("/uploads", endpoint(self.receive), methods=["POST"]),
            Route("/uploads/pages", endpoint(self.add_page), methods=["POST"]),
            Route("/uploads", endpoint(self.clear), methods=["DELETE"]),
            Route("/uploads/{id:int}", endpoint(self.unlock), methods=["POST"]),
        ]

    def listing(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """List this user's documents and uploads."""
        require_library(self._services)
        library = self._services.library
        notes: dict[int, list[str]] = {}
        for entry in library.ledger(owner):
            if entry.document_id is not None:
                notes.setdefault(entry.document_id, []).extend(_notes(entry))
        documents = documents_of(library, owner)
        state = self._refresh.state(owner)
        return data(
            {
                "documents": [
                    {**_document(document, notes.get(document.id, [])), **facts_of_source(document, state)}
                    for document in documents
                ],
                "refresh": describe_refresh(state),
                "uploads": [_upload(upload) for upload in self._uploads.of(owner)],
                "largest": self._services.settings.max_file_mb * 1_000_000,
                "suffixes": sorted(SUFFIXES),
            }
        )

    def remove(self, request: Request, owner: str) -> Response:
        """Remove a document with all that belongs to it, including the uploaded file."""
        document = document_of(self._services.library, owner, request.path_params["id"])
        remove_documents(self._services, [document.id], purge=False)
        purge_in_background(self._services)
        return data({"removed": document.id})

    async def move(self, request: Request, owner: str) -> Response:
        """Move a document to another collection."""
        document = document_of(self._services.library, owner, request.path_params["id"])
        collection = str((await json_object(request)).get("collection", "")).strip()[:100]
        self._services.library.move(document.id, collection)
        return data({"moved": document.id})

    async def receive(self, request: Request, owner: str) -> Response:
        """Receive one file, as the body of the request, and queue it for ingestion.

        A file of a dropped folder is named by its path from there on, so that namesakes stay apart.
        """
        name = path_name(request.query_params.get("folder", ""), file_name(request.query_params.get("name", "")))
        limit = self._services.settings.max_file_mb * 1_000_000
        try:
            require_library(self._services)
            require_room(self._services, self._uploads, owner)
            length = int(request.headers.get("content-length") or 0)
            path = await receive(request.stream(), length, limit, self._uploads.incoming())
        except DocumentError as error:
            return data(_upload(self._uploads.reject(owner, name, str(error))), 413)
        return data(_upload(self._uploads.add(owner, name, path)), 202)

    async def add_page(self, request: Request, owner: str) -> Response:
        """Queue the web page at an address, with the quotas of an uploaded file."""
        address = str((await json_object(request)).get("address", ""))[: MAX_LENGTH + 1].strip()
        try:
            require_library(self._services)
            require_room(self._services, self._uploads, owner)
            address = canonical(address if "://" in address else f"https://{address}")
        except DocumentError as error:
            return data(_upload(self._uploads.reject(owner, without_password(address), str(error))), 413)
        return data(_upload(self._uploads.add_page(owner, address)), 202)

    def refresh(self, request: Request, owner: str) -> Response:
        """Queue a web page again, to be replaced if it has changed."""
        document = document_of(self._services.library, owner, request.path_params["id"])
        address = _address(document)
        if not address:
            raise SettingsError(f"'{document.name}' is no web page. To refresh a file, add it again.")
        require_library(self._services)
        return data(_upload(self._uploads.add_page(owner, address)), 202)

    async def unlock(self, request: Request, owner: str) -> Response:
        """Queue an encrypted file again, with its password."""
        upload = upload_of(self._uploads, owner, request.path_params["id"])
        password = str((await json_object(request)).get("password", ""))[:_MAX_PASSWORD_CHARACTERS]
        return data(_upload(self._uploads.unlock(upload, password)), 202)

    def clear(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """Clear the finished uploads from the list."""
        self._uploads.clear_finished(owner)
        return data({})


def _address(document: Document) -> str:
    """Return the address of a web page, "" for a document that is none."""
    return document.source if is_web_address(document.source) else ""


def _notes(entry: LedgerEntry) -> list[str]:
    """Return what the user should know about a source that can be asked."""
    if entry.state == "failed":
        return [f"The last version of {entry.name} could not be read, and the one before answers: {entry.reason}"]
    return [entry.note] if entry.note else []


def _document(document: Document, notes: list[str]) -> dict[str, Any]:
    also = f"Also as {', '.join(document.also)}"
    return {
        "id": document.id,
        "name": document.name,
        "version": f"{document.sha256[:16]} {crc32(document.recipe.encode()):x}",
        "address": _address(document),
        "notes": [also, *notes] if document.also else notes,
        "extent": extent(document),
        "collection": document.collection,
    }


def _upload(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "name": upload.name,
        "state": upload.state,
        "doing": describe_progress(upload),
        "share": upload.done / upload.total if upload.total else None,
        "text": upload.text,
    }


def describe_progress(upload: Upload) -> str:
    """Describe in words what is being done with an uploaded file."""
    if upload.state != "working":
        return upload.state
    if upload.stage == "fetching":
        return f"fetching {upload.done / 1000:.1f} MB" if upload.done else "fetching"
    noun = " page" if upload.stage == "reading" and upload.done else ""
    done = f" {upload.done}" if upload.done or upload.total else ""
    return f"{upload.stage}{noun}{done}{f' of {upload.total}' if upload.total else ''}"
