"""Start and stop the web app's server."""

import signal
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import current_thread, main_thread
from typing import Any

import gradio as gr
from starlette.routing import BaseRoute

from api.application import Api
from api.backend import Backend, open_backend
from api.callers.authentication import Authentication
from api.keys.key_store import KeyStore
from ingest.pipeline import open_ingestor
from ingest.refresh import Refresher
from rag.errors import SettingsError
from rag.services import Services
from rag.settings import Settings
from serving.listening import require_users
from serving.page_images import PageImages, open_page_images
from serving.uploads import Uploads, open_uploads
from web.auth import access
from web.auth.login import Login
from web.auth.sharing import open_tunnel, require_tunnel
from web.chat.answer_jobs import AnswerJobs
from web.chat.handlers import Chat
from web.events import bind
from web.idle_overviews import IdleOverviews
from web.layout import lay_out
from web.mounting import in_front
from web.rendering.templates import render
from web.routes import route_table
from web.upkeep import BackgroundRefresh
from web.watched_folders import WatchedFolders

_ANSWERS_AT_ONCE = 8
_BACKGROUND_SLICE = 16
"""Chunks embedded at once while documents are read again: a question that comes in waits for no more than these."""

_ABANDONED = timedelta(hours=1)
"""No answer takes this long, even in another program on the same library."""


@dataclass(frozen=True)
class RunningApp:
    """A started app."""

    url: str
    blocks: Any
    jobs: AnswerJobs
    refresh: BackgroundRefresh
    public_url: str = ""

    def wait(self) -> None:
        """Serve until Ctrl-C, SIGTERM, or `stop` from another thread."""
        if current_thread() is main_thread():  # no other thread may set a signal handler
            signal.signal(signal.SIGTERM, _exit)
        try:
            self.blocks.block_thread()
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop serving. Answers being written are stored as far as they are."""
        self.blocks.close(verbose=False)
        self.jobs.close()
        self.refresh.stop()


def _exit(*_: object) -> None:
    """End the program as Ctrl-C does, so that answers being written are stored first."""
    raise SystemExit(0)


def start(services: Services) -> RunningApp:
    """Load the models, then serve the app on the settings' host and port.

    Raises:
        SettingsError: others could come in without signing in, the port is in use, or the public link cannot be made.
    """
    settings = services.settings
    users = require_users(settings)
    require_free(settings)
    if settings.share:
        require_tunnel()
    services.assistant  # noqa: B018  loads the models now, not at the first question
    ingestor = open_ingestor(services)
    uploads, page_images = open_uploads(services, ingestor), open_page_images(services)
    folders = WatchedFolders(services, ingestor)
    services.on_close(folders.close)
    services.conversations.forget_unanswered(datetime.now(UTC) - _ABANDONED)
    jobs = AnswerJobs()
    blocks = build(services, jobs)
    login = Login(users) if users else None
    backend = _open_backend(services, uploads, page_images, login)
    refresher = Refresher(services, open_ingestor(services, slice_chunks=_BACKGROUND_SLICE))

    def is_busy() -> bool:
        return jobs.are_running or uploads.are_running or backend.queue.is_busy

    refresh = BackgroundRefresh(refresher, is_busy)
    routes = route_table.routes(services, uploads, page_images, folders, jobs, refresh)
    _launch(blocks, settings, routes, login, Api(backend))
    refresh.start()
    if settings.overviews == "idle":
        overviews = IdleOverviews(services, lambda: is_busy() or refresh.is_reading)
        services.on_close(overviews.stop)
        overviews.start()
    if users is None:
        folders.start()
    app = RunningApp(str(blocks.local_url), blocks, jobs, refresh)
    return _share(app) if settings.share else app


def _share(app: RunningApp) -> RunningApp:
    blocks = app.blocks
    try:
        return replace(app, public_url=open_tunnel(blocks.server_name, blocks.server_port, blocks.share_token))
    except BaseException:
        app.stop()
        raise


def _open_backend(services: Services, uploads: Uploads, page_images: PageImages, login: Login | None) -> Backend:
    """Return what the API stands on: the app's own parts and sign-in. The models are loaded."""
    keys = KeyStore(services.settings.library)
    authentication = Authentication(keys, login.users, login.user) if login else Authentication(keys, None)
    backend = open_backend(services, uploads, page_images, authentication)
    backend.ready.set()
    return backend


def build(services: Services, jobs: AnswerJobs) -> Any:
    """Return the page with its behaviour."""
    with gr.Blocks(title="Citewell", analytics_enabled=False, fill_height=True, fill_width=True) as blocks:
        page = lay_out(services.settings, services.models)
        bind(page, Chat(services, jobs), blocks, answers_at_once=_ANSWERS_AT_ONCE)
    return blocks


def _launch(blocks: Any, settings: Settings, routes: list[BaseRoute], login: Login | None, api: Api) -> None:
    blocks.queue(default_concurrency_limit=_ANSWERS_AT_ONCE, max_size=64, api_open=False)
    blocks.launch(
        server_name=settings.host,
        server_port=settings.port or _free_port(settings.host),
        auth_dependency=access.owner_of if login else None,
        app_kwargs={
            "routes": routes,
            "middleware": route_table.middleware(login),
            "lifespan": in_front(api),
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
        blocked_paths=[str(settings.library), str(settings.models)],
        max_file_size=1,  # Gradio's own upload is not used: every user can read its cache
        share=False,  # `start` makes the public link: Gradio would go on without one, and not say why
        head=render("head.html"),
        theme=_theme(),
        footer_links=[],
        show_error=True,
        quiet=True,
        prevent_thread_lock=True,
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
    )


def require_free(settings: Settings) -> None:
    """Check the port before a minute of loading, not after.

    Raises:
        SettingsError: it is in use.
    """
    if settings.port and not _can_bind(settings.host, settings.port):
        raise SettingsError(
            f"Port {settings.port} on {settings.host} is in use, perhaps by another Citewell. Choose "
            "another with --port, or --port 0 for any that is free."
        )


def _can_bind(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _theme() -> Any:
    """Use system fonts only: a web font would be fetched from elsewhere."""
    return gr.themes.Soft(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
