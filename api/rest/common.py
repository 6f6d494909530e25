"""What all endpoints share: dependencies, checks of bodies, lists cut into pages, descriptions of problems."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from api.backend import Backend
from api.caller import Caller, caller_of, require_editing
from api.problems import MEDIA_TYPE, ProblemError

T = TypeVar("T")

MAX_LIMIT = 200
_MAX_CURSOR = 100


class Strict(BaseModel):
    """A body that a client sends: nothing is guessed, and nothing is overlooked."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, protected_namespaces=())


class Shown(BaseModel):
    """A value that a client gets."""

    model_config = ConfigDict(frozen=True, from_attributes=True, protected_namespaces=())


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend


def _writer(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    require_editing(caller)
    return caller


BackendOf = Annotated[Backend, Depends(_backend)]
CallerOf = Annotated[Caller, Depends(caller_of)]
WriterOf = Annotated[Caller, Depends(_writer)]
"""A caller who may change something."""

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="The most entries to return.")]
Cursor = Annotated[
    str, Query(max_length=_MAX_CURSOR, description="The `next_cursor` of the page before; empty for the first.")
]


def page_of(items: Sequence[T], key: Callable[[T], Any], cursor: str, limit: int) -> tuple[Sequence[T], str | None]:
    """Return the items after the one whose key a cursor is, and the next cursor; None if nothing follows.

    Raises:
        ProblemError: the cursor is of no item (any more).
    """
    start = 0
    if cursor:
        found = next((index for index, item in enumerate(items) if str(key(item)) == cursor), None)
        if found is None:
            raise ProblemError(400, "This cursor leads nowhere (any more). Begin again without one.")
        start = found + 1
    page = items[start : start + limit]
    return page, str(key(page[-1])) if start + limit < len(items) else None


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
