"""The face for REST: a FastAPI app whose description, `openapi.json`, is made from its types."""

from functools import cache

from fastapi import APIRouter, FastAPI
from starlette.requests import Request

from api.backend import Backend
from api.bodies import MAX_JSON_BYTES
from api.face import Face, route_path
from api.problems import report_errors
from api.rest import (
    ask_endpoints,
    collection_endpoints,
    conversation_endpoints,
    document_endpoints,
    job_endpoints,
    page_endpoints,
    search_endpoints,
    verification_endpoints,
)
from api.rest.common import BackendOf, Shown, problems
from api.rest.description import describe
from rag.settings import program_version

PREFIX = "/api/v1"
_MULTIPART_BYTES = 100_000
"""Room for what stands around a file that is sent."""

_about = APIRouter(tags=["about"])


class About(Shown):
    """The program, and the models that `settings.model` may name, the one that is set first."""

    citewell: str
    models: list[str]


@_about.get("", responses=problems())
def about(backend: BackendOf) -> About:
    """Return the program's version and its models."""
    return About(citewell=program_version(), models=list(backend.services.models))


def rest_face(backend: Backend) -> Face:
    """Return the face."""
    app = FastAPI(
        title="Citewell",
        version="1",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        redirect_slashes=False,
    )
    app.state.backend = backend
    for router in (
        _about,
        document_endpoints.router,
        page_endpoints.router,
        job_endpoints.router,
        collection_endpoints.router,
        search_endpoints.router,
        ask_endpoints.router,
        conversation_endpoints.router,
        verification_endpoints.router,
    ):
        app.include_router(router, prefix=PREFIX)
    app.openapi = cache(lambda: describe(app))  # type: ignore[method-assign]  # as FastAPI's documentation has it
    report_errors(app)
    largest = backend.services.settings.max_file_mb * 1_000_000 + _MULTIPART_BYTES

    def max_bytes(request: Request) -> int:
        return largest if route_path(request) == f"{PREFIX}/documents" else MAX_JSON_BYTES

    return Face(paths=(PREFIX,), app=app, max_bytes=max_bytes)
