"""`/health` says that the server lives, `/ready` that it can answer and, of a model with several servers, how many are
in use. They tell nothing else.
"""

import logging

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.backend import Backend
from api.problems import Problem, problem_response
from rag.errors import LibraryError

log = logging.getLogger(__name__)

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_RETRY_S = 10
_LOOKS = 2
"""Threads in which the library is looked at: their own, as all others may be taken by work that takes minutes."""

PATHS = ("/health", "/ready")


def health_app(backend: Backend) -> Starlette:
    """Return the app of both addresses. They need no key: a load balancer has none."""

    looks = CapacityLimiter(_LOOKS)

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "alive"}, headers=_HEADERS)

    async def ready(_request: Request) -> Response:
        if not backend.ready.is_set():
            return problem_response(_not_ready("The models are still being loaded."))
        try:
            await to_thread.run_sync(lambda: backend.services.library.generation, limiter=looks)
        except LibraryError as error:
            log.error("not ready: %s", error)  # noqa: TRY400  the sentence says it; a stranger is not told
            return problem_response(_not_ready("The library cannot be read just now."))
        return JSONResponse({"status": "ready", **_replicas(backend)}, headers=_HEADERS)

    return Starlette(routes=[Route("/health", health), Route("/ready", ready)])


def _replicas(backend: Backend) -> dict[str, dict[str, dict[str, int]]]:
    """Return how many servers of each model are in use, by setting; nothing where every model has one at most."""
    states = {each.setting: each.states() for each in backend.services.replicas}
    counts = {
        setting: {"in_use": sum(state.state == "in use" for state in of), "of": len(of)}
        for setting, of in states.items()
    }
    return {"replicas": counts} if counts else {}


def _not_ready(why: str) -> Problem:
    return Problem(status=503, detail=why, retry_after=_RETRY_S)
