"""Conversations: begun, listed, shown, continued and removed. The app in the browser shows the same ones."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.backend import Backend
from api.caller import Caller, caller_of, require_writing
from api.problems import ProblemError
from api.question import Question
from api.rest.answer_events import Answered
from api.rest.ask_endpoints import ANSWERS, Ask, exported, respond
from api.rest.common import BackendOf, Cursor, Limit, Shown, Strict, page_of, problems
from rag.exports.answer_schema import ExchangeExport, read_stored
from rag.types import Answer, Conversation
from serving.ownership import own_conversation, shares_of
from serving.stored_answers import KeptAnswers, OpenQuestions

router = APIRouter(prefix="/conversations", tags=["conversations"])

_MAX_NAME = 200
_MEANWHILE = "Another question of this conversation was answered meanwhile. Ask again, after that answer."


class ConversationShown(Shown):
    """A conversation; `answers` is their number.

    `unanswered` is a question after them that has no answer, "" if there is none: `being_answered`, or lost with its
    server.
    """

    id: str
    name: str
    created_at: str
    updated_at: str
    answers: int
    unanswered: str
    being_answered: bool


class ConversationList(Shown):
    """A page of the conversations, the latest first."""

    conversations: list[ConversationShown]
    next_cursor: str | None


class WholeConversation(Shown):
    """A conversation with its answers, as they are exported."""

    conversation: ConversationShown
    answers: list[ExchangeExport]


class Begin(Strict):
    """A new conversation. Without a name it is named by its first question."""

    name: Annotated[str, Field(max_length=_MAX_NAME)] = ""


def _whole_owner(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Refuse a key of one collection: a conversation may quote others."""
    if caller.collection is not None:
        raise ProblemError(
            403, "This key is for one collection, and conversations may quote others. Ask with a history instead."
        )
    return caller


def _whole_writer(caller: Annotated[Caller, Depends(_whole_owner)]) -> Caller:
    require_writing(caller)
    return caller


ReaderOf = Annotated[Caller, Depends(_whole_owner)]
ConversationWriterOf = Annotated[Caller, Depends(_whole_writer)]


@router.post("", status_code=201, responses=problems(422))
def begin_conversation(sent: Begin, backend: BackendOf, caller: ConversationWriterOf) -> ConversationShown:
    """Begin a conversation."""
    return _shown(backend.services.conversations.create(caller.owner, sent.name.strip()))


@router.get("", responses=problems(422))
def list_conversations(
    backend: BackendOf,
    caller: ReaderOf,
    limit: Limit = 50,
    cursor: Cursor = "",
    text: Annotated[str, Query(max_length=200, description="Only those with this in a question or an answer.")] = "",
) -> ConversationList:
    """List the conversations, the latest first."""
    found = backend.services.conversations.conversations(caller.owner, text)
    page, following = page_of(found, lambda conversation: conversation.id, cursor, limit)
    return ConversationList(conversations=[_shown(each) for each in page], next_cursor=following)


@router.get("/{conversation_id}", response_model_exclude_unset=True, responses=problems(404, 422))
def show_conversation(conversation_id: str, backend: BackendOf, caller: ReaderOf) -> WholeConversation:
    """Show a conversation with its answers."""
    found = own_conversation(backend.services, caller.owner, conversation_id)
    exchanges = backend.services.conversations.exchanges(found.id, caller.owner)
    answers = [
        read_stored(ExchangeExport, {**each.record, "thumb": each.thumb, "remark": each.remark}) for each in exchanges
    ]
    return WholeConversation(conversation=_shown(found), answers=answers)


@router.delete("/{conversation_id}", status_code=204, responses=problems(404, 422))
def remove_conversation(conversation_id: str, backend: BackendOf, caller: ConversationWriterOf) -> Response:
    """Remove a conversation with all that belongs to it."""
    found = own_conversation(backend.services, caller.owner, conversation_id)
    backend.services.conversations.delete(found.id, caller.owner)
    shares_of(backend.services).forget_conversation(found.id)
    return Response(status_code=204)


@router.post(
    "/{conversation_id}/asks",
    response_model=Answered,
    response_model_exclude_unset=True,
    responses={**problems(404, 409, 422), **ANSWERS},
)
async def continue_conversation(
    conversation_id: str, sent: Ask, backend: BackendOf, caller: ConversationWriterOf, request: Request
) -> Any:
    """Ask the next question of a conversation, which keeps the answer."""
    continuation = await run_in_threadpool(_Continuation, backend, caller, conversation_id)
    return await continuation.ask(sent, request)


class _Continuation:
    """The next question of one conversation."""

    def __init__(self, backend: Backend, caller: Caller, id_: str) -> None:
        self._backend = backend
        self._caller = caller
        self._conversation = own_conversation(backend.services, caller.owner, id_)
        self._kept = KeptAnswers(backend.services)
        self._open = OpenQuestions(backend.services.conversations)
        self._before = self._kept.answers(id_, caller.owner)
        self._excluded = backend.services.conversations.excluded(id_, caller.owner)

    async def ask(self, sent: Ask, request: Request) -> Response:
        """Store the question, answer it, and store the answer in its place."""
        found, owner = self._conversation, self._caller.owner
        question = Question(
            text=sent.question,
            history=self._before[-1].turns if self._before else (),
            selection=sent.within.selection(self._excluded),
            chosen={**found.settings, **sent.chosen},
            fresh=sent.fresh,
        )

        asked = await run_in_threadpool(self._open.begin, found.id, owner, question.text)

        def finish(answer: Answer) -> Answered:
            self._store(answer, question, asked)
            return exported(self._backend.services, answer, question, request)

        held = self._open.held(asked, drops=True)
        return await respond(self._backend, self._caller, question, request, finish, stream=sent.stream, held=held)

    def _store(self, answer: Answer, question: Question, asked: str) -> None:
        """Store an answer.

        Raises:
            ProblemError: another was stored meanwhile, which this one does not know.
        """
        owner = self._caller.owner
        if len(self._backend.services.conversations.exchanges(self._conversation.id, owner)) != len(self._before):
            raise ProblemError(409, _MEANWHILE)
        self._kept.append(self._conversation.id, [*self._before, answer], question.chosen, owner, asked=asked)


def _shown(conversation: Conversation) -> ConversationShown:
    return ConversationShown(
        id=conversation.id,
        name=conversation.name,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        answers=conversation.exchanges,
        unanswered=conversation.unanswered,
        being_answered=conversation.is_being_answered,
    )
