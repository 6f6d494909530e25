"""List our own routes beside Gradio's, and add security headers to every response.

Files, pages and uploads do not go through Gradio: it serves whatever is in its cache to everybody who has the address,
and forgets queued work when a tab is closed.
"""

from collections.abc import Callable
from pathlib import Path

import gradio
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import web
from rag.services import Services
from rag.settings import Settings
from serving.known_users import users_of
from serving.page_images import PageImages
from serving.uploads import Uploads
from web.auth.login import Login
from web.auth.middleware import Guard
from web.chat.answer_jobs import AnswerJobs
from web.chat.reading_ahead import ReadingAhead
from web.idle_refresh import BackgroundRefresh
from web.mounting import PathPrefix
from web.page_language_middleware import PageLanguage
from web.rendering.quote_images import QuoteImages
from web.routes.admin_routes import AdminRoutes
from web.routes.chat_routes import ChatRoutes
from web.routes.conversation_routes import ConversationRoutes
from web.routes.endpoint import data, endpoint
from web.routes.folder_routes import FolderRoutes
from web.routes.guide_routes import GuideRoutes
from web.routes.note_routes import NoteRoutes
from web.routes.page_routes import PageRoutes
from web.routes.share_routes import ShareRoutes
from web.routes.shared_pages import SharedPages
from web.routes.source_routes import SourceRoutes
from web.watched_folders import WatchedFolders

_STATIC = Path(web.__file__).parent / "static"
ICON = _STATIC / "icons" / "citewell.svg"
_GRADIO_ASSETS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"

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
    login: Login | None = None,
) -> list[BaseRoute]:
    """Return all our routes: those of the page are under `citewell/`. With a `login` there is an admin page."""
    reading = ReadingAhead(services, lambda: jobs.are_running)
    services.on_close(reading.close)
    quote_images = QuoteImages(services.library, page_images)
    shared = SharedPages(services, quote_images)
    own = [
        Route("/me", endpoint(_who(services))),
        *SourceRoutes(services, uploads, refresh).routes(),
        *FolderRoutes(folders).routes(),
        Route("/katex.{suffix}", _katex),
        *GuideRoutes(services, jobs).routes(),
        *PageRoutes(services, page_images).routes(),
        *ChatRoutes(services, jobs, reading).routes(),
        *ConversationRoutes(services, quote_images, jobs).routes(),
        *NoteRoutes(services, quote_images).routes(),
        *ShareRoutes(services, uploads).routes(),
        *shared.routes(),
    ]
    static = Mount("/static", StaticFiles(packages=[(web.__name__, "static")]))
    return [
        Route("/manifest.json", _manifest),
        shared.linked(),
        *(AdminRoutes(services, login).routes() if login else []),
        Mount("/citewell", routes=[*own, static]),
    ]


def _manifest(_request: Request) -> Response:
    """Return what makes the page installable under its own name, in place of Gradio's."""
    return FileResponse(_STATIC / "manifest.json", media_type="application/manifest+json")


def _katex(request: Request) -> Response:
    """Lead to Gradio's own KaTeX, whose names change with its version: the chat's formulas and ours share it."""
    suffix = request.path_params["suffix"]
    found = sorted(_GRADIO_ASSETS.glob(f"katex-*.{suffix}")) if suffix in ("js", "css") else []
    if not found:
        raise HTTPException(404)
    return RedirectResponse(f"../assets/{found[0].name}")


def _who(services: Services) -> Callable[[Request, str], Response]:
    """Return the handler that says who is signed in, with their role; "" where nobody has to sign in."""

    def me(_request: Request, owner: str) -> Response:
        users = users_of(services) if owner else None
        role = users.role(owner) if users else None
        return data({"user": owner, "role": role or ""})

    return me


def middleware(login: Login | None, settings: Settings) -> list[Middleware]:
    """Return the middleware of the app. With a `login` everybody has to sign in."""
    guard = Middleware(Guard, login=login, host_names=settings.host_names)
    prefix = Middleware(PathPrefix, prefix=settings.path_prefix or "")
    return [Middleware(_SecurityHeaders), Middleware(PageLanguage), guard, prefix]


class _SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", _POLICY)
                headers["X-Content-Type-Options"] = "nosniff"
                # With "no-referrer", forms over plain HTTP are sent with the origin "null", as a foreign page's are.
                headers["Referrer-Policy"] = "same-origin"
                if headers.get("Content-Type", "").startswith("text/event-stream"):
                    headers["X-Accel-Buffering"] = "no"  # Gradio's too: an nginx that buffers lets them through
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
