"""All faces as one ASGI app, beside the app in the browser or alone."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from api.backend import Backend
from api.caller import CALLER
from api.face import Face
from api.guard import Guard
from api.health import PATHS as HEALTH_PATHS
from api.health import health_app
from api.mcp.mcp_face import mcp_face
from api.metrics_face import metrics_face
from api.openai.openai_face import openai_face
from api.problems import Problem, problem_response
from api.rest.rest_face import rest_face
from observing.access_log import logged, noted

# A new face is named here, and in `.importlinter`.
FACES: tuple[Callable[[Backend], Face], ...] = (rest_face, openai_face, mcp_face, metrics_face)
"""Each makes a face for the parts of a server."""


class Api:
    """The app, over the parts of a server."""

    def __init__(self, backend: Backend) -> None:
        faces = [make(backend) for make in FACES]
        self._faces = [(face, _guarded(face, backend)) for face in faces]
        self._health = health_app(backend)

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Keep what the faces run beside their requests, while the server runs."""
        async with AsyncExitStack() as stack:
            for face, _ in self._faces:
                await stack.enter_async_context(face.lifespan())
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or the events of a server that runs nothing else."""
        if scope["type"] == "lifespan":
            await self._run(receive, send)
        elif scope["type"] == "http":
            await (self.app_for(scope["path"]) or _nothing)(scope, receive, send)

    def app_for(self, path: str) -> ASGIApp | None:
        """Return the app that answers an address; None if it is none of the API's."""
        if path in HEALTH_PATHS:
            return self._health
        return next((app for face, app in self._faces if face.answers(path)), None)

    async def _run(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self.lifespan():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _guarded(face: Face, backend: Backend) -> ASGIApp:
    guard = Guard(
        noted(face.app, lambda scope: str(scope[CALLER].key)),
        backend.authentication,
        backend.rates,
        origins=backend.services.settings.api_origins,
        max_bytes=face.max_bytes,
        respond=face.respond,
    )
    return logged(guard)


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(Problem(status=404, detail="There is nothing at this address."))(scope, receive, send)
