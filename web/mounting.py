"""Answer the API's addresses before Gradio's app, and handle the path prefix of a proxy.

Gradio's middleware would treat pages of other sites differently.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.application import Api


def in_front(api: Api, prefix: str) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return a lifespan of Gradio's app during which the API answers its own addresses, before any middleware.

    What is behind sees paths without the `prefix` that a proxy may have left before them.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        behind = app.middleware_stack or app.build_middleware_stack()
        app.middleware_stack = _dispatching(api, behind, prefix)
        async with api.lifespan():
            yield

    return lifespan


def _dispatching(api: Api, behind: ASGIApp, prefix: str) -> ASGIApp:
    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if prefix and scope["type"] == "http" and scope["path"].startswith(f"{prefix}/"):
            scope = {**scope, "path": scope["path"].removeprefix(prefix)}
        found = api.app_for(scope["path"]) if scope["type"] == "http" else None
        await (PathPrefix(found, prefix) if found else _WithoutPermissions(behind))(scope, receive, send)

    return dispatch


class _WithoutPermissions:
    """Take back what Gradio permits: that pages of any other site read what it answers, as the one who is signed in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_without(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                kept = [each for each in headers if not bytes(each[0]).lower().startswith(b"access-control-")]
                message = {**message, "headers": kept}
            await send(message)

        await self._app(scope, receive, send_without if scope["type"] == "http" else send)


class PathPrefix:
    """Tell an app the path prefix that its addresses have outside, as ASGI has it: it is part of path and root path.

    Gradio tells its own routes only of the root path, with which Starlette does not find what is mounted.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose path has no prefix."""
        if self._prefix and scope["type"] == "http":
            scope = {**scope, "root_path": self._prefix, "path": self._prefix + scope["path"]}
        await self._app(scope, receive, send)
