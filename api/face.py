"""A face: one interface of the API, with the addresses it answers."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp

from api.bodies import MAX_JSON_BYTES
from api.problems import ProblemResponse, problem_response


def route_path(request: Request) -> str:
    """Return the path of a request as its routes have it: without the prefix that a proxy has the server under."""
    return str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))


def _json_only(_request: Request) -> int:
    return MAX_JSON_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One interface. Its app gets whole paths, those under `paths`, of requests that the guard has let through.

    `respond` puts an error into the form that its clients expect; `max_bytes` is the limit of a request's body, beside
    the one on JSON. `lifespan` is entered while the server runs.
    """

    paths: tuple[str, ...]
    app: ASGIApp
    respond: ProblemResponse = problem_response
    max_bytes: Callable[[Request], int] = _json_only
    lifespan: Callable[[], AbstractAsyncContextManager[object]] = nullcontext

    def answers(self, path: str) -> bool:
        """Return whether this face answers an address."""
        return any(path == prefix or path.startswith(f"{prefix}/") for prefix in self.paths)
