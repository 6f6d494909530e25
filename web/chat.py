"""The chat: turns Gradio's events into calls of the assistant, and the assistant's events into updates of the page."""

import html
import json
import time
from collections.abc import Iterator
from threading import Event as CancelEvent
from threading import Lock
from typing import Any

import gradio as gr

from rag.errors import CitewellError, QuestionError
from rag.factory import Services
from rag.types import Answer, Cited, Event, Retrieved, Sentence, Token
from web import render, render_quotes
from web.access import documents_of, owner_of
from web.conversation import Conversation, reply, said
from web.suggestions import suggest

Update = tuple[Any, ...]
"""Values for (question box, chat, conversation, quotes, status)."""

_REDRAW_S = 0.05
"""Tokens may come faster than anybody reads; each redraw costs the browser a whole message."""


class Chat:
    """Handlers of the chat of one app, over one set of services."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._running: dict[str, CancelEvent] = {}
        self._lock = Lock()

    def ask(self, question: str, conversation: Conversation, excluded: str, request: gr.Request) -> Iterator[Update]:
        """Stream an answer. `excluded` are the ids of documents that are not to be asked, as a JSON list."""
        if not question.strip():
            yield _update()
            return
        cancelled = self._begin(request)
        shown = [*conversation.messages(), said(question)]
        try:
            yield _update(_busy(), [*shown, reply(render.notice("Searching …"))], status=render.notice("Searching …"))
            within = self._chosen(owner_of(request), excluded)
            events = self._services.assistant.ask(question, conversation.history, within=within, cancelled=cancelled)
            drawing = _Drawing(question, self._services.generator.context_tokens)
            for event in events:
                if isinstance(event, Answer):
                    conversation = Conversation((*conversation.answers, event))
                if drawing.take(event):
                    yield _update(
                        chat=[*shown, reply(drawing.text)],
                        conversation=conversation,
                        quotes=drawing.quotes,
                        status=drawing.status,
                    )
        except CitewellError as error:
            conversation = Conversation(conversation.answers, question)
            yield _update(chat=[*shown, reply(render.notice(str(error)))], conversation=conversation, status="")
        finally:
            self._end(request, cancelled)
        yield _update(idle())

    def retry(
        self, conversation: Conversation, excluded: str, event: gr.RetryData, request: gr.Request
    ) -> Iterator[Update]:
        """Ask the question of a message again; what came after it is forgotten."""
        message = _index(event)
        yield from self.ask(conversation.question(message), conversation.before(message), excluded, request)

    def edit(
        self, conversation: Conversation, excluded: str, event: gr.EditData, request: gr.Request
    ) -> Iterator[Update]:
        """Ask an edited question; what came after it is forgotten."""
        question = html.unescape(str(event.value))  # the chat edits what it shows, in which signs are entities
        yield from self.ask(question, conversation.before(_index(event)), excluded, request)

    def stop(self, request: gr.Request) -> None:
        """Stop the tab's running answer; it ends within one token, with what there is."""
        with self._lock:
            running = self._running.get(request.session_hash or "")
        if running:
            running.set()

    def suggestions(self, request: gr.Request) -> Any:
        """An update of the empty chat: questions that the user's documents answer."""
        owner = owner_of(request)
        try:
            questions = suggest(self._services.library, documents_of(self._services.library, owner))
        except CitewellError:
            questions = []  # the sources pane says what is wrong
        return gr.update(examples=[{"text": question} for question in questions])

    @staticmethod
    def new_conversation() -> Update:
        """An empty conversation."""
        return _update(idle(), [], Conversation(), render_quotes.EMPTY, "")

    def _chosen(self, owner: str, excluded: str) -> frozenset[int] | None:
        """Ids of the documents to ask."""
        theirs = {document.id for document in documents_of(self._services.library, owner)}
        left_out = theirs & _ids(excluded)
        if theirs and theirs == left_out:
            raise QuestionError("No source is chosen. Choose at least one on the left, then ask again.")
        return frozenset(theirs - left_out) if left_out or owner else None

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


class _Drawing:
    """What an answer looks like while its events come in."""

    def __init__(self, question: str, window: int) -> None:
        self._question = question
        self._window = window
        self._written = ""
        self._cited: tuple[Sentence, ...] = ()
        self._retrieved: Retrieved | None = None
        self._drawn = 0.0
        self.text = ""
        self.quotes: Any = gr.skip()
        self.status = ""

    def take(self, event: Event) -> bool:
        """Take in an event; whether it is time to draw."""
        self.quotes = gr.skip()
        if isinstance(event, Retrieved):
            self._retrieved = event
            self.text = self.status = render.notice(f"Reading {len(event.passages)} passages …")
            self.quotes = render_quotes.reading(self._question, event)
        elif isinstance(event, Answer):
            self.text = render.answer_markdown(event)
            self.quotes = render_quotes.quotes(event)
            self.status = render_quotes.usage(event, self._window)
        else:
            self._write(event)
            if isinstance(event, Token) and time.monotonic() - self._drawn < _REDRAW_S:
                return False
        self._drawn = time.monotonic()
        return True

    def _write(self, event: Token | Cited) -> None:
        if isinstance(event, Token):
            self._written += event.text
        else:
            self._cited = event.sentences
        passages = self._retrieved.passages if self._retrieved else ()
        self.text = render.marked_markdown(self._written, self._cited, passages)
        self.status = render.notice("Writing …")


def idle() -> Any:
    """The question box, ready for a question."""
    return gr.update(submit_btn=True, stop_btn=False)


def _busy() -> Any:
    return gr.update(value="", submit_btn=False, stop_btn=True)


def _update(
    box: Any = gr.skip(),  # noqa: B008  one value that says "as it is"
    chat: Any = gr.skip(),  # noqa: B008
    conversation: Any = gr.skip(),  # noqa: B008
    quotes: Any = gr.skip(),  # noqa: B008
    status: Any = gr.skip(),  # noqa: B008
) -> Update:
    return box, chat, conversation, quotes, status


def _index(event: gr.RetryData | gr.EditData) -> int:
    return event.index if isinstance(event.index, int) else event.index[0]


def _ids(excluded: str) -> set[int]:
    """The ids that a tab's page sent; from nobody but that tab, but read with care all the same."""
    try:
        values = json.loads(excluded or "[]")
    except ValueError:
        return set()
    return {value for value in values if isinstance(value, int)} if isinstance(values, list) else set()
