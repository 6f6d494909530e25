"""List our own routes beside Gradio's, and add security headers to every response.

Files, pages and uploads do not go through Gradio: it serves whatever is in its cache to everybody who has the address,
and forgets queued work when a tab is closed.
"""

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import web
from rag.services import Services
from serving.page_images import PageImages
from serving.uploads import Uploads
from web.auth.login import Login
from web.auth.middleware import Guard
from web.chat.answer_jobs import AnswerJobs
from web.chat.reading_ahead import ReadingAhead
from web.rendering.quote_images import QuoteImages
from web.routes.conversation_routes import ConversationRoutes
from web.routes.endpoint import data, endpoint
from web.routes.fact_routes import FactRoutes
from web.routes.folder_routes import FolderRoutes
from web.routes.page_routes import PageRoutes
from web.routes.read_ahead_routes import ReadAheadRoutes
from web.routes.source_routes import SourceRoutes
from web.upkeep import BackgroundRefresh
from web.watched_folders import WatchedFolders

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # Gradio's page starts by inline scripts
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""Whatever gets into the page can neither fetch anything from elsewhere nor send anything there."""


def routes(
    services: Services,
    uploads: Uploads,
    page_images: PageImages,
    folders: WatchedFolders,
    jobs: AnswerJobs,
    refresh: BackgroundRefresh,
) -> list[BaseRoute]:
    """Return all our routes, under `citewell/`."""
    reading = ReadingAhead(services, lambda: jobs.are_running)
    services.on_close(reading.close)
    own = [
        Route("/me", endpoint(_me)),
        *SourceRoutes(services, uploads, refresh).routes(),
        *FactRoutes(services, refresh).routes(),
        *FolderRoutes(folders).routes(),
        *PageRoutes(services, page_images).routes(),
        *ReadAheadRoutes(reading).routes(),
        *ConversationRoutes(services, QuoteImages(services.library, page_images), jobs).routes(),
    ]
    return [Mount("/citewell", routes=[*own, Mount("/static", StaticFiles(packages=[(web.__name__, "static")]))])]


def _me(_request: Request, owner: str) -> Response:
    """Return the signed-in user; "" where nobody has to sign in."""
    return data({"user": owner})


def middleware(login: Login | None) -> list[Middleware]:
    """Return the middleware of the app. With a `login` everybody has to sign in."""
    return [Middleware(_SecurityHeaders), Middleware(Guard, login=login)]


class _SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
