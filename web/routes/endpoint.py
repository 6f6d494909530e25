"""Wrap handlers as Starlette endpoints: each gets its request's owner, and errors become sentences in JSON.

Whatever may wait for the library runs in a thread: on the event loop it would keep everybody waiting.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from http import HTTPStatus
from inspect import iscoroutinefunction
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from api.bodies import body_within, parsed_json
from api.problems import ProblemError
from rag.errors import AccessError, CitewellError, LibraryError
from serving.thread_turns import ThreadTurns
from web.auth.access import owner_of
from web.stored_texts import reason_shown

log = logging.getLogger(__name__)

Handler = Callable[[Request, str], Response] | Callable[[Request, str], Awaitable[Response]]
"""A handler is called with the request and its owner."""

JsonHandler = Callable[[Request, str, Mapping[str, Any]], Response]
"""A handler that is called with the JSON object that was sent as well."""

MAX_JSON_BYTES = 1_000_000
PRIVATE = {"Cache-Control": "private, no-store"}


class _NumberConvertor(IntegerConvertor):
    """A number in an address, as `{id:number}`: `int` takes one of 5,000 digits, and fails."""

    regex = "[0-9]{1,18}"


register_url_convertor("number", _NumberConvertor())


def endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return a Starlette endpoint. A handler that is no coroutine runs in a thread; one that is must not wait."""

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
        except ClientDisconnect:
            log.info("a client left before all was sent: %s %s", request.method, request.scope["path"])
            return data({}, HTTPStatus.BAD_REQUEST)
        except OSError as error:
            return JSONResponse({"error": f"The disk says: {error.strerror}."}, 507, headers=PRIVATE)
        response: Response = result
        return response

    return answer


def in_turn(turns: ThreadTurns, handler: Callable[[Request, str], Response]) -> Handler:
    """Return a handler that waits for the user's turn: rendering a page may take long."""

    async def wait(request: Request, owner: str) -> Response:
        return await turns.run(owner, handler, request, owner, has_left=request.is_disconnected)

    return wait


def json_endpoint(handler: JsonHandler) -> Callable[[Request], Awaitable[Response]]:
    """Return a Starlette endpoint that reads the JSON object sent, then runs the handler in a thread."""

    @wraps(handler)
    async def answer(request: Request, owner: str) -> Response:
        return await run_in_threadpool(handler, request, owner, await json_object(request))

    return endpoint(answer)


def data(value: Any, status: int = 200) -> Response:
    """Return a response with JSON that no cache stores."""
    return JSONResponse(value, status, headers=PRIVATE)


def number_in(request: Request, name: str) -> int:
    """Return a number of an address's query; 0 for what is none, or too long to be one."""
    value = request.query_params.get(name, "0")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else 0


async def json_object(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that was sent; an empty one for any other JSON.

    Raises:
        ProblemError: the body is too large, or not JSON.
    """
    body = await body_within(request, MAX_JSON_BYTES)
    value = await run_in_threadpool(parsed_json, body)
    return value if isinstance(value, dict) else {}


def refusal(error: CitewellError) -> Response:
    """Return an error as the page shows it."""
    if isinstance(error, ProblemError):
        return data({"error": reason_shown(str(error))}, error.problem.status)
    status = 403 if isinstance(error, AccessError) else 503 if isinstance(error, LibraryError) else 400
    return data({"error": reason_shown(str(error))}, status)
