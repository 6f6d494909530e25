"""Start and stop the web app's server."""

import signal
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import current_thread, main_thread
from typing import Any

import gradio as gr

from ingest.pipeline import open_ingestor
from ingest.removal import UPLOADS, purge_in_background
from rag.errors import SettingsError
from rag.services import Services
from rag.settings import Settings
from web.auth import access
from web.auth.sharing import open_tunnel, require_tunnel, require_users
from web.chat.answer_jobs import AnswerJobs
from web.chat.handlers import Chat
from web.events import bind
from web.layout import lay_out
from web.rendering.settings_form import panel
from web.routes import route_table
from web.uploads import Uploads

_ANSWERS_AT_ONCE = 8
_ABANDONED = timedelta(hours=1)
"""No answer takes so long, in another program on the same library either."""

_STYLES = ("layout", "components", "sources", "answers", "viewer", "conversations")
_HEAD = (
    "".join(f'<link rel="stylesheet" href="citewell/static/styles/{name}.css">' for name in _STYLES)
    + '<script type="module" src="citewell/static/main.js"></script>'
)


@dataclass(frozen=True)
class Running:
    """A started app."""

    url: str
    blocks: Any
    runs: AnswerJobs
    public_url: str = ""

    def wait(self) -> None:
        """Until Ctrl-C, a polite kill (SIGTERM), or `stop` from another thread."""
        if current_thread() is main_thread():  # no other may say what a signal does
            signal.signal(signal.SIGTERM, _end)
        try:
            self.blocks.block_thread()
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop serving. Answers that are being written are kept as far as they are."""
        self.blocks.close(verbose=False)
        self.runs.close()


def _end(*_: object) -> None:
    """End the program as Ctrl-C does: what is being written is kept first."""
    raise SystemExit(0)


def build(services: Services, runs: AnswerJobs) -> Any:
    """The page with its behaviour."""
    with gr.Blocks(title="Citewell", analytics_enabled=False, fill_height=True, fill_width=True) as blocks:
        bind(
            lay_out(panel(services.settings, services.models)),
            Chat(services, runs),
            blocks,
            answers_at_once=_ANSWERS_AT_ONCE,
        )
    return blocks


def start(services: Services) -> Running:
    """Serve the app on the settings' host and port, models loaded first.

    Raises:
        SettingsError: others could come in without a sign-in, the port is in use, or the public link cannot be made.
    """
    settings = services.settings
    users = require_users(settings)
    require_free(settings)
    if settings.share:
        require_tunnel()
    services.assistant  # noqa: B018  loads the models now, not at the first question
    uploads = Uploads(open_ingestor(services), settings.library / UPLOADS, partial(purge_in_background, services))
    uploads.forget_interrupted()
    services.conversations.forget_unanswered(datetime.now(UTC) - _ABANDONED)
    runs = AnswerJobs()
    blocks = build(services, runs)
    blocks.queue(default_concurrency_limit=_ANSWERS_AT_ONCE, max_size=64, api_open=False)
    blocks.launch(
        server_name=settings.host,
        server_port=settings.port or _free_port(settings.host),
        share=False,  # a public link is made below: Gradio goes on without it, and says why to nobody
        auth_dependency=access.owner_of if users else None,
        quiet=True,
        prevent_thread_lock=True,
        show_error=True,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        max_file_size=1,  # Gradio's own upload is not used: its cache belongs to everybody
        head=_HEAD,
        theme=_theme(),
        ssr_mode=False,
        blocked_paths=[str(settings.library), str(settings.models)],
        app_kwargs={
            "routes": route_table.routes(services, uploads, runs),
            "middleware": route_table.middleware(users),
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
    )
    running = Running(str(blocks.local_url), blocks, runs)
    if not settings.share:
        return running
    try:
        return replace(running, public_url=open_tunnel(blocks.server_name, blocks.server_port, blocks.share_token))
    except BaseException:
        running.stop()
        raise


def require_free(settings: Settings) -> None:
    """Say that the port is taken before a minute of loading, not after."""
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
    """System fonts only: a web font would be fetched from elsewhere."""
    return gr.themes.Soft(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
