"""The web app: lays out the page and binds its events. `citewell serve` and `python app.py` start it."""

import os
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported: it would call home

import gradio as gr

from ingest.readers import SUFFIXES
from rag.errors import SettingsError
from rag.factory import Services
from rag.settings import Settings
from web import render
from web.handlers import Conversation, Handlers

EXAMPLES = (
    "How is the word Debian pronounced, and where does the name come from?",
    "What will Debian never make the system require?",
    "How long is the term of office of the Project Secretary?",
)
"""Questions about the sample documents."""

_SAMPLE = "debian-faq.pdf"
_STYLE = Path(__file__).with_name("web") / "style.css"
_ANSWERS_AT_ONCE = 8


@dataclass(frozen=True)
class Running:
    """A started app."""

    url: str
    blocks: Any

    def wait(self) -> None:
        """Until Ctrl-C or `stop` from another thread."""
        try:
            self.blocks.block_thread()
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop serving."""
        self.blocks.close(verbose=False)


def build(services: Services) -> Any:
    """The page: sources on the left, the conversation in the middle, the quotes on the right."""
    handlers = Handlers(services)
    with gr.Blocks(title="Citewell", analytics_enabled=False, fill_height=True, fill_width=True) as blocks:
        conversation = gr.State(Conversation())
        gr.HTML(
            '<div class="cw-head"><h1>Citewell</h1><p>Answers from your own documents, each sentence with its '
            "source. Nothing leaves this machine.</p></div>"
        )
        with gr.Row(equal_height=False):
            with gr.Column(scale=2, min_width=240):
                upload = gr.File(
                    label="Add documents",
                    file_count="multiple",
                    file_types=sorted(SUFFIXES),
                    height=190,
                    elem_id="cw-upload",
                )
                gr.HTML('<p class="cw-note">PDF, text and Markdown. They stay on this machine.</p>')
                progress = gr.HTML(elem_id="cw-progress")
                documents = gr.HTML(elem_id="cw-documents")
            with gr.Column(scale=5, min_width=360):
                chat = gr.Chatbot(
                    show_label=False,
                    height="70vh",
                    elem_id="cw-chat",
                    latex_delimiters=[],
                    buttons=["copy"],
                    feedback_options=None,
                    examples=_examples(services),
                    placeholder="### Ask your documents\nAdd files on the left, then ask below.",
                )
                question = gr.Textbox(
                    label="Question",
                    show_label=False,
                    placeholder="Ask a question …",
                    submit_btn=True,
                    max_lines=6,
                    elem_id="cw-question",
                    autofocus=True,
                )
                new = gr.Button("New conversation", size="sm", variant="secondary")
            with gr.Column(scale=3, min_width=280):
                sources = gr.HTML(render.EMPTY_PANE, elem_id="cw-sources")

        outputs = [question, chat, conversation, sources]
        shared: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asking: dict[str, Any] = {**shared, "outputs": outputs, "concurrency_limit": _ANSWERS_AT_ONCE}
        question.submit(handlers.ask, [question, conversation], **asking)
        chat.example_select(_selected, None, question, queue=False, **shared).then(
            handlers.ask, [question, conversation], **asking
        )
        question.stop(handlers.stop, None, None, queue=False, **shared)
        gr.on([new.click, chat.clear], handlers.stop, None, None, queue=False, **shared).then(
            handlers.new_conversation, None, outputs, queue=False, **shared
        )
        upload.upload(handlers.upload, upload, [upload, progress, documents], concurrency_limit=1, **shared)
        blocks.load(handlers.documents, None, documents, **shared)
        blocks.unload(handlers.stop)
    return blocks


def start(services: Services) -> Running:
    """Serve the app on the settings' host and port, models loaded first.

    Raises:
        SettingsError: the host is not this machine's own, or the port is in use.
    """
    settings = services.settings
    require_loopback(settings)
    require_free(settings)
    services.assistant  # noqa: B018  loads the models now, not at the first question
    blocks = build(services)
    blocks.queue(default_concurrency_limit=_ANSWERS_AT_ONCE, max_size=64, api_open=False)
    blocks.launch(
        server_name=settings.host,
        server_port=settings.port or _free_port(settings.host),
        share=False,
        quiet=True,
        prevent_thread_lock=True,
        show_error=True,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        max_file_size=settings.max_file_mb * 1_000_000,
        css=_STYLE.read_text(),
        theme=_theme(),
        ssr_mode=False,
        blocked_paths=[str(settings.library), str(settings.models)],
    )
    return Running(str(blocks.local_url), blocks)


def require_loopback(settings: Settings) -> None:
    """Refuse to listen where others could come in: there is no sign-in yet."""
    try:
        loopback = settings.host == "localhost" or ip_address(settings.host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SettingsError(
            f"Citewell does not listen on '{settings.host}': everyone who can reach it could read your "
            "documents. Use 127.0.0.1, and an SSH tunnel to reach it from elsewhere."
        )


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


def _selected(event: gr.SelectData) -> str:
    return str(event.value["text"])


def _examples(services: Services) -> list[dict[str, str]] | None:
    has_sample = any(document.name == _SAMPLE for document in services.library.documents())
    return [{"text": example} for example in EXAMPLES] if has_sample else None


def _theme() -> Any:
    """System fonts only: a web font would be fetched from elsewhere."""
    return gr.themes.Soft(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])


if __name__ == "__main__":
    import sys

    from cli import main

    sys.argv.insert(1, "serve")
    main()
