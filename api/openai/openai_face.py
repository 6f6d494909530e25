"""The face for OpenAI's clients: its addresses, and errors in their shape."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.backend import Backend
from api.bodies import MAX_JSON_BYTES
from api.face import Face, route_path
from api.openai.chat_completions import ChatCompletions
from api.openai.embeddings import EmbeddingRoutes
from api.openai.file_objects import FileRoutes
from api.openai.file_upload import FileUpload
from api.openai.openai_description import describe_face
from api.openai.openai_errors import error_response
from api.openai.responder import Responder
from api.openai.responses import Responses
from api.openai.served_models import ModelRoutes
from api.openai.store_files import StoreFileRoutes
from api.openai.stores import Stores
from api.openai.vector_stores import VectorStoreRoutes
from api.problems import report_errors

PREFIX = "/v1"
_FILES = f"{PREFIX}/files"
_STORES = f"{PREFIX}/vector_stores"
_STORE = f"{_STORES}/{{id}}"


def openai_face(backend: Backend) -> Face:
    """Return the face."""
    upload, stores = FileUpload(backend), Stores(backend)

    def max_bytes(request: Request) -> int:
        return upload.max_bytes() if route_path(request) == _FILES else MAX_JSON_BYTES

    routes = [*_answer_routes(backend, stores), *_file_routes(backend, upload), *_store_routes(backend, stores)]
    app = Starlette(routes=[*routes, Route(f"{PREFIX}/openapi.json", _description, methods=["GET"])])
    app.router.redirect_slashes = False
    report_errors(app, error_response)
    return Face(paths=(PREFIX,), app=app, respond=error_response, max_bytes=max_bytes)


async def _description(_request: Request) -> Response:
    return JSONResponse(describe_face(PREFIX))


def _answer_routes(backend: Backend, stores: Stores) -> list[Route]:
    responder, models = Responder(backend), ModelRoutes(backend)
    responses = Responses(stores, responder)
    return [
        Route(f"{PREFIX}/models", models.listed, methods=["GET"]),
        Route(f"{PREFIX}/models/{{id:path}}", models.retrieve, methods=["GET"]),
        Route(f"{PREFIX}/chat/completions", ChatCompletions(responder).create, methods=["POST"]),
        Route(f"{PREFIX}/responses", responses.create, methods=["POST"]),
        Route(f"{PREFIX}/responses/{{id:path}}", responses.find, methods=["GET", "POST", "DELETE"]),
        Route(f"{PREFIX}/embeddings", EmbeddingRoutes(backend).create, methods=["POST"]),
    ]


def _file_routes(backend: Backend, upload: FileUpload) -> list[Route]:
    files = FileRoutes(backend)
    return [
        Route(_FILES, files.listed, methods=["GET"]),
        Route(_FILES, upload.create, methods=["POST"]),
        Route(f"{_FILES}/{{file_id}}", files.retrieve, methods=["GET"]),
        Route(f"{_FILES}/{{file_id}}", files.delete, methods=["DELETE"]),
        Route(f"{_FILES}/{{file_id}}/content", files.content, methods=["GET"]),
    ]


def _store_routes(backend: Backend, made: Stores) -> list[Route]:
    stores, files = VectorStoreRoutes(backend, made), StoreFileRoutes(backend, made)
    batch = f"{_STORE}/file_batches/{{batch_id}}"
    return [
        Route(_STORES, stores.listed, methods=["GET"]),
        Route(_STORES, stores.create, methods=["POST"]),
        Route(_STORE, stores.retrieve, methods=["GET"]),
        Route(_STORE, stores.update, methods=["POST"]),
        Route(_STORE, stores.delete, methods=["DELETE"]),
        Route(f"{_STORE}/search", stores.search, methods=["POST"]),
        Route(f"{_STORE}/files", files.listed, methods=["GET"]),
        Route(f"{_STORE}/files", files.create, methods=["POST"]),
        Route(f"{_STORE}/files/{{file_id}}", files.retrieve, methods=["GET", "POST"]),
        Route(f"{_STORE}/files/{{file_id}}", files.delete, methods=["DELETE"]),
        Route(f"{_STORE}/files/{{file_id}}/content", files.content, methods=["GET"]),
        Route(f"{_STORE}/file_batches", files.create_batch, methods=["POST"]),
        Route(batch, files.retrieve_batch, methods=["GET"]),
        Route(f"{batch}/cancel", files.retrieve_batch, methods=["POST"]),
        Route(f"{batch}/files", files.list_batch, methods=["GET"]),
    ]
