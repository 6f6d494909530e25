"""Start and stop the web app's server."""

import logging
import os
import signal
from asyncio import CancelledError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import current_thread, main_thread
from typing import Any

import gradio as gr
from gradio import networking, tunneling
from starlette.routing import BaseRoute

from api.application import Api
from api.authentication import Authentication
from api.backend import Backend, load_models, open_backend
from api.event_streams import EventStreams
from api.key_store import keys_of
from ingest.pipeline import open_ingestor
from ingest.refresh import Refresher
from rag.errors import SettingsError
from rag.services import Services
from rag.settings import Settings
from serving.answer_turns import AnswerTurns
from serving.known_users import require_in_database, stored_users_of
from serving.listening import bare_host, bound_socket, host_in_address, require_users
from serving.page_images import PageImages, open_page_images
from serving.retention import start_retention
from serving.sign_in_settings import signs_in_elsewhere
from serving.slow_senders import end_slow_senders
from serving.uploads import Uploads, open_uploads
from web.auth import access
from web.auth.login import Login, open_login
from web.chat.answer_jobs import AnswerJobs
from web.chat.handlers import Chat
from web.events import bind
from web.idle_overviews import IdleOverviews
from web.idle_refresh import BackgroundRefresh
from web.layout import lay_out
from web.mounting import in_front
from web.page_blocks import PageBlocks, without_servers
from web.rendering.templates import render
from web.routes import route_table
from web.routes.route_table import ICON
from web.watched_folders import WatchedFolders

_EVENTS_AT_ONCE = 256
"""A tab that follows an answer holds one of them until it is written. How many are written is `AnswerTurns`' matter."""

_BACKGROUND_SLICE = 16
"""Chunks embedded at once while documents are read again: a question that comes in waits for no more than these."""

_LOOK_S = 5.0
"""Loading the models takes longer than this look for damage."""

_LAST_REQUESTS_S = 1
"""An open page keeps a request open for as long as it is there; Gradio would wait five seconds for it at the end."""

_ABANDONED = timedelta(hours=1)
"""No answer takes this long, even in another program on the same library."""


@dataclass(frozen=True, kw_only=True)
class RunningApp:
    """A started app."""

    url: str
    blocks: Any
    jobs: AnswerJobs
    refresh: BackgroundRefresh
    streams: EventStreams
    public_url: str = ""

    def wait(self) -> None:
        """Serve until Ctrl-C, SIGTERM, or `stop` from another thread."""
        is_main = current_thread() is main_thread()  # no other thread may set a signal handler
        before = signal.signal(signal.SIGTERM, _exit) if is_main else None
        try:
            self.blocks.block_thread()
        finally:
            if is_main:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)  # another one must not end it before answers are stored
            self.stop()
            if is_main:
                signal.signal(signal.SIGTERM, before)

    def stop(self) -> None:
        """Stop serving. Answers being written are stored as far as they are."""
        logging.getLogger("uvicorn.error").addFilter(_is_no_open_page)
        self.streams.close()
        self.jobs.stop_all()  # the server waits for pages that follow an answer
        self.blocks.close(verbose=False)
        self.jobs.close()
        self.refresh.stop()


def _is_no_open_page(record: logging.LogRecord) -> bool:
    """Return False for what is logged of requests that are ended because the server is: nothing has failed."""
    if record.exc_info and isinstance(record.exc_info[1], CancelledError):
        return False
    return "timeout graceful shutdown exceeded" not in record.getMessage()


