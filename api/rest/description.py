"""The description of the REST face, `openapi.json`: FastAPI's, with the problems and events it does not know."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.authentication import KEY_SCHEME
from api.rest.answer_events import EVENTS
from api.rest.common import PROBLEM_SCHEMA
from rag.exports.answer_schema import AnswerExport, ConversationExport


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description."""
    description: dict[str, Any] = FastAPI.openapi(app)
    components = description.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    models: list[type[BaseModel]] = [*EVENTS.values(), AnswerExport, ConversationExport]
    _, found = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)], ref_template="#/components/schemas/{model}"
    )
    for name, schema in found["$defs"].items():
        schemas.setdefault(name, schema)
    schemas["Problem"] = PROBLEM_SCHEMA
    names = {name: model.__name__ for name, model in EVENTS.items()} | {"error": "Problem"}
    schemas["AnswerEvents"] = {"oneOf": [event_schema(name, schema) for name, schema in names.items()]}
    schemas["JobEvent"] = event_schema("job", "Job")
    components["securitySchemes"] = {"key": KEY_SCHEME}
    description["security"] = [{}, {"key": []}]
    return description


def event_schema(name: str, schema: str) -> dict[str, Any]:
    """Return the schema of a server-sent event: its name, and its data, which is JSON of a schema."""
    data = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": f"#/components/schemas/{schema}"},
    }
    return {
        "type": "object",
        "title": f"Event `{name}`",
        "required": ["event", "data"],
        "properties": {"event": {"const": name}, "data": data},
    }
