"""Types that all endpoints share: what they depend on, how bodies are checked, and how lists are cut into pages."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from api.access.caller import Caller, caller_of, require_editing
from api.backend import Backend
from api.problems import ProblemError

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
