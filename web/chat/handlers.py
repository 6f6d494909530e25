"""Handle Gradio's events: call the assistant, and turn its answer into updates of the page."""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from observing.observed_answers import observed
from rag.answering import conversation_settings
from rag.errors import BusyError, CitewellError, LibraryError
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.types import Answer
from serving.answer_turns import AnswerTurns, TooManyWaitError
from serving.ownership import readable_documents
from web.auth.access import owner_of
from web.chat.answer_jobs import AnswerJob, AnswerJobs, View
from web.chat.answer_view import AnswerView
from web.chat.followed_answers import FollowedAnswers, Following
from web.chat.history import ChatHistory
from web.chat.notices import ahead, notice, stored_messages, too_many
from web.chat.search_scope import documents_to_search, with_unticked
from web.chat.state import Conversation, Message, TabState, assistant_message, parse_tab_state, user_message
from web.chat.suggestions import suggest
from web.page_language import gettext, in_language, language_of_event, speak
from web.rendering import answer_html, quotes_html
from web.rendering.cited_figures import cited_figures

Update = tuple[Any, ...]
"""Values for (question box, chat, conversation, quotes, status, turn of the tab and id of the conversation)."""

_NOT_STORED = "-"
"""Sent in place of an id when the conversation no longer has one."""


