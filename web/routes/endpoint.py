"""What every route of ours has in common: who asks, from where, and errors as sentences."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rag.errors import AccessError, CitewellError, LibraryError, SettingsError
from web.auth.access import is_from_our_page, owner_of

Handler = Callable[[Request, str], Response] | Callable[[Request, str], Awaitable[Response]]
"""A handler gets the request and its owner."""

PRIVATE = {"Cache-Control": "private, no-store"}


def endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A Starlette endpoint around a handler. One that is not a coroutine runs in a thread: it may wait for the disk."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            if request.method not in ("GET", "HEAD") and not is_from_our_page(request):
                raise AccessError("This request came from another page. Use Citewell's own.")
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
    """JSON for this user only."""
    return JSONResponse(value, status, headers=PRIVATE)


async def sent_object(request: Request) -> Mapping[str, Any]:
    """The JSON object that was sent; an empty one for any other JSON.

    Raises:
        SettingsError: it is no JSON.
    """
    try:
        value = await request.json()
    except (ValueError, RecursionError) as error:
        raise SettingsError("This is not JSON.") from error
    return value if isinstance(value, dict) else {}


def refusal(error: CitewellError) -> Response:
    """The error as the page shows it."""
    status = 403 if isinstance(error, AccessError) else 503 if isinstance(error, LibraryError) else 400
    return data({"error": str(error)}, status)
