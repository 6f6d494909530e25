"""What the web app does: turns Gradio's events into calls of the assistant, and its events into updates."""

import queue
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as CancelEvent
from threading import Lock, Thread
from typing import Any

import gradio as gr

from ingest.factory import open_ingestor
from ingest.prepare import FileResult
from rag.errors import CitewellError
from rag.factory import Services
from rag.types import Answer, Cited, Retrieved, Sentence, Token, Turn
from web import render
from web.markdown import inert_markdown

UPLOADS = "files"
"""Folder in the library for uploaded files: the browser's copy is temporary."""


@dataclass
class Conversation:
    """One tab's conversation: what the model is told of it, and what is shown."""

    turns: list[Turn] = field(default_factory=list)
    messages: list[dict[str, str]] = field(default_factory=list)


class Handlers:
    """Handlers of one app, over one set of services."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ingestor = open_ingestor(services)
        self._running: dict[str, CancelEvent] = {}
        self._lock = Lock()

    # Asking

    def ask(self, question: str, conversation: Conversation, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Stream an answer: updates for (question box, chat, conversation, sources pane)."""
        if not question.strip():
            yield gr.update(), conversation.messages, conversation, gr.update()
            return
        shown = [*conversation.messages, {"role": "user", "content": inert_markdown(question)}]
        cancelled = self._begin(request)
        pane: Any = gr.update()
        try:
            yield _busy(), [*shown, _reply(render.notice("Searching …"))], conversation, pane
            text = ""
            cited: tuple[Sentence, ...] = ()
            for event in self._services.assistant.ask(question, conversation.turns, cancelled=cancelled):
                if isinstance(event, Retrieved):
                    pane = render.passages_html(event.query, question, event.passages)
                    text_now = render.notice(f"Reading {len(event.passages)} passages …")
                elif isinstance(event, Token):
                    text += event.text
                    pane, text_now = gr.update(), render.marked_markdown(text, cited)
                elif isinstance(event, Cited):
                    cited = event.sentences
                    text_now = render.marked_markdown(text, cited)
                else:
                    pane, text_now = render.sources_html(event), render.answer_markdown(event)
                    conversation = _remembered(shown, text_now, event)
                yield gr.update(), [*shown, _reply(text_now)], conversation, pane
        except CitewellError as error:
            yield gr.update(), [*shown, _reply(render.notice(str(error)))], conversation, gr.update()
        finally:
            self._end(request, cancelled)
        yield idle(), gr.update(), conversation, gr.update()

    def stop(self, request: gr.Request) -> None:
        """Stop the tab's running answer; it ends within one token, with what there is."""
        with self._lock:
            running = self._running.get(request.session_hash or "")
        if running:
            running.set()

    @staticmethod
    def new_conversation() -> tuple[Any, ...]:
        """An empty conversation: values for (question box, chat, conversation, sources pane)."""
        return idle(), [], Conversation(), render.EMPTY_PANE

    # Documents

    def upload(self, paths: list[str] | None) -> Iterator[tuple[Any, str, str]]:
        """Take uploaded files into the library: updates for (upload box, progress, documents)."""
        done: list[FileResult] = []
        for path in paths or []:
            for step in self._ingest_in_background(Path(path)):
                if isinstance(step, FileResult):
                    done.append(step)
                    yield gr.update(), render.uploads_html(done), self.documents()
                else:
                    yield gr.update(), render.uploads_html(done, step), gr.update()
        yield None, render.uploads_html(done), self.documents()

    def documents(self) -> str:
        """The list of documents."""
        return render.documents_html(self._services.library.documents())

    def _ingest_in_background(self, uploaded: Path) -> Iterator[str | FileResult]:
        """Ingest one file in a thread, so that its progress can be shown while it goes on."""
        steps: queue.SimpleQueue[str | FileResult] = queue.SimpleQueue()
        name = uploaded.name

        def report(stage: str, done: int, total: int) -> None:
            steps.put(f"{name}: {stage}" + (f" {done} of {total}" if total else " …"))

        def work() -> None:
            try:
                result = self._ingestor.ingest_file(uploaded, report, source=f"upload:{name}")
                self._keep_or_drop(uploaded, keep=result.status != "failed")
                steps.put(result)
            except (CitewellError, OSError) as error:
                steps.put(FileResult(name, f"upload:{name}", "failed", reason=str(error)))

        Thread(target=work, daemon=True).start()
        while True:
            step = steps.get()
            yield step
            if isinstance(step, FileResult):
                return

    def _keep_or_drop(self, uploaded: Path, *, keep: bool) -> None:
        """Move a file that was taken in into the library's folder; one that failed leaves an earlier one untouched."""
        if not keep:
            uploaded.unlink(missing_ok=True)
            return
        folder = self._services.settings.library / UPLOADS
        folder.mkdir(parents=True, exist_ok=True)
        shutil.move(uploaded, folder / uploaded.name)

    # Running answers

    def _begin(self, request: gr.Request) -> CancelEvent:
        """A new answer of a tab stops the one that is still running there."""
        cancelled = CancelEvent()
        with self._lock:
            earlier = self._running.get(request.session_hash or "")
            self._running[request.session_hash or ""] = cancelled
        if earlier:
            earlier.set()
        return cancelled

    def _end(self, request: gr.Request, cancelled: CancelEvent) -> None:
        cancelled.set()
        with self._lock:
            if self._running.get(request.session_hash or "") is cancelled:
                del self._running[request.session_hash or ""]


def idle() -> Any:
    """The question box, ready for a question."""
    return gr.update(submit_btn=True, stop_btn=False)


def _busy() -> Any:
    return gr.update(value="", submit_btn=False, stop_btn=True)


def _reply(content: str) -> dict[str, str]:
    return {"role": "assistant", "content": content}


def _remembered(shown: list[dict[str, str]], reply: str, answer: Answer) -> Conversation:
    return Conversation(list(answer.turns), [*shown, _reply(reply)])
