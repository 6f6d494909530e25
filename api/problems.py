"""Errors as problem details (RFC 9457), with the sentence that the command would print."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from rag.errors import (
    AccessError,
    BusyError,
    CitewellError,
    ClusterError,
    ConflictError,
    DocumentError,
    ExportError,
    LibraryError,
    ModelError,
    QuestionError,
    SettingsError,
)
from serving.answer_turns import TooManyWaitError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
UNEXPECTED = "Something unexpected went wrong. The log of Citewell says more."
_BUSY_RETRY_S = 5

_STATUSES: Mapping[type[CitewellError], int] = {
    AccessError: 404,  # whether it exists is nobody else's business
    BusyError: 503,
    ClusterError: 503,
    ConflictError: 409,
    DocumentError: 422,
    ExportError: 422,
    LibraryError: 503,
    ModelError: 503,
    QuestionError: 422,
    SettingsError: 422,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as a client is told of it: `detail` is a sentence for people. `retry_after` are seconds; 0 for none."""

    status: int
    detail: str
    retry_after: int = 0

    @property
    def title(self) -> str:
        """The name of the status."""
        return HTTPStatus(self.status).phrase

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every response that reports it."""
        headers = {"Cache-Control": "no-store"}
        if self.retry_after:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        return headers


class ProblemError(CitewellError):
    """A request that is refused with a status of its own."""

    def __init__(self, status: int, detail: str, *, retry_after: int = 0) -> None:
        super().__init__(detail)
        self.problem = Problem(status=status, detail=detail, retry_after=retry_after)


ProblemResponse = Callable[[Problem], Response]
"""Puts a problem into the form that a face's clients expect."""


def problem_of(error: BaseException) -> Problem:
    """Return what to tell a client of an error. One that is not on purpose is logged, and nothing of it is told."""
    match error:
        case ProblemError():
            return error.problem
        case CitewellError():
            status = next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 500)
            retry_after = _seconds_until(error) if isinstance(error, BusyError) else 0
            return Problem(status=status, detail=str(error), retry_after=retry_after)
        case RequestValidationError():
            faults = error.errors()
            is_json = all(fault["type"] != "json_invalid" for fault in faults)
            return Problem(status=422 if is_json else 400, detail=_first_fault(faults))
        case HTTPException():
            return Problem(status=error.status_code, detail=_sentence_for(error))
        case ClientDisconnect():
            log.info("a client left before all was sent")
            return Problem(status=400, detail="The request ended before all of it was sent.")
        case OSError() if error.strerror:
            log.error("a request failed", exc_info=error)
            return Problem(status=507, detail=f"The disk says: {error.strerror}.")
        case _:
            log.error("a request failed", exc_info=error)
            return Problem(status=500, detail=UNEXPECTED)


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as the object of RFC 9457."""
    return {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}


def problem_response(problem: Problem) -> Response:
    """Return a problem as `application/problem+json`."""
    return JSONResponse(problem_json(problem), problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def report_errors(app: Starlette, respond: ProblemResponse = problem_response) -> None:
    """Have a face answer every error of its endpoints with a problem."""

    async def report(_request: Request, error: Exception) -> Response:
        return respond(problem_of(error))

    handler: Callable[[Request, Exception], Awaitable[Response]] = report
    for kind in (CitewellError, HTTPException, RequestValidationError, OSError, Exception):
        app.add_exception_handler(kind, handler)


def _first_fault(faults: Any) -> str:
    """Say where the first fault of a body or an address is."""
    first = next(iter(faults))
    place, message = ".".join(str(part) for part in first["loc"][1:]), str(first["msg"])
    if first["type"] == "json_invalid":
        return "The body is not JSON."
    where = f"'{place}'" if place else "The body" if first["loc"][:1] == ("body",) else "The request"
    return f"{where} cannot be used: {message[:1].lower()}{message[1:200]}."


def _sentence_for(error: HTTPException) -> str:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return "There is nothing at this address."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return "This address does not take this method."
    return "The request cannot be read." if error.status_code < 500 else UNEXPECTED


def _seconds_until(error: BusyError) -> int:
    """Return when it makes sense to ask again."""
    return max(1, error.seconds) if isinstance(error, TooManyWaitError) else _BUSY_RETRY_S
