"""The chat: turns Gradio's events into calls of the assistant, and the assistant's events into updates of the page."""

import html
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from threading import Event as CancelEvent
from threading import Lock
from typing import Any

import gradio as gr

from rag.choices import options
from rag.errors import CitewellError, LibraryError, QuestionError
from rag.factory import Services
from rag.types import Answer, Cited, Event, Retrieved, Sentence, Token
from web import render, render_quotes
from web.access import documents_of, owner_of
from web.conversation import Conversation, Message, reply, said
from web.kept import Kept
from web.suggestions import suggest
from web.told import Told, told

Update = tuple[Any, ...]
"""Values for (question box, chat, conversation, quotes, status, id of the conversation)."""

_REDRAW_S = 0.05
"""Tokens may come faster than anybody reads; each redraw costs the browser a whole message."""

_LEAVING_S = 2.0
"""An answer that is left ends with its next token, and is kept then: a list that is drawn after that has it."""


class Chat:
    """Handlers of the chat of one app, over one set of services."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept = Kept(services)
        self._running: dict[str, _Run] = {}
        self._lock = Lock()

    def ask(self, question: str, shown: Conversation, tab: str, request: gr.Request) -> Iterator[Update]:
        """Stream an answer. `shown` is what is remembered of the conversation, `tab` what the tab tells."""
        if not question.strip():
            yield _update()
            return
        yield from self._run(shown, tab, request, lambda conversation: (question, conversation))

    def retry(self, shown: Conversation, tab: str, event: gr.RetryData, request: gr.Request) -> Iterator[Update]:
        """Ask the question of a message again; what came after it is forgotten once it is answered."""
        message = _index(event)
        yield from self._run(shown, tab, request, lambda c: (c.question(message), c.before(message)))

    def edit(self, shown: Conversation, tab: str, event: gr.EditData, request: gr.Request) -> Iterator[Update]:
        """Ask an edited question; what came after it is forgotten once it is answered."""
        question = html.unescape(str(event.value))  # the chat edits what it shows, in which signs are entities
        message = _index(event)
        yield from self._run(shown, tab, request, lambda c: (question, c.before(message)))

    def _run(
        self,
        shown: Conversation,
        tab: str,
        request: gr.Request,
        choose: Callable[[Conversation], tuple[str, Conversation]],
    ) -> Iterator[Update]:
        """Answer the question that is chosen, unless the tab turns to another conversation meanwhile."""
        run = self._begin(request)
        try:
            with closing(self._asked(shown, told(tab), owner_of(request), choose, run)) as updates:
                for update in updates:
                    if not run.is_left:
                        yield update
        finally:
            self._end(request, run)
        if not run.is_left:
            yield _update(idle())

    def _asked(
        self,
        conversation: Conversation,
        tab: Told,
        owner: str,
        choose: Callable[[Conversation], tuple[str, Conversation]],
        run: "_Run",
    ) -> Generator[Update]:
        question, shown = choose(conversation)
        before = [*shown.messages(), said(question)]
        try:
            question, conversation = choose(self._kept.open(tab, conversation, owner))
            before = [*conversation.messages(), said(question)]
            yield _update(_busy(), [*before, reply(render.notice("Searching …"))], status=render.notice("Searching …"))
            yield from self._stream(question, conversation, before, self._chosen(owner, tab.excluded), owner, run)
        except CitewellError as error:
            conversation = replace(conversation, unanswered=question)
            yield _update(chat=[*before, reply(render.notice(str(error)))], conversation=conversation, status="")

    def _stream(
        self,
        question: str,
        conversation: Conversation,
        before: list[Message],
        within: frozenset[int] | None,
        owner: str,
        run: "_Run",
    ) -> Iterator[Update]:
        chosen = options(self._services.settings, conversation.settings)
        drawing = _Drawing(question, self._services.generator.context_tokens)
        for event in self._services.assistant.ask(
            question, conversation.history, within=within, options=chosen, cancelled=run.cancelled
        ):
            due = drawing.take(event)
            if isinstance(event, Answer):
                try:
                    conversation = self._kept.add(conversation, event, owner)
                except LibraryError as error:
                    conversation = replace(conversation, answers=(*conversation.answers, event))
                    drawing.status = render.notice(f"This answer is not kept. {error}")
            if due:
                yield _update(
                    chat=[*before, reply(drawing.text)],
                    conversation=conversation,
                    quotes=drawing.quotes,
                    status=drawing.status,
                    opened=conversation.id,
                )

    def reopen(self, tab: str, request: gr.Request) -> Update:
        """The conversation that the tab has open, as it was; a new one, if it has none."""
        self._leave(request)
        page, owner = told(tab), owner_of(request)
        try:
            conversation = self._kept.open(replace(page, settings=None), Conversation(), owner)
            chat = gr.update(value=conversation.messages(), feedback_value=self._kept.thumbs(conversation, owner))
        except CitewellError as error:
            return _update(
                idle(), [reply(render.notice(str(error)))], Conversation(), render_quotes.EMPTY, "", page.conversation
            )
        quotes = render_quotes.quotes(conversation.answers[-1]) if conversation.answers else render_quotes.EMPTY
        return _update(idle(), chat, conversation, quotes, "", conversation.id)

    def rate(self, tab: str, event: gr.LikeData, request: gr.Request) -> None:
        """Keep what the user thinks of an answer; a remark comes by a route of its own."""
        self._kept.rate(told(tab), _index(event), event.liked, owner_of(request))

    def stop(self, request: gr.Request) -> None:
        """Stop the tab's running answer; it ends within one token, with what there is."""
        with self._lock:
            running = self._running.get(request.session_hash or "")
        if running:
            running.cancelled.set()

    def _leave(self, request: gr.Request) -> None:
        """Stop the tab's running answer, which is kept but no longer shown: the tab shows something else now."""
        with self._lock:
            running = self._running.pop(request.session_hash or "", None)
        if running:
            running.is_left = True
            running.cancelled.set()
            running.ended.wait(_LEAVING_S)

    def suggestions(self, request: gr.Request) -> Any:
        """An update of the empty chat: questions that the user's documents answer."""
        owner = owner_of(request)
        try:
            questions = suggest(self._services.library, documents_of(self._services.library, owner))
        except CitewellError:
            questions = []  # the sources pane says what is wrong
        return gr.update(examples=[{"text": question} for question in questions])

    def _chosen(self, owner: str, excluded: frozenset[int]) -> frozenset[int] | None:
        """Ids of the documents to ask; None for all there are."""
        theirs = frozenset(document.id for document in documents_of(self._services.library, owner))
        others = len(theirs) < len(self._services.library.names())
        if theirs and theirs <= excluded:
            raise QuestionError("No source is chosen. Choose at least one on the left, then ask again.")
        if others and not theirs:
            raise QuestionError("Nothing to ask yet: you have no documents. Upload a document on the left.")
        return theirs - excluded if excluded or others else None

    def _begin(self, request: gr.Request) -> "_Run":
        """A new answer of a tab stops the one that is still running there."""
        run = _Run()
        with self._lock:
            earlier = self._running.get(request.session_hash or "")
            self._running[request.session_hash or ""] = run
        if earlier:
            earlier.cancelled.set()
        return run

    def _end(self, request: gr.Request, run: "_Run") -> None:
        run.cancelled.set()
        run.ended.set()
        with self._lock:
            if self._running.get(request.session_hash or "") is run:
                del self._running[request.session_hash or ""]


@dataclass(slots=True)
class _Run:
    """A running answer of a tab. It `is_left` when the tab has turned to another conversation."""

    cancelled: CancelEvent = field(default_factory=CancelEvent)
    ended: CancelEvent = field(default_factory=CancelEvent)
    is_left: bool = False


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
    opened: Any = gr.skip(),  # noqa: B008
) -> Update:
    return box, chat, conversation, quotes, status, opened


def _index(event: gr.RetryData | gr.EditData) -> int:
    return event.index if isinstance(event.index, int) else event.index[0]
