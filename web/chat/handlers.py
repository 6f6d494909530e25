"""Handle Gradio's events: call the assistant, and turn its answer into updates of the page."""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from observing.observed_answers import observed
from rag.answering import conversation_settings
from rag.errors import CitewellError, LibraryError
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.types import Answer
from serving.ownership import documents_of
from web.auth.access import owner_of
from web.chat.answer_jobs import AnswerJob, AnswerJobs, View
from web.chat.answer_view import AnswerView
from web.chat.followed_answers import FollowedAnswers, Following
from web.chat.history import ChatHistory
from web.chat.search_scope import documents_to_search
from web.chat.state import Conversation, Message, TabState, assistant_message, parse_tab_state, user_message
from web.chat.suggestions import suggest
from web.rendering import answer_html, quotes_html
from web.rendering.cited_figures import cited_figures

Update = tuple[Any, ...]
"""Values for (question box, chat, conversation, quotes, status, id of the conversation)."""

_NOT_STORED = "-"
"""Sent in place of an id when the conversation no longer has one."""


class Chat:
    """Event handlers of one app, over its services and the answers being written.

    Gradio sends the last update of a handler again when the handler has ended, and by then the tab may show something
    else. So the last update of each handler changes nothing.
    """

    def __init__(self, services: Services, jobs: AnswerJobs) -> None:
        self._services = services
        self._jobs = jobs
        self._history = ChatHistory(services)
        self._followed = FollowedAnswers()

    def ask(self, question: str, shown: Conversation, tab: str, request: gr.Request) -> Iterator[Update]:
        """Stream an answer. `shown` is the conversation as Gradio remembers it, `tab` the state that the tab sends."""
        if not question.strip():
            yield _update()
            return
        yield from self._answer(shown, tab, request, lambda conversation: (question, conversation))

    def retry(self, shown: Conversation, tab: str, event: gr.RetryData, request: gr.Request) -> Iterator[Update]:
        """Ask the question of a message again; what came after it is deleted once it is answered."""
        message = _index(event)
        yield from self._answer(shown, tab, request, lambda c: (c.question(message), c.before(message)), fresh=True)

    def edit(self, shown: Conversation, tab: str, event: gr.EditData, request: gr.Request) -> Iterator[Update]:
        """Ask an edited question; what came after it is deleted once it is answered."""
        question = html.unescape(str(event.value))  # the chat edits what it shows, with characters as entities
        message = _index(event)
        yield from self._answer(shown, tab, request, lambda c: (question, c.before(message)))

    def _answer(
        self,
        shown: Conversation,
        tab: str,
        request: gr.Request,
        choose: Callable[[Conversation], tuple[str, Conversation]],
        *,
        fresh: bool = False,
    ) -> Iterator[Update]:
        """End an answer still being written, begin one to the chosen question, and follow it.

        With `fresh` it is not a kept overview.
        """
        owner, state = owner_of(request), self._tab_state(tab, request)
        self._jobs.end(owner, state.conversation)
        try:
            question, conversation = choose(self._history.open(state, shown, owner))
            conversation = self._history.begin(conversation, question, owner)
            write = partial(self._views, question, conversation, owner, fresh)
            job = self._jobs.begin(owner, conversation.id, write)
        except CitewellError as error:
            question, conversation = choose(shown)
            messages = [*conversation.messages(), user_message(question), _notice(error)]
            yield _update(_idle(value=""), messages, replace(conversation, unanswered=question), status="")
            yield _update()
            return
        yield from self._follow(job, request)

    def _views(
        self, question: str, conversation: Conversation, owner: str, fresh: bool, cancelled: CancelEvent
    ) -> Iterator[View]:
        """Write the answer, in the job's thread: no tab need follow it."""
        before = (*conversation.messages(), user_message(question))
        notice = answer_html.notice("Searching …")
        yield View((*before, assistant_message(notice)), conversation, None, notice)
        try:
            options = conversation_settings.options(
                self._services.settings, conversation.settings, self._services.models
            )
            options = replace(options, fresh=fresh)
            model = str(conversation.settings.get("model", ""))
            if not self._services.is_loaded(model):
                notice = answer_html.notice(f"Loading {model} …")
                yield View((*before, assistant_message(notice)), conversation, None, notice)
            assistant = self._services.assistant_of(model)
            answer_view = AnswerView(question, before, assistant.context_tokens, self._services.library)
            within = documents_to_search(self._services.library, owner, conversation.excluded)
            events = assistant.ask(question, conversation.history, within=within, options=options, cancelled=cancelled)
            for event in observed(events):
                due = answer_view.update(event)
                if isinstance(event, Answer):
                    conversation = self._store(conversation, event, owner, answer_view)
                if due:
                    yield answer_view.view(conversation)
        except CitewellError as error:
            conversation = replace(self._history.discard_unanswered(conversation, owner), unanswered=question)
            yield View((*before, _notice(error)), conversation, None, "")
        except Exception:
            self._history.discard_unanswered(conversation, owner)
            raise

    def _store(self, conversation: Conversation, answer: Answer, owner: str, answer_view: AnswerView) -> Conversation:
        try:
            return self._history.add(conversation, answer, owner)
        except LibraryError as error:
            answer_view.status = answer_html.notice(f"This answer is not kept. {error}")
            return replace(conversation, answers=(*conversation.answers, answer))

    def _follow(self, job: AnswerJob, request: gr.Request) -> Iterator[Update]:
        """Yield a tab's updates while an answer is written, until it turns to another conversation."""
        following = Following(job)
        self._followed.turn(request, following)
        last: View | None = None
        try:
            for view in job.views(following.left):
                quotes = gr.skip() if view.quotes is None or (last and view.quotes is last.quotes) else view.quotes
                box = gr.skip() if last else _busy()
                opened = view.conversation.id or _NOT_STORED
                chat = list(view.messages) if last else self._chat(view.messages, view.conversation, job.owner)
                yield _update(box, chat, view.conversation, quotes, view.status, opened)
                last = view
            yield _update()
        except Exception:
            yield _update(_idle())
            raise
        finally:
            self._followed.end(request, following)

    def reopen(self, tab: str, request: gr.Request) -> Iterator[Update]:
        """Show the conversation that the tab has open, as stored or being answered; an empty one if it has none."""
        state, owner = parse_tab_state(tab), owner_of(request)
        turning = Following(None)
        try:
            self._followed.turn(request, turning)
            job, opened = self._jobs.of(owner, state.conversation), self._opened(state, owner)
            if not job and not turning.left.is_set():
                yield opened
            yield _update()
        finally:
            is_current = self._followed.end(request, turning)
        if job and is_current:  # the tab has not opened or asked something else meanwhile
            yield from self._follow(job, request)

    def _opened(self, state: TabState, owner: str) -> Update:
        try:
            conversation = self._history.open(replace(state, settings=None), Conversation(), owner)
            chat = self._chat(conversation.messages(), conversation, owner)
        except CitewellError as error:
            return _update(_idle(), [_notice(error)], Conversation(), quotes_html.empty(), "", state.conversation)
        quotes = quotes_html.empty()
        if conversation.answers:
            last = conversation.answers[-1]
            quotes = quotes_html.quotes(last, cited_figures(last, self._services.library))
        return _update(_idle(), chat, conversation, quotes, "", conversation.id)

    def _chat(self, messages: Sequence[Message], conversation: Conversation, owner: str) -> Any:
        """Return an update of the chat that leaves neither messages nor ratings of another conversation in it."""
        return gr.update(value=list(messages), feedback_value=self._history.thumbs(conversation, owner))

    def rate(self, tab: str, event: gr.LikeData, request: gr.Request) -> None:
        """Store a rating of an answer; a remark comes by a route of its own."""
        self._history.rate(parse_tab_state(tab), _index(event), event.liked, owner_of(request))

    def stop(self, request: gr.Request) -> None:
        """Stop the answer that the tab follows: it ends within one token, with what there is of it."""
        if job := self._followed.job(request):
            job.stop()

    def idle(self, request: gr.Request) -> Any:
        """Return an update that makes the question box ready for a question, unless the tab follows an answer.

        Sent once the event that asked has ended: until then the browser drops the next question without a word.
        """
        return gr.skip() if self._followed.job(request) else _idle()

    def leave(self, request: gr.Request) -> None:
        """Let go of a closed tab. Its answer goes on, and is stored."""
        self._followed.leave(request)

    def _tab_state(self, tab: str, request: gr.Request) -> TabState:
        """Read a tab's state, and add the id that its new conversation has got without the tab knowing yet."""
        state = parse_tab_state(tab)
        job = self._followed.job(request)
        if state.conversation or job is None:
            return state
        return replace(state, conversation=job.conversation)

    def suggestions(self, request: gr.Request) -> Any:
        """Return an update of the empty chat: questions that the user's documents answer."""
        owner = owner_of(request)
        try:
            questions = suggest(self._services.library, documents_of(self._services.library, owner))
        except CitewellError:
            questions = []  # the sources pane says what is wrong
        return gr.update(examples=[{"text": question} for question in questions])


def _idle(**more: Any) -> Any:
    """Return the question box ready for a question."""
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


def _notice(error: CitewellError) -> Message:
    return assistant_message(answer_html.notice(str(error)))


def _index(event: gr.RetryData | gr.EditData) -> int:
    return event.index if isinstance(event.index, int) else event.index[0]
