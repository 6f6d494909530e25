"""Documents: added, listed, shown, moved and removed."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.backend import Backend
from api.caller import (
    Caller,
    document_of,
    documents_of,
    editable_document_of,
    own_document_of,
    require_unclaimed,
)
from api.problems import ProblemError
from api.rest.common import BackendOf, CallerOf, Cursor, Limit, Shown, Strict, WriterOf, page_of, problems
from api.rest.job_endpoints import Job, job_of
from ingest.sources.web_address import is_web_address
from rag.errors import DocumentError
from rag.runtime.file_hash import sha256_of
from rag.types import Document
from serving.ownership import delete_documents, move_documents, withdraw_emptied
from serving.received_files import deleted_if_refused, file_name, require_library, require_room, stored_copy

router = APIRouter(prefix="/documents", tags=["documents"])

MAX_COLLECTION = 100
CollectionName = Annotated[str, Field(max_length=MAX_COLLECTION)]


class Facts(Shown):
    """Title, organisation, period and kind of a document: empty where nothing says so."""

    title: str
    organisation: str
    authors: str
    date: str
    period: str
    kind: str
    language: str


class DocumentShown(Shown):
    """A document. `also` are the names of further sources with the same content; `address` is a web page's."""

    id: int
    name: str
    collection: str
    sha256: str
    size: int
    pages: int
    chunks: int
    added_at: str
    also: list[str]
    address: str
    facts: Facts


class DocumentList(Shown):
    """A page of the documents."""

    documents: list[DocumentShown]
    next_cursor: str | None


class Added(Shown):
    """Outcome of a file: the `document`, if its content is there already, else the `job` that reads it."""

    document: DocumentShown | None = None
    job: Job | None = None


class Move(Strict):
    """A change of a document."""

    collection: CollectionName


@router.get("", responses=problems(422))
def list_documents(
    backend: BackendOf,
    caller: CallerOf,
    limit: Limit = 50,
    cursor: Cursor = "",
    collection: Annotated[str | None, Query(max_length=MAX_COLLECTION)] = None,
) -> DocumentList:
    """List the documents in the order in which they came, those of one collection if it is named."""
    own = sorted(documents_of(backend.services, caller), key=lambda document: document.id)
    listed = [each for each in own if collection is None or each.collection == collection]
    page, following = page_of(listed, lambda document: document.id, cursor, limit)
    return DocumentList(documents=[shown(document) for document in page], next_cursor=following)


@router.post(
    "",
    response_model=Added,
    responses={**problems(409, 422), 202: {"model": Added, "description": "It is being read."}},
)
def add_document(
    backend: BackendOf,
    caller: WriterOf,
    request: Request,
    file: Annotated[UploadFile, File(description="The file.")],
    collection: Annotated[str, Form(max_length=MAX_COLLECTION, description="Where to put it.")] = "",
) -> Any:
    """Add a file. Its content is stored once: sent again, it is there already."""
    services = backend.services
    require_library(services)
    collection = _collection_for(caller, collection.strip())
    path = stored_copy(file.file, backend.uploads.incoming())
    with deleted_if_refused(path):
        sha256 = sha256_of(path)
        if found := _known(backend, caller, sha256):
            path.unlink()
            return found
        name = file_name(file.filename or "")
        taken = ProblemError(409, f"Another collection has a document '{name}'. Send it under another name.")
        require_unclaimed(services, backend.uploads, caller, taken, name=name)
        _require_room(backend, caller, name)
    withdraw_emptied(services, [caller.owner])  # the collection may be begun with this file
    upload = backend.uploads.add(caller.owner, name, path, collection=collection or None, sha256=sha256)
    accepted = Added(job=job_of(upload)).model_dump(mode="json")
    location = f"{request.scope.get('root_path', '')}/api/v1/jobs/{upload.id}"
    return JSONResponse(accepted, 202, headers={"Location": location})


@router.get("/{document_id}", responses=problems(404, 422))
def show_document(document_id: int, backend: BackendOf, caller: CallerOf) -> DocumentShown:
    """Show a document."""
    return shown(document_of(backend.services, caller, document_id))


@router.patch("/{document_id}", responses=problems(404, 422))
def move_document(document_id: int, change: Move, backend: BackendOf, caller: WriterOf) -> DocumentShown:
    """Move a document to another collection."""
    document = own_document_of(backend.services, caller, document_id)
    move_documents(backend.services, [document], _collection_for(caller, change.collection.strip()))
    return shown(document_of(backend.services, caller, document_id))


@router.delete("/{document_id}", status_code=204, responses=problems(404, 422))
def remove_document(document_id: int, backend: BackendOf, caller: WriterOf) -> Response:
    """Remove a document with all that belongs to it, also from stored answers."""
    document = editable_document_of(backend.services, caller, document_id)
    delete_documents(backend.services, [document])
    return Response(status_code=204)


def shown(document: Document) -> DocumentShown:
    """Return a document as clients see it: where it lies on somebody's machine is nobody else's business."""
    address = document.source if is_web_address(document.source) else document.facts.address
    return DocumentShown(
        id=document.id,
        name=document.name,
        collection=document.collection,
        sha256=document.sha256,
        size=document.size,
        pages=document.pages,
        chunks=document.chunks,
        added_at=document.added_at,
        also=list(document.also),
        address=address,
        facts=Facts.model_validate(document.facts),
    )


def _collection_for(caller: Caller, collection: str) -> str:
    """Return the collection that a caller may put a document into.

    Raises:
        ProblemError: their key is for another one.
    """
    if caller.collection is None:
        return collection
    if collection not in ("", caller.collection):
        raise ProblemError(403, "This key is for another collection.")
    return caller.collection


def _known(backend: Backend, caller: Caller, sha256: str) -> Added | None:
    """Return the document of this content, or the job that reads it; None if it is new.

    Raises:
        ProblemError: it is in a collection that the caller's key is not for, and a document is in one only.
    """
    own = backend.services.library.documents(caller.owner)
    if document := next((document for document in own if document.sha256 == sha256), None):
        if caller.collection not in (None, document.collection):
            raise ProblemError(409, "This content is in another collection already, and a document is in one only.")
        return Added(document=shown(document))
    reading = (upload for upload in backend.uploads.of(caller.owner) if not upload.has_ended)
    upload = next((upload for upload in reading if upload.sha256 == sha256), None)
    return Added(job=job_of(upload)) if upload and caller.collection in (None, upload.collection) else None


def _require_room(backend: Backend, caller: Caller, name: str) -> None:
    try:
        require_room(backend.services, backend.uploads, caller.owner, f"upload:{name}")
    except DocumentError as error:
        said = str(error)
        raise ProblemError(409, f"{said[0].upper()}{said[1:]}.") from error