class Chat:
    """Event handlers of one app, over its services and the answers being written.

    Gradio sends the last update of a handler again when the handler has ended, and by then the tab may show something
    else. So the last update of each handler changes nothing.
    """

    def __init__(self, services: Services, jobs: AnswerJobs, turns: AnswerTurns) -> None:
        self._services = services
        self._jobs = jobs
        self._history = ChatHistory(services)
        self._followed = FollowedAnswers()
        self._turns = turns

    def ask(self, question: str, shown: Conversation, tab: str, request: gr.Request) -> Iterator[Update]:
        """Stream an answer. `shown` is the conversation as Gradio remembers it, `tab` the state that the tab sends."""
        if not question.strip():
            yield _update()
            return
        yield from self._answer(shown, tab, request, lambda conversation: (question, conversation), box=_busy(value=""))

    def retry(self, shown: Conversation, tab: str, event: gr.RetryData, request: gr.Request) -> Iterator[Update]:
        """Ask a message's question again, with time to read all; what came after it is deleted once it is answered."""
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
        box: Any = None,
    ) -> Iterator[Update]:
        """End an answer still being written, begin one to the chosen question, and follow it.

        With `fresh` it is no kept overview, and all that was found is read. `box` is the question box's first update.
        """
        owner, state, language = owner_of(request), self._tab_state(tab, request), language_of_event(request)
        self._jobs.end(owner, state.conversation)
        try:
            with in_language(language):
                question, conversation = choose(self._history.open(state, shown, owner))
            self._jobs.require_free(owner, conversation.id)
            conversation = self._history.begin(conversation, question, owner)
            write = partial(self._views, question, conversation, owner, fresh, language)
            job = self._jobs.begin(owner, conversation.id, write)
        except CitewellError as error:
            question, conversation = choose(shown)
            with in_language(language):
                messages = [*conversation.messages(), user_message(question), notice(error)]
            yield _update(_idle(), messages, replace(conversation, unanswered=question), status="")
            yield _update()
            return
        yield from self._follow(job, request, state, box)

    def _views(
        self, question: str, conversation: Conversation, owner: str, fresh: bool, language: str, cancelled: CancelEvent
    ) -> Iterator[View]:
        """Wait for a turn and write the answer, in the job's thread: no tab need follow it."""
        speak(language)
        before = (*conversation.messages(), user_message(question))
        try:
            with self._history.held(conversation), self._turns.turn(owner, cancelled) as places:
                for place in places:
                    yield _noted(before, conversation, ahead(place))
                yield _noted(before, conversation, gettext("Searching …"))
                yield from self._written(question, conversation, owner, fresh, cancelled)
        except TooManyWaitError as full:
            yield self._unanswered(question, conversation, owner, BusyError(too_many(full)))

    def _written(
        self, question: str, conversation: Conversation, owner: str, fresh: bool, cancelled: CancelEvent
    ) -> Iterator[View]:
        before = (*conversation.messages(), user_message(question))
        try:
            options = conversation_settings.options(
                self._services.settings, conversation.settings, self._services.models
            )
            options = replace(options, fresh=fresh)
            model = str(conversation.settings.get("model", ""))
            if not self._services.is_loaded(model):
                loading = gettext("Loading {model} …").format(model=model or self._services.model_label)
                yield _noted(before, conversation, loading)
            assistant = self._services.assistant_of(model)
            answer_view = AnswerView(question, before, assistant.context_tokens, self._services.library)
            within = documents_to_search(self._services, owner, conversation.excluded, conversation.only)
            events = assistant.ask(question, conversation.history, within=within, options=options, cancelled=cancelled)
            for event in observed(events):
                if isinstance(event, Answer):
                    event = with_unticked(event, self._services, owner, conversation.excluded)
                due = answer_view.update(event)
                if isinstance(event, Answer):
                    conversation = self._store(conversation, event, owner, answer_view)
                if due:
                    yield answer_view.view(conversation)
        except Exception as error:
            yield self._unanswered(question, conversation, owner, error)
            if not isinstance(error, CitewellError):
                raise

    def _unanswered(self, question: str, conversation: Conversation, owner: str, error: Exception) -> View:
        """Return a view that says why there is no answer; its conversation keeps the question, to be given back."""
        before = (*conversation.messages(), user_message(question))
        conversation = replace(self._history.discard_unanswered(conversation, owner), unanswered=question)
        return View((*before, notice(error)), conversation, None, "")

    def _store(self, conversation: Conversation, answer: Answer, owner: str, answer_view: AnswerView) -> Conversation:
        try:
            return self._history.add(conversation, answer, owner)
        except LibraryError as error:
            answer_view.status = answer_html.notice(" ".join((gettext("This answer is not kept."), str(error))))
            return replace(conversation, answers=(*conversation.answers, answer))

    def _follow(self, job: AnswerJob[View], request: gr.Request, state: TabState, box: Any = None) -> Iterator[Update]:
        """Yield a tab's updates while an answer is written, until it turns to another conversation.

        What is typed in the question box stays there, unless the first update of it, `box`, says otherwise.
        """
        following = Following(job, state.sent)
        self._followed.turn(request, following)
        last: View | None = None
        try:
            for view in job.views(following.left):
                quotes = gr.skip() if view.quotes is None or (last and view.quotes is last.quotes) else view.quotes
                opened = _opened(state.turn, view.conversation.id or _NOT_STORED)
                chat = list(view.messages) if last else self._chat(view.messages, view.conversation, job.owner)
                # With each again: an update that was under way as the question was asked may have said that it is idle.
                asking = _busy() if last else box or _busy()
                yield _update(asking, chat, view.conversation, quotes, view.status, opened)
                last = view
            following.ended.set()  # Gradio asks for more once it has sent what it got
            yield _update()
        except Exception:
            yield _update(_idle())
            raise
        finally:
            self._followed.end(request, following)

    def reopen(self, tab: str, request: gr.Request) -> Iterator[Update]:
        """Show the conversation that the tab has open, as stored or being answered; an empty one if it has none."""
        state, owner = parse_tab_state(tab), owner_of(request)
        turning = Following(None, state.sent)
        try:
            self._followed.turn(request, turning)
            job = self._jobs.of(owner, state.conversation)
            with in_language(language_of_event(request)):
                shown = self._stored(state, owner)
            if not job and not turning.left.is_set():
                yield shown
            turning.ended.set()
            yield _update()
        finally:
            is_current = self._followed.end(request, turning)
        if job and is_current:  # the tab has not opened or asked something else meanwhile
            yield from self._follow(job, request, state)

    def _stored(self, state: TabState, owner: str) -> Update:
        try:
            conversation = self._history.open(replace(state, settings=None), Conversation(), owner)
            chat = self._chat(stored_messages(conversation), conversation, owner)
        except CitewellError as error:
            opened = _opened(state.turn, state.conversation)
            return _update(_idle(), [notice(error)], Conversation(), quotes_html.empty(), "", opened)
        quotes = quotes_html.empty()
        if conversation.answers:
            last = conversation.answers[-1]
            quotes = quotes_html.quotes(last, cited_figures(last, self._services.library))
        return _update(_idle(), chat, conversation, quotes, "", _opened(state.turn, conversation.id))

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

    def idle(self, typed: str, shown: Conversation, request: gr.Request) -> Any:
        """Return an update that makes the question box ready for a question, unless the tab follows an answer.

        Sent once the event that asked has ended: until then the browser drops the next question without a word. A
        question that was not answered is given back, to be changed and asked again, unless another one is typed.
        """
        if self._followed.job(request):
            return gr.skip()
        if shown.is_being_answered:
            return _idle()
        return _idle(value=shown.unanswered) if shown.unanswered and not typed.strip() else _idle()

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
            questions = suggest(self._services.library, readable_documents(self._services, owner))
        except CitewellError:
            questions = []  # the sources pane says what is wrong
        return gr.update(examples=[{"text": question} for question in questions])


def _idle(**more: Any) -> Any:
    """Return the question box ready for a question."""
    return gr.update(submit_btn=True, stop_btn=False, **more)


def _busy(**more: Any) -> Any:
    return gr.update(submit_btn=False, stop_btn=True, **more)


def _update(
    box: Any = gr.skip(),  # noqa: B008  one value that says "as it is"
    chat: Any = gr.skip(),  # noqa: B008
    conversation: Any = gr.skip(),  # noqa: B008
    quotes: Any = gr.skip(),  # noqa: B008
    status: Any = gr.skip(),  # noqa: B008
    opened: Any = gr.skip(),  # noqa: B008
) -> Update:
    return box, chat, conversation, quotes, status, opened


def _opened(turn: int, id_: str) -> str:
    """Return a conversation's id, and for which turn of the tab it is: the tab leaves it alone if it comes late."""
    return f"{turn} {id_}"


def _noted(before: Sequence[Message], conversation: Conversation, text: str) -> View:
    """Return a view that says what is done before the first word, where the answer will stand."""
    return View((*before, assistant_message(answer_html.notice(text))), conversation, None, "")


def _index(event: gr.RetryData | gr.EditData) -> int:
    return event.index if isinstance(event.index, int) else event.index[0]
