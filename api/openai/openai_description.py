"""The description of the face for machines, `/v1/openapi.json`: from the types of what it takes and what it sends."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.authentication import KEY_SCHEME
from api.openai.chat_completions import ChatFields
from api.openai.embeddings import EmbeddingFields
from api.openai.file_schemas import (
    Deletion,
    EmbeddingList,
    FileBatch,
    FileList,
    FileObject,
    SearchHits,
    StoreFile,
    StoreFileContent,
    StoreFileList,
    StoreList,
    StoreObject,
)
from api.openai.object_schemas import (
    ChatChunk,
    ChatCompletion,
    ErrorObject,
    ModelList,
    ModelObject,
    ResponseEvent,
    ResponseReply,
)
from api.openai.responses import ResponseFields
from api.openai.store_files import BatchFields, FileFields
from api.openai.vector_stores import SearchFields, StoreFields

Json = dict[str, Any]

_REF = "#/components/schemas/{model}"
_PROBLEMS = (400, 401, 403, 404, 413, 429, 500, 503, 507)
_UPLOAD: Json = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}, "purpose": {"type": "string"}},
}
_FILE: Json = {"type": "string", "format": "binary"}
_DONE: Json = {"const": "[DONE]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The use of an address; without an `answer` it has none but errors.

    `query` are the parameters of its address; `events` are those of a streamed answer, after which comes `last`.
    """

    summary: str
    answer: type[BaseModel] | Json | None
    body: type[BaseModel] | Json | None = None
    query: tuple[Json, ...] = ()
    events: type[BaseModel] | None = None
    problems: tuple[int, ...] = _PROBLEMS


def _parameter(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema}


_EMPTY: Json = {"type": "string", "maxLength": 0}
_PAGE = (
    _parameter("limit", {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 999_999_999}, _EMPTY]}),
    _parameter("order", {"enum": ["asc", "desc", ""]}),
    _parameter("after", {"type": "string"}),
    _parameter("before", {"type": "string"}),
)
_PURPOSE, _FILTER = (_parameter(name, {"type": "string"}) for name in ("purpose", "filter"))
_NONE_KEPT = Operation(summary="No response is kept.", answer=None)

_STORE = "/vector_stores/{id}"
_BATCH = f"{_STORE}/file_batches/{{batch_id}}"
OPERATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "/models"): Operation(summary="List the models.", answer=ModelList),
    ("GET", "/models/{id}"): Operation(summary="Return a model.", answer=ModelObject),
    ("POST", "/chat/completions"): Operation(
        summary="Answer the last message of the user.", answer=ChatCompletion, body=ChatFields, events=ChatChunk
    ),
    ("POST", "/responses"): Operation(
        summary="Answer the last message of the user.", answer=ResponseReply, body=ResponseFields, events=ResponseEvent
    ),
    **{(method, "/responses/{id}"): _NONE_KEPT for method in ("GET", "POST", "DELETE")},
    ("POST", "/embeddings"): Operation(summary="Embed texts.", answer=EmbeddingList, body=EmbeddingFields),
    ("GET", "/files"): Operation(summary="List the documents.", answer=FileList, query=(*_PAGE, _PURPOSE)),
    ("POST", "/files"): Operation(
        summary="Add a document.", answer=FileObject, body=_UPLOAD, problems=(*_PROBLEMS, 409)
    ),
    ("GET", "/files/{file_id}"): Operation(summary="Return a document.", answer=FileObject),
    ("DELETE", "/files/{file_id}"): Operation(summary="Remove a document.", answer=Deletion),
    ("GET", "/files/{file_id}/content"): Operation(summary="Return an uploaded file.", answer=_FILE),
    ("GET", "/vector_stores"): Operation(summary="List the collections.", answer=StoreList, query=_PAGE),
    ("POST", "/vector_stores"): Operation(summary="Make a collection.", answer=StoreObject, body=StoreFields),
    ("GET", _STORE): Operation(summary="Return a collection.", answer=StoreObject),
    ("POST", _STORE): Operation(summary="Return a collection as it is.", answer=StoreObject, body=StoreFields),
    ("DELETE", _STORE): Operation(summary="Take all documents out of a collection.", answer=Deletion),
    ("POST", f"{_STORE}/search"): Operation(summary="Search a collection.", answer=SearchHits, body=SearchFields),
    ("GET", f"{_STORE}/files"): Operation(
        summary="List the documents of a collection.", answer=StoreFileList, query=(*_PAGE, _FILTER)
    ),
    ("POST", f"{_STORE}/files"): Operation(summary="Move a document there.", answer=StoreFile, body=FileFields),
    **{
        (method, f"{_STORE}/files/{{file_id}}"): Operation(
            summary="Return a document of a collection.", answer=StoreFile
        )
        for method in ("GET", "POST")
    },
    ("DELETE", f"{_STORE}/files/{{file_id}}"): Operation(
        summary="Take a document out of a collection.", answer=Deletion
    ),
    ("GET", f"{_STORE}/files/{{file_id}}/content"): Operation(
        summary="Return the text of a document.", answer=StoreFileContent
    ),
    ("POST", f"{_STORE}/file_batches"): Operation(summary="Move documents there.", answer=FileBatch, body=BatchFields),
    ("GET", _BATCH): Operation(summary="Return a batch.", answer=FileBatch),
    ("POST", f"{_BATCH}/cancel"): Operation(summary="Return a batch: it is done.", answer=FileBatch),
    ("GET", f"{_BATCH}/files"): Operation(summary="List the documents of a batch.", answer=StoreFileList, query=_PAGE),
}
"""All addresses below the prefix, by method and path."""


