"""Put the API before Gradio's app: Gradio's own middleware answers for pages of other sites in its own way."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from api.application import Api


def in_front(api: Api) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return a lifespan of Gradio's app during which the API answers its own addresses, before any middleware."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        behind = app.middleware_stack
        assert behind is not None  # noqa: S101  built by the call that begins the lifespan
        app.middleware_stack = _dispatching(api, behind)
        async with api.lifespan():
            yield

    return lifespan


def _dispatching(api: Api, behind: ASGIApp) -> ASGIApp:
    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        found = api.app_for(scope["path"]) if scope["type"] == "http" else None
        await (found or behind)(scope, receive, send)

    return dispatch
