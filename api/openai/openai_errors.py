"""Errors in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import JSONResponse, Response

from api.problems import Problem, ProblemError

_INVALID = "invalid_request_error"
_TYPES: Mapping[int, str] = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}
_CODES: Mapping[int, str] = {401: "invalid_api_key", 429: "rate_limit_exceeded"}

_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterProblem(Problem):
    """A problem with one parameter; `code` is OpenAI's name of the error, "" for none."""

    param: str
    code: str = ""


class ParameterError(ProblemError):
    """A parameter cannot be used as it is."""

    def __init__(self, param: str, detail: str, *, status: int = 400, code: str = "") -> None:
        super().__init__(status, detail)
        self.problem = ParameterProblem(status=status, detail=detail, param=param, code=code)


def error_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as the object that OpenAI's clients read."""
    status = _status(problem)
    param, code = None, _CODES.get(status)
    if isinstance(problem, ParameterProblem):
        param, code = problem.param or None, problem.code or code
    kind = _TYPES.get(status, _INVALID if status < 500 else "server_error")
    return {"error": {"message": problem.detail, "type": kind, "param": param, "code": code}}


def error_response(problem: Problem) -> Response:
    """Return a problem as a response."""
    told = replace(problem, status=_status(problem))
    return JSONResponse(error_json(told), told.status, headers=told.headers)


def _status(problem: Problem) -> int:
    """Return the status: what cannot be answered is a bad request to these clients, which know no other."""
    return 400 if problem.status == _UNPROCESSABLE else problem.status
