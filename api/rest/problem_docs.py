"""The problems that endpoints answer with, for the description."""

from http import HTTPStatus
from typing import Any

from api.problems import MEDIA_TYPE

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "An error as RFC 9457 has it; `detail` is a sentence for people.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_ALWAYS = (400, 401, 403, 413, 429, 500, 503, 507)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of the problems of an endpoint: of these statuses, and of those that any may have."""
    return {status: _described(status) for status in sorted({*_ALWAYS, *statuses})}


def _described(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": HTTPStatus(status).phrase, "content": content}
