"""Wrap handlers as Starlette endpoints: each gets its request's owner, and errors become sentences in JSON."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rag.errors import AccessError, CitewellError, LibraryError, SettingsError
from web.auth.access import owner_of

Handler = Callable[[Request, str], Response] | Callable[[Request, str], Awaitable[Response]]
"""A handler is called with the request and its owner."""

PRIVATE = {"Cache-Control": "private, no-store"}


def endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return a Starlette endpoint. A handler that is no coroutine runs in a thread: it may wait for the disk."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            owner = owner_of(request)
            result: Any
            if iscoroutinefunction(handler):
                result = await handler(request, owner)
            else:
                result = await run_in_threadpool(handler, request, owner)
        except CitewellError as error:
            return refusal(error)
        except OSError as error:
            return JSONResponse({"error": f"The disk says: {error.strerror}."}, 507, headers=PRIVATE)
        assert isinstance(result, Response)  # noqa: S101  what a handler promises
        return result

    return answer


def data(value: Any, status: int = 200) -> Response:
    """Return a response with JSON that no cache stores."""
    return JSONResponse(value, status, headers=PRIVATE)


async def json_object(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that was sent; an empty one for any other JSON.

    Raises:
        SettingsError: the body is not JSON.
    """
    try:
        value = await request.json()
    except (ValueError, RecursionError) as error:
        raise SettingsError("This is not JSON.") from error
    return value if isinstance(value, dict) else {}


def refusal(error: CitewellError) -> Response:
    """Return an error as the page shows it."""
    status = 403 if isinstance(error, AccessError) else 503 if isinstance(error, LibraryError) else 400
    return data({"error": str(error)}, status)