def _exit(*_: object) -> None:
    """End the program as Ctrl-C does, so that answers being written are stored first."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)


def start(services: Services, listening: Callable[[str], object] = lambda _url: None) -> RunningApp:
    """Serve the app on the settings' host and port, and load the models: who asks before they are there waits.

    `listening` is called with the app's address once the page can be opened.

    Raises:
        SettingsError: others could come in without signing in, the port is in use, or the public link cannot be made.
    """
    settings = services.settings
    require_in_database(settings)
    users = require_users(settings, stored_users_of(services), elsewhere=signs_in_elsewhere(settings))
    _require_able(services)
    ingestor = open_ingestor(services)
    uploads, page_images = open_uploads(services, ingestor), open_page_images(services)
    folders = WatchedFolders(services, ingestor)
    services.on_close(folders.close)
    services.conversations.forget_unanswered(datetime.now(UTC) - _ABANDONED)
    jobs = AnswerJobs()
    login = open_login(services, users) if users else None
    backend = _open_backend(services, uploads, page_images, login)
    blocks = build(services, jobs, backend.turns)
    refresher = Refresher(services, open_ingestor(services, slice_chunks=_BACKGROUND_SLICE))

    def is_busy() -> bool:
        return jobs.are_running or uploads.are_running or backend.turns.is_busy

    refresh = BackgroundRefresh(refresher, is_busy)
    routes = route_table.routes(services, uploads, page_images, folders, jobs, refresh, login)
    with _seeing_the_proxy(settings):
        _launch(blocks, settings, routes, login, Api(backend))
    app = RunningApp(url=str(blocks.local_url), blocks=blocks, jobs=jobs, refresh=refresh, streams=backend.streams)
    listening(app.url)
    load_models(backend, app.stop)
    refresh.start()
    start_retention(services)
    if settings.overviews == "idle":
        overviews = IdleOverviews(services, lambda: is_busy() or refresh.is_reading)
        services.on_close(overviews.stop)
        overviews.start()
    if users is None:
        folders.start()
    return _share(app) if settings.share else app


def _require_able(services: Services) -> None:
    """Check what would fail in the end before a minute of loading, not after."""
    bound_socket(services.settings.host, services.settings.port).close()
    if services.settings.share:
        _require_tunnel()
    services.library.require_sound(_LOOK_S)


def _share(app: RunningApp) -> RunningApp:
    blocks = app.blocks
    try:
        return replace(app, public_url=_open_tunnel(blocks.server_name, blocks.server_port, blocks.share_token))
    except BaseException:
        app.stop()
        raise


def _require_tunnel() -> None:
    """Fetch the program that makes the public link, before a minute of loading.

    Raises:
        SettingsError: it is not on this machine, and cannot be fetched.
    """
    try:
        tunneling.Tunnel.download_binary()
    except Exception as error:
        raise SettingsError(
            f"The public link needs a program of Gradio's (frpc), and it cannot be fetched from "
            f"{tunneling.BINARY_URL}: {error or type(error).__name__}. Check the network, or put the file at "
            f"{tunneling.BINARY_PATH}; or start without --share, and use an SSH tunnel."
        ) from error


def _open_tunnel(host: str, port: int, token: str) -> str:
    """Open a public link to a server on this machine, and return its address.

    Raises:
        SettingsError: the link cannot be made.
    """
    try:
        return str(networking.setup_tunnel(bare_host(host), port, token, None, None))
    except Exception as error:
        raise SettingsError(
            f"The public link cannot be made: {error or type(error).__name__}. Check the network and try again, or "
            "start without --share, and use an SSH tunnel."
        ) from error


def _open_backend(services: Services, uploads: Uploads, page_images: PageImages, login: Login | None) -> Backend:
    """Return what the API stands on: the app's own parts and sign-in."""
    keys = keys_of(services)
    names = services.settings.host_names
    authentication = (
        Authentication(keys, login.users, login.user) if login else Authentication(keys, None, host_names=names)
    )
    return open_backend(services, uploads, page_images, authentication)


def build(services: Services, jobs: AnswerJobs, turns: AnswerTurns) -> Any:
    """Return the page with its behaviour."""
    with without_servers():
        with PageBlocks(title="Citewell", analytics_enabled=False, fill_height=True, fill_width=True) as blocks:
            page = lay_out(services.settings, services.models)
            bind(page, Chat(services, jobs, turns), blocks)
        blocks.queue(default_concurrency_limit=None, max_size=4 * _EVENTS_AT_ONCE, api_open=False)
        blocks.translate(lambda: lay_out(services.settings, services.models))
    return blocks


@contextmanager
def _seeing_the_proxy(settings: Settings) -> Iterator[None]:
    """Have the server keep a connection's own address, which tells the trusted proxy from others.

    Otherwise it puts an address from X-Forwarded-For in its place, for connections from this machine.
    """
    name, before = "FORWARDED_ALLOW_IPS", os.environ.get("FORWARDED_ALLOW_IPS")
    if settings.proxy_user_header:
        os.environ[name] = ""
    try:
        yield
    finally:
        if settings.proxy_user_header:
            os.environ.pop(name)
            os.environ.update({name: before} if before is not None else {})


def _launch(blocks: Any, settings: Settings, routes: list[BaseRoute], login: Login | None, api: Api) -> None:
    blocks.launch(
        max_threads=_EVENTS_AT_ONCE,
        server_name=host_in_address(settings.host),
        server_port=settings.port or _free_port(settings.host),
        root_path=settings.path_prefix,
        auth_dependency=access.owner_of if login else None,
        app_kwargs={
            "routes": routes,
            "middleware": route_table.middleware(login, settings),
            "lifespan": in_front(api, settings.path_prefix or ""),
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
        blocked_paths=[str(folder) for folder in (settings.library, settings.originals, settings.models)],
        max_file_size=1,  # Gradio's own upload is not used: every user can read its cache
        share=False,  # `start` makes the public link: Gradio would go on without one, and not say why
        head=render("head.html"),
        favicon_path=str(ICON),
        theme=_theme(),
        footer_links=[],
        show_error=True,
        quiet=True,
        prevent_thread_lock=True,
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
    )
    blocks.server.config.timeout_graceful_shutdown = _LAST_REQUESTS_S
    end_slow_senders(blocks.server.config)


def _free_port(host: str) -> int:
    with bound_socket(host, 0) as probe:
        return int(probe.getsockname()[1])


def _theme() -> Any:
    """Name fonts of the system only: Gradio would fetch others from elsewhere. The styles set the rest."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
