"""Files of a vector store: documents moved into a collection and out of it, one by one or in batches."""

from typing import Any

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.backend import Backend
from api.bodies import json_object
from api.caller import caller_of, own_document_of, require_editing
from api.openai.file_ids import document_id_of, file_id
from api.openai.openai_errors import ParameterError
from api.openai.request_fields import Fields, Page, parsed
from api.openai.served_models import created_at
from api.openai.stores import MAX_FILES, Store, Stores, file_counts
from api.openai.vector_stores import require_all_collections
from rag.types import Document
from rag.types.fail_fast import FailFastList
from serving.ownership import move_documents

_BATCH = "vsfb_"


class FileFields(Fields):
    """Parameters of a file of a vector store."""

    file_id: str


class BatchFields(Fields):
    """Parameters of a batch of files."""

    file_ids: FailFastList[str] = Field(default=[], max_length=MAX_FILES)
    files: FailFastList[FileFields] = Field(default=[], max_length=MAX_FILES)


class StoreFileRoutes:
    """The addresses of a vector store's files."""

    def __init__(self, backend: Backend, stores: Stores) -> None:
        self._backend = backend
        self._stores = stores

    def listed(self, request: Request) -> Response:
        """List the documents of a collection."""
        page, store = Page(request), self._stores.named_in(request)
        is_ready = request.query_params.get("filter") in (None, "", "completed")
        return JSONResponse(page.json([_file_json(each, store) for each in store.documents] if is_ready else []))

    async def create(self, request: Request) -> Response:
        """Move a document into a collection, out of the one it was in."""
        require_editing(caller_of(request))
        fields = parsed(FileFields, await json_object(request))
        store = await run_in_threadpool(self._stores.named_in, request)
        (document,) = await run_in_threadpool(self._attach, request, store, [fields.file_id])
        return JSONResponse(_file_json(document, store))

    def retrieve(self, request: Request) -> Response:
        """Return one document of a collection."""
        store = self._stores.named_in(request)
        return JSONResponse(_file_json(self._file(request, store), store))

    def delete(self, request: Request) -> Response:
        """Take a document out of a collection. It stays in the library."""
        caller = caller_of(request)
        require_all_collections(caller)
        store = self._stores.named_in(request)
        document = self._file(request, store)
        self._stores.empty.add(caller.owner, store.name)  # it may have been the last
        move_documents(self._backend.services, [document], "")
        return JSONResponse({"id": file_id(document.id), "object": "vector_store.file.deleted", "deleted": True})

    def content(self, request: Request) -> Response:
        """Return the text of a document, page by page."""
        document = self._file(request, self._stores.named_in(request))
        library = self._backend.services.library
        pages = (library.page(document.id, number) for number in range(1, document.pages + 1))
        texts = [{"type": "text", "text": page.text} for page in pages if page]
        return JSONResponse(
            {"object": "vector_store.file_content.page", "data": texts, "has_more": False, "next_page": None}
        )

    async def create_batch(self, request: Request) -> Response:
        """Move documents into a collection. It is done when this is answered."""
        require_editing(caller_of(request))
        fields = parsed(BatchFields, await json_object(request))
        ids = list(dict.fromkeys((*fields.file_ids, *(each.file_id for each in fields.files))))
        if not ids:
            raise ParameterError("file_ids", "There is no file. Name those to add as 'file_ids'.")
        store = await run_in_threadpool(self._stores.named_in, request)
        documents = await run_in_threadpool(self._attach, request, store, ids)
        return JSONResponse(_batch_json(documents, store))

    def retrieve_batch(self, request: Request) -> Response:
        """Return a batch, as far as its documents are still in the collection."""
        store = self._stores.named_in(request)
        return JSONResponse(_batch_json(self._batch(request, store), store))

    def list_batch(self, request: Request) -> Response:
        """List the documents of a batch."""
        page, store = Page(request), self._stores.named_in(request)
        return JSONResponse(page.json([_file_json(each, store) for each in self._batch(request, store)]))

    def _file(self, request: Request, store: Store) -> Document:
        id_ = request.path_params["file_id"]
        wanted = document_id_of(id_)
        found = next((document for document in store.documents if document.id == wanted), None)
        if found is None:
            raise ParameterError("file_id", f"There is no file '{id_[:100]}' in this vector store.", status=404)
        return found

    def _attach(self, request: Request, store: Store, ids: list[str]) -> list[Document]:
        """Move documents into a collection: all, or none if one is not the caller's."""
        caller = caller_of(request)
        documents = [own_document_of(self._backend.services, caller, document_id_of(id_)) for id_ in ids]
        move_documents(self._backend.services, documents, store.name)
        return documents

    def _batch(self, request: Request, store: Store) -> list[Document]:
        """Return the documents of a batch. Its id has theirs in it, so that nothing need be kept of it."""
        id_ = request.path_params["batch_id"]
        wanted = set(id_.removeprefix(_BATCH).split("-")) if id_.startswith(_BATCH) else set()
        documents = [document for document in store.documents if str(document.id) in wanted]
        if not documents:
            raise ParameterError("batch_id", f"There is no batch '{id_[:100]}' of this vector store.", status=404)
        return documents


def _file_json(document: Document, store: Store) -> dict[str, Any]:
    return {
        "id": file_id(document.id),
        "object": "vector_store.file",
        "created_at": created_at(document),
        "vector_store_id": store.id,
        "status": "completed",
        "usage_bytes": document.size,
        "last_error": None,
        "attributes": {},
    }


def _batch_json(documents: list[Document], store: Store) -> dict[str, Any]:
    return {
        "id": _BATCH + "-".join(str(document.id) for document in documents),
        "object": "vector_store.files_batch",
        "created_at": max(created_at(document) for document in documents),
        "vector_store_id": store.id,
        "status": "completed",
        "file_counts": file_counts(len(documents)),
    }
