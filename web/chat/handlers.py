"""The chat: turns Gradio's events into calls of the assistant, and what these give into updates of the page."""

import html
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from typing import Any

import gradio as gr

from rag import conversation_settings
from rag.errors import CitewellError, LibraryError, QuestionError
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.types import Answer
from web.auth.access import documents_of, owner_of
from web.chat.answer_jobs import AnswerJob, AnswerJobs, View
from web.chat.answer_view import AnswerView
from web.chat.history import ChatHistory
from web.chat.state import Conversation, Message, TabState, reply, said, told
from web.chat.suggestions import suggest
from web.rendering import answer_html, quotes_html

Update = tuple[Any, ...]
"""Values for (question box, chat, conversation, quotes, status, id of the conversation)."""


_LAST_UPDATE_S = 2.0
"""How long a tab's last update from an answer that it leaves is waited for; Gradio drops it if the tab is gone."""

_NOT_KEPT = "-"
"""Told in the place of an id when the conversation has none any more."""


class Chat:
    """Handlers of the chat of one app, over one set of services and its running answers.

    Gradio sends the last update of a handler again when the handler has ended, and by then the tab may have turned to
    something else. So the last update of each is one that changes nothing.
    """

    def __init__(self, services: Services, runs: AnswerJobs) -> None:
        self._services = services
        self._runs = runs
        self._kept = ChatHistory(services)
        self._tabs: dict[str, _Following] = {}
        self._lock = Lock()

    def ask(self, question: str, shown: Conversation, tab: str, request: gr.Request) -> Iterator[Update]:
        """Stream an answer. `shown` is what is remembered of the conversation, `tab` what the tab tells."""
        if not question.strip():
            yield _update()
            return
        yield from self._answer(shown, tab, request, lambda conversation: (question, conversation))

    def retry(self, shown: Conversation, tab: str, event: gr.RetryData, request: gr.Request) -> Iterator[Update]:
        """Ask the question of a message again; what came after it is forgotten once it is answered."""
        message = _index(event)
        yield from self._answer(shown, tab, request, lambda c: (c.question(message), c.before(message)))

    def edit(self, shown: Conversation, tab: str, event: gr.EditData, request: gr.Request) -> Iterator[Update]:
        """Ask an edited question; what came after it is forgotten once it is answered."""
        question = html.unescape(str(event.value))  # the chat edits what it shows, in which signs are entities
        message = _index(event)
        yield from self._answer(shown, tab, request, lambda c: (question, c.before(message)))

    def _answer(
        self,
        shown: Conversation,
        tab: str,
        request: gr.Request,
        choose: Callable[[Conversation], tuple[str, Conversation]],
    ) -> Iterator[Update]:
        """Begin an answer to the question that is chosen, and follow it. It ends one that is still being written."""
        owner, page = owner_of(request), self._told(tab, request)
        self._runs.end(owner, page.conversation)
        try:
            question, conversation = choose(self._kept.open(page, shown, owner))
            conversation = self._kept.begin(conversation, question, owner)
            write = partial(self._views, question, conversation, owner)
            run = self._runs.begin(owner, conversation.id, write)
        except CitewellError as error:
            question, conversation = choose(shown)
            messages = [*conversation.messages(), said(question), reply(answer_html.notice(str(error)))]
            yield _update(idle(value=""), messages, replace(conversation, unanswered=question), status="")
            yield _update()
            return
        yield from self._follow(run, request)

    def _views(self, question: str, conversation: Conversation, owner: str, cancelled: CancelEvent) -> Iterator[View]:
        """Write the answer. This goes on in a thread of its own: no tab need be there any more."""
        before = (*conversation.messages(), said(question))
        notice = answer_html.notice("Searching …")
        yield View((*before, reply(notice)), conversation, None, notice)
        try:
            chosen = conversation_settings.options(
                self._services.settings, conversation.settings, self._services.models
            )
            model = str(conversation.settings.get("model", ""))
            if not self._services.is_loaded(model):
                notice = answer_html.notice(f"Loading {model} …")
                yield View((*before, reply(notice)), conversation, None, notice)
            assistant = self._services.assistant_of(model)
            drawing = AnswerView(question, before, assistant.context_tokens)
            within = self._chosen(owner, conversation.excluded)
            for event in assistant.ask(
                question, conversation.history, within=within, options=chosen, cancelled=cancelled
            ):
                due = drawing.take(event)
                if isinstance(event, Answer):
                    conversation = self._keep(conversation, event, owner, drawing)
                if due:
                    yield drawing.view(conversation)
        except CitewellError as error:
            conversation = replace(self._kept.without_answer(conversation, owner), unanswered=question)
            yield View((*before, reply(answer_html.notice(str(error)))), conversation, None, "")
        except Exception:
            self._kept.without_answer(conversation, owner)
            raise

    def _keep(self, conversation: Conversation, answer: Answer, owner: str, drawing: AnswerView) -> Conversation:
        try:
            return self._kept.add(conversation, answer, owner)
        except LibraryError as error:
            drawing.status = answer_html.notice(f"This answer is not kept. {error}")
            return replace(conversation, answers=(*conversation.answers, answer))

    def _follow(self, run: AnswerJob, request: gr.Request) -> Iterator[Update]:
        """What changes in a tab while an answer is written, unless it turns to another conversation meanwhile."""
        following = _Following(run)
        self._turn(request, following)
        last: View | None = None
        try:
            for view in run.views(following.left):
                quotes = gr.skip() if view.quotes is None or (last and view.quotes is last.quotes) else view.quotes
                box = gr.skip() if last else _busy()
                opened = view.conversation.id or _NOT_KEPT
                chat = list(view.messages) if last else self._chat(view.messages, view.conversation, run.owner)
                yield _update(box, chat, view.conversation, quotes, view.status, opened)
                last = view
            if not following.left.is_set():
                yield _update(idle())
            yield _update()
        except Exception:
            yield _update(idle())
            raise
        finally:
            self._end(request, following)

    def reopen(self, tab: str, request: gr.Request) -> Iterator[Update]:
        """The conversation that the tab has open, as it was or as it is being answered; a new one, if it has none."""
        page, owner = told(tab), owner_of(request)
        turning = _Following(None)
        try:
            self._turn(request, turning)
            run, opened = self._runs.of(owner, page.conversation), self._opened(page, owner)
            if not run and not turning.left.is_set():
                yield opened
            yield _update()
        finally:
            is_here = self._end(request, turning)
        if run and is_here:  # it has not turned to something else meanwhile, or asked
            yield from self._follow(run, request)

    def _opened(self, page: TabState, owner: str) -> Update:
        try:
            conversation = self._kept.open(replace(page, settings=None), Conversation(), owner)
            chat = self._chat(conversation.messages(), conversation, owner)
        except CitewellError as error:
            return _update(
                idle(),
                [reply(answer_html.notice(str(error)))],
                Conversation(),
                quotes_html.empty(),
                "",
                page.conversation,
            )
        quotes = quotes_html.quotes(conversation.answers[-1]) if conversation.answers else quotes_html.empty()
        return _update(idle(), chat, conversation, quotes, "", conversation.id)

    def _chat(self, messages: Sequence[Message], conversation: Conversation, owner: str) -> Any:
        """An update of the chat that leaves nothing of another conversation in it, nor of answers before these."""
        return gr.update(value=list(messages), feedback_value=self._kept.thumbs(conversation, owner))

    def rate(self, tab: str, event: gr.LikeData, request: gr.Request) -> None:
        """Keep what the user thinks of an answer; a remark comes by a route of its own."""
        self._kept.rate(told(tab), _index(event), event.liked, owner_of(request))

    def stop(self, request: gr.Request) -> None:
        """Stop the answer that the tab follows; it ends within one token, with what there is."""
        with self._lock:
            following = self._tabs.get(request.session_hash or "")
        if following and following.run:
            following.run.stop()

    def leave(self, request: gr.Request) -> None:
        """The tab is gone. Its answer goes on, and is kept."""
        with self._lock:
            following = self._tabs.pop(request.session_hash or "", None)
        if following:
            following.leave()

    def _turn(self, request: gr.Request, following: "_Following") -> None:
        """Have a tab follow this, and nothing else any more: what it followed has sent its last update then."""
        with self._lock:
            earlier = self._tabs.get(request.session_hash or "")
            self._tabs[request.session_hash or ""] = following
        if earlier:
            earlier.leave()
            earlier.wait()

    def _end(self, request: gr.Request, following: "_Following") -> bool:
        """A tab follows this no more; whether it did until now, and has not turned to something else."""
        with self._lock:
            is_here = self._tabs.get(request.session_hash or "") is following
            if is_here:
                del self._tabs[request.session_hash or ""]
        following.ended.set()
        return is_here

    def _told(self, tab: str, request: gr.Request) -> TabState:
        """What a tab tells. That its new conversation has an id by now it may not know yet."""
        page = told(tab)
        with self._lock:
            following = self._tabs.get(request.session_hash or "")
        if page.conversation or following is None or following.run is None:
            return page
        return replace(page, conversation=following.run.conversation)

    def suggestions(self, request: gr.Request) -> Any:
        """An update of the empty chat: questions that the user's documents answer."""
        owner = owner_of(request)
        try:
            questions = suggest(self._services.library, documents_of(self._services.library, owner))
        except CitewellError:
            questions = []  # the sources pane says what is wrong
        return gr.update(examples=[{"text": question} for question in questions])

    def _chosen(self, owner: str, excluded: Set[int]) -> frozenset[int] | None:
        """Ids of the documents to ask; None for all there are.

        A user's are always told: others may upload their first while the question is being answered.
        """
        theirs = frozenset(document.id for document in documents_of(self._services.library, owner))
        others = len(theirs) < len(self._services.library.names())
        if theirs and theirs <= excluded:
            raise QuestionError("No source is chosen. Choose at least one on the left, then ask again.")
        if others and not theirs:
            raise QuestionError("Nothing to ask yet: you have no documents. Upload a document on the left.")
        return theirs - excluded if owner or excluded or others else None


@dataclass(frozen=True, slots=True)
class _Following:
    """The answer that a tab follows; none while a conversation is opened in it.

    It has `left` when it turns away from this, and this has `ended` when the last update is on its way to the tab.
    """

    run: AnswerJob | None
    left: CancelEvent = field(default_factory=CancelEvent)
    ended: CancelEvent = field(default_factory=CancelEvent)

    def leave(self) -> None:
        self.left.set()
        if self.run:
            self.run.wake()

    def wait(self) -> None:
        """Until no update comes any more: a late one would replace what the tab has turned to."""
        self.ended.wait(_LAST_UPDATE_S)


def idle(**more: Any) -> Any:
    """The question box, ready for a question."""
    return gr.update(submit_btn=True, stop_btn=False, **more)


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
