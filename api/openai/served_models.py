"""The models that clients can choose: all documents, one collection of them, short tasks, and the embedder."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.backend import Backend
from api.caller import Caller, caller_of, own_documents_of
from api.openai.openai_errors import ParameterError
from rag.services import Services
from rag.types import Document

ALL = "citewell"
TASKS = f"{ALL}/tasks"
EMBEDDINGS = f"{ALL}/embeddings"

Use = Literal["documents", "tasks", "embeddings"]

_EPOCH = 1_700_000_000
"""Since when the models that are always there have existed, for clients that sort by it."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model by its id. It answers from the documents of these ids; from all there are if that is None."""

    id: str
    use: Use
    document_ids: frozenset[int] | None = None
    created: int = _EPOCH

    def json(self) -> dict[str, Any]:
        """Return the model object."""
        return {"id": self.id, "object": "model", "created": self.created, "owned_by": "citewell"}


def served_models(backend: Backend, caller: Caller) -> dict[str, ServedModel]:
    """Return a caller's models by their ids."""
    models = {
        ALL: ServedModel(ALL, "documents"),
        TASKS: ServedModel(TASKS, "tasks"),
        EMBEDDINGS: ServedModel(EMBEDDINGS, "embeddings"),
    }
    for name, documents in collections_of(backend.services, caller).items():
        # A collection may be called as another model is.
        id_ = f"{ALL}/collections/{name}" if f"{ALL}/{name}" in models else f"{ALL}/{name}"
        ids = frozenset(document.id for document in documents)
        models[id_] = ServedModel(id_, "documents", ids, min(created_at(each) for each in documents))
    return models


def collections_of(services: Services, caller: Caller) -> dict[str, list[Document]]:
    """Return a caller's documents, in the order they were added, by their collections; those in none are left out."""
    found: dict[str, list[Document]] = {}
    for document in sorted(own_documents_of(services, caller), key=lambda document: document.id):
        if document.collection:
            found.setdefault(document.collection, []).append(document)
    return dict(sorted(found.items()))


def chosen_model(backend: Backend, caller: Caller, id_: str, *uses: Use) -> ServedModel:
    """Return the model of an id, for one of these uses.

    Raises:
        ParameterError: the caller has no such model.
    """
    models = served_models(backend, caller)
    model = models.get(id_)
    if model is None or model.use not in uses:
        known = ", ".join(f"'{each.id}'" for each in models.values() if each.use in uses)
        raise ParameterError(
            "model", f"There is no model '{id_[:100]}' for this. There is {known}.", status=404, code="model_not_found"
        )
    return model


def created_at(document: Document) -> int:
    """Return when a document was added, in seconds since 1970."""
    return int(datetime.fromisoformat(document.added_at).timestamp())


class ModelRoutes:
    """The addresses of models."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def listed(self, request: Request) -> Response:
        """List the models."""
        models = served_models(self._backend, caller_of(request))
        return JSONResponse({"object": "list", "data": [model.json() for model in models.values()]})

    def retrieve(self, request: Request) -> Response:
        """Return one model."""
        id_ = request.path_params["id"]
        return JSONResponse(chosen_model(self._backend, caller_of(request), id_, *get_args(Use)).json())
