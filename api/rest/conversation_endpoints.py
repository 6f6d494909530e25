"""Conversations: begun, listed, shown, continued and removed. The app in the browser shows the same ones."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.asking.question import Question
from api.backend import Backend
from api.callers.caller import Caller, caller_of, require_writing
from api.problems import ProblemError
from api.rest.answer_events import Answered
from api.rest.ask_endpoints import ANSWERS, Ask, exported, respond
from api.rest.common import BackendOf, Cursor, Limit, Shown, Strict, page_of
from api.rest.problem_docs import problems
from rag.exports.answer_schema import ExchangeExport, read_stored
from rag.types import Answer, Conversation
from serving.kept_answers import KeptAnswers

router = APIRouter(prefix="/conversations", tags=["conversations"])

_MAX_NAME = 200
_GONE = "This conversation is not among yours (any more)."
_MEANWHILE = "Another question of this conversation was answered meanwhile. Ask again, after that answer."


class ConversationShown(Shown):
    """A conversation; `answers` is their number."""

    id: str
    name: str
    created_at: str
    updated_at: str
    answers: int


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
WriterOf = Annotated[Caller, Depends(_whole_writer)]


@router.post("", status_code=201, responses=problems(422))
def begin_conversation(sent: Begin, backend: BackendOf, caller: WriterOf) -> ConversationShown:
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
    found = _find(backend, caller, conversation_id)
    exchanges = backend.services.conversations.exchanges(found.id, caller.owner)
    answers = [
        read_stored(ExchangeExport, {**each.record, "thumb": each.thumb, "remark": each.remark}) for each in exchanges
    ]
    return WholeConversation(conversation=_shown(found), answers=answers)


@router.delete("/{conversation_id}", status_code=204, responses=problems(404, 422))
def remove_conversation(conversation_id: str, backend: BackendOf, caller: WriterOf) -> Response:
    """Remove a conversation with all that belongs to it."""
    backend.services.conversations.delete(_find(backend, caller, conversation_id).id, caller.owner)
    return Response(status_code=204)


@router.post(
    "/{conversation_id}/asks",
    response_model=Answered,
    response_model_exclude_unset=True,
    responses={**problems(404, 409, 422), **ANSWERS},
)
async def continue_conversation(
    conversation_id: str, sent: Ask, backend: BackendOf, caller: WriterOf, request: Request
) -> Any:
    """Ask the next question of a conversation, which keeps the answer."""
    continuation = await run_in_threadpool(_Continuation, backend, caller, conversation_id)
    return await continuation.ask(sent, request)


class _Continuation:
    """The next question of one conversation."""

    def __init__(self, backend: Backend, caller: Caller, id_: str) -> None:
        self._backend = backend
        self._caller = caller
        self._conversation = _find(backend, caller, id_)
        self._kept = KeptAnswers(backend.services)
        self._before = self._kept.answers(id_, caller.owner)

    async def ask(self, sent: Ask, request: Request) -> Response:
        """Answer the question, and store the answer."""
        found, store = self._conversation, self._backend.services.conversations
        question = Question(
            text=sent.question,
            history=self._before[-1].turns if self._before else (),
            selection=sent.within.selection(store.excluded(found.id, self._caller.owner)),
            chosen={**found.settings, **sent.chosen},
            fresh=sent.fresh,
        )

        def finish(answer: Answer) -> Answered:
            self._store(answer, question)
            return exported(self._backend.services, answer, question, request)

        return await respond(self._backend, self._caller, question, request, finish, stream=sent.stream)

    def _store(self, answer: Answer, question: Question) -> None:
        """Store an answer.

        Raises:
            ProblemError: another was stored meanwhile, which this one does not know.
        """
        owner = self._caller.owner
        if len(self._backend.services.conversations.exchanges(self._conversation.id, owner)) != len(self._before):
            raise ProblemError(409, _MEANWHILE)
        self._kept.append(self._conversation.id, [*self._before, answer], question.chosen, owner)


def _find(backend: Backend, caller: Caller, id_: str) -> Conversation:
    found = backend.services.conversations.find(id_, caller.owner)
    if found is None:
        raise ProblemError(404, _GONE)
    return found


def _shown(conversation: Conversation) -> ConversationShown:
    return ConversationShown(
        id=conversation.id,
        name=conversation.name,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        answers=conversation.exchanges,
    )
