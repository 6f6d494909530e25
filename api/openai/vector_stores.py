"""Vector stores: `/v1/vector_stores`, and the search of one."""

from secrets import token_hex
from typing import Any

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.assistant_events import require_ready
from api.backend import Backend
from api.bodies import json_object
from api.caller import Caller, caller_of, own_document_of, require_editing
from api.openai.file_ids import document_id_of, file_id
from api.openai.openai_errors import ParameterError
from api.openai.request_fields import Fields, Page, parsed
from api.openai.stores import MAX_FILES, MAX_NAME, Store, Stores
from api.problems import ProblemError
from rag.retrieval.fusion import best_of
from rag.types import Passage
from rag.types.fail_fast import FailFastList
from serving.ownership import move_documents

_MAX_QUERIES = 10


class StoreFields(Fields):
    """Parameters of a vector store."""

    name: str | None = Field(default=None, max_length=MAX_NAME)
    file_ids: FailFastList[str] = Field(default=[], max_length=MAX_FILES)


class RankingOptions(Fields):
    """How hits are ranked: those of a lower score are left out."""

    score_threshold: float = 0.0


class SearchFields(Fields):
    """Parameters of a search."""

    query: str | FailFastList[str]
    max_num_results: int = Field(default=10, ge=1, le=50)
    ranking_options: RankingOptions = RankingOptions()


class VectorStoreRoutes:
    """The addresses of vector stores."""

    def __init__(self, backend: Backend, stores: Stores) -> None:
        self._backend = backend
        self._stores = stores

    def listed(self, request: Request) -> Response:
        """List the collections."""
        page = Page(request)
        return JSONResponse(page.json([store.json() for store in self._stores.all(caller_of(request))]))

    async def create(self, request: Request) -> Response:
        """Make a collection, or take the one of this name, and move documents into it."""
        caller = caller_of(request)
        require_editing(caller)
        fields = parsed(StoreFields, await json_object(request))
        return JSONResponse((await run_in_threadpool(self._create, caller, fields)).json())

    def retrieve(self, request: Request) -> Response:
        """Return one collection."""
        return JSONResponse(self._stores.named_in(request).json())

    async def update(self, request: Request) -> Response:
        """Return one collection as it is: of what can be changed elsewhere, nothing is kept here."""
        caller = caller_of(request)
        require_editing(caller)
        fields = parsed(StoreFields, await json_object(request))
        store = await run_in_threadpool(self._stores.named_in, request)
        if fields.name not in (None, store.name):
            raise ParameterError(
                "name",
                "A vector store keeps its name, which its id is made of. Make another, and move its files there.",
            )
        return JSONResponse(store.json())

    def delete(self, request: Request) -> Response:
        """Take the documents out of a collection. They stay in the library."""
        caller = caller_of(request)
        require_all_collections(caller)
        store = self._stores.named_in(request)
        move_documents(self._backend.services, store.documents, "")
        self._stores.empty.remove(caller.owner, store.name)
        return JSONResponse({"id": store.id, "object": "vector_store.deleted", "deleted": True})

    async def search(self, request: Request) -> Response:
        """Return the passages of a collection that answer a query best."""
        require_ready(self._backend)
        values = await json_object(request)
        if values.get("filters"):
            raise ParameterError("filters", "Files have no attributes here to filter by. Leave 'filters' out.")
        fields = parsed(SearchFields, values)
        queries = [fields.query] if isinstance(fields.query, str) else fields.query
        self._require_usable(queries)
        store = await run_in_threadpool(self._stores.named_in, request)
        searches = self._backend.searches
        hits = await searches.run(caller_of(request).owner, self._search, store, queries, fields)
        return JSONResponse(
            {
                "object": "vector_store.search_results.page",
                "search_query": queries,
                "data": hits,
                "has_more": False,
                "next_page": None,
            }
        )

    def _create(self, caller: Caller, fields: StoreFields) -> Store:
        name = (fields.name or "").strip() or f"store-{token_hex(4)}"
        if caller.collection not in (None, name):
            require_all_collections(caller)
        ids = dict.fromkeys(fields.file_ids)
        documents = [own_document_of(self._backend.services, caller, document_id_of(id_)) for id_ in ids]
        self._stores.empty.add(caller.owner, name)
        move_documents(self._backend.services, documents, name)
        return next(store for store in self._stores.all(caller) if store.name == name)

    def _require_usable(self, queries: list[str]) -> None:
        limit = self._backend.services.settings.max_question_chars
        if not any(query.strip() for query in queries):
            raise ParameterError("query", "The query is empty. Type what you want to find.")
        if len(queries) > _MAX_QUERIES or any(len(query) > limit for query in queries):
            raise ParameterError(
                "query",
                f"There may be {_MAX_QUERIES} queries of {limit} characters each (setting max_question_chars). Ask "
                "for less at once.",
            )

    def _search(self, store: Store, queries: list[str], fields: SearchFields) -> list[dict[str, Any]]:
        if not store.documents:
            return []
        services, limit = self._backend.services, fields.max_num_results
        within = frozenset(document.id for document in store.documents)
        candidates = max(limit, services.settings.candidates)
        found = best_of([services.retriever.retrieve(query, candidates, within) for query in queries], candidates)
        ranked = services.reranker.rerank(queries[0], found, limit)
        return [_hit(passage) for passage in ranked if passage.score >= fields.ranking_options.score_threshold]


def require_all_collections(caller: Caller) -> None:
    """Refuse to take documents out of a collection with a key that is for one collection.

    Raises:
        ProblemError: the key is one, or one for reading.
    """
    require_editing(caller)
    if caller.collection is not None:
        raise ProblemError(403, "This key is for one collection. Use one that was made without --collection.")


def _hit(passage: Passage) -> dict[str, Any]:
    chunk = passage.chunk
    return {
        "file_id": file_id(chunk.document_id),
        "filename": chunk.document,
        "score": round(passage.score, 4),
        "attributes": {},
        "content": [{"type": "text", "text": chunk.text}],
        "citewell": {"page": chunk.page, "start": chunk.start, "end": chunk.end},
    }