@cache
def describe_face(prefix: str) -> Json:
    """Return the description."""
    paths: dict[str, Json] = {}
    for (method, path), operation in OPERATIONS.items():
        paths.setdefault(prefix + path, {})[method.lower()] = _described(operation, path)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Citewell for OpenAI's clients", "version": "1"},
        "paths": paths,
        "components": {"schemas": _schemas(OPERATIONS.values()), "securitySchemes": {"key": KEY_SCHEME}},
        "security": [{}, {"key": []}],
    }


def _described(operation: Operation, path: str) -> Json:
    ids = (part[1:-1] for part in path.split("/") if part.startswith("{"))
    placed = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ids]
    problem = {"application/json": {"schema": _schema(ErrorObject)}}
    responses: Json = {
        str(status): {"description": HTTPStatus(status).phrase, "content": problem} for status in operation.problems
    }
    if operation.answer is not None:
        responses["200"] = {"description": "OK", "content": _content(operation.answer, operation.events)}
    described: Json = {"summary": operation.summary, "parameters": [*placed, *operation.query], "responses": responses}
    if operation.body is not None:
        kind = "multipart/form-data" if operation.body is _UPLOAD else "application/json"
        described["requestBody"] = {"required": True, "content": {kind: {"schema": _schema(operation.body)}}}
    return described


def _content(answer: type[BaseModel] | Json, events: type[BaseModel] | None) -> Json:
    kind = "application/octet-stream" if answer is _FILE else "application/json"
    content = {kind: {"schema": _schema(answer)}}
    if events:
        data: Json = {"type": "string", "contentMediaType": "application/json"}
        data = {"anyOf": [{**data, "contentSchema": _schema(events)}, _DONE]}
        event = {"type": "object", "required": ["data"], "properties": {"event": {"type": "string"}, "data": data}}
        content["text/event-stream"] = {"schema": event}
    return content


def _schema(given: type[BaseModel] | Json) -> Json:
    return given if isinstance(given, dict) else {"$ref": _REF.format(model=given.__name__)}


def _schemas(operations: Iterable[Operation]) -> Json:
    """Return the schemas of all types by name. Of a body, what may be left out may as well be null."""
    operations = list(operations)
    bodies = dict.fromkeys(each.body for each in operations if isinstance(each.body, type))
    sent = dict.fromkeys(
        model for each in operations for model in (each.answer, each.events, ErrorObject) if isinstance(model, type)
    )
    _, found = models_json_schema([(model, "validation") for model in (*bodies, *sent)], ref_template=_REF)
    schemas: Json = found["$defs"]
    for body in bodies:
        schema = schemas[body.__name__]
        for name, field in schema["properties"].items():
            if name not in schema.get("required", ()):
                default = {"default": field.pop("default")} if "default" in field else {}
                schema["properties"][name] = {"anyOf": [field, {"type": "null"}], **default}
    return schemas
