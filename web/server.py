"""Start and stop the web app's server."""

import signal
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import current_thread, main_thread
from typing import Any

import gradio as gr
from starlette.routing import BaseRoute

from ingest.pipeline import open_ingestor
from ingest.refresh import Refresher
from ingest.upkeep.removal import UPLOADS, purge_in_background
from ingest.web.web_ingestor import WebIngestor
from rag.errors import SettingsError
from rag.services import Services
from rag.settings import Settings
from web.auth import access
from web.auth.auth_file import Users
from web.auth.sharing import open_tunnel, require_tunnel, require_users
from web.chat.answer_jobs import AnswerJobs
from web.chat.handlers import Chat
from web.events import bind
from web.idle_overviews import IdleOverviews
from web.layout import lay_out
from web.rendering.templates import render
from web.routes import route_table
from web.upkeep import BackgroundRefresh
from web.uploads import Uploads
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
    web = WebIngestor(ingestor, settings)
    uploads = Uploads(ingestor, web, settings.library / UPLOADS, partial(purge_in_background, services))
    folders = WatchedFolders(services, ingestor)
    services.on_close(folders.close)
    uploads.discard_interrupted()
    services.conversations.forget_unanswered(datetime.now(UTC) - _ABANDONED)
    jobs = AnswerJobs()
    blocks = build(services, jobs)
    refresher = Refresher(services, open_ingestor(services, slice_chunks=_BACKGROUND_SLICE))
    refresh = BackgroundRefresh(refresher, lambda: jobs.are_running or uploads.are_running)
    _launch(blocks, settings, route_table.routes(services, uploads, folders, jobs, refresh), users)
    refresh.start()
    if settings.overviews == "idle":
        overviews = IdleOverviews(services, lambda: jobs.are_running or uploads.are_running or refresh.is_reading)
        services.on_close(overviews.stop)
        overviews.start()
    if users is None:
        folders.start()
    app = RunningApp(str(blocks.local_url), blocks, jobs, refresh)
    if not settings.share:
        return app
    try:
        return replace(app, public_url=open_tunnel(blocks.server_name, blocks.server_port, blocks.share_token))
    except BaseException:
        app.stop()
        raise


def build(services: Services, jobs: AnswerJobs) -> Any:
    """Return the page with its behaviour."""
    with gr.Blocks(title="Citewell", analytics_enabled=False, fill_height=True, fill_width=True) as blocks:
        page = lay_out(services.settings, services.models)
        bind(page, Chat(services, jobs), blocks, answers_at_once=_ANSWERS_AT_ONCE)
    return blocks


def _launch(blocks: Any, settings: Settings, routes: list[BaseRoute], users: Users | None) -> None:
    blocks.queue(default_concurrency_limit=_ANSWERS_AT_ONCE, max_size=64, api_open=False)
    blocks.launch(
        server_name=settings.host,
        server_port=settings.port or _free_port(settings.host),
        auth_dependency=access.owner_of if users else None,
        app_kwargs={
            "routes": routes,
            "middleware": route_table.middleware(users),
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
