"""Answer what a client asks: parameters to a question of the assistant or of the model alone, and its pieces."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.answer_stream import AnswerStream
from api.assistant_events import asked, require_ready, while_connected
from api.backend import Backend
from api.caller import caller_of
from api.openai.answer_pieces import Pieces, answer_pieces
from api.openai.answered_calls import result_passages
from api.openai.asked_messages import Message, conversation_of
from api.openai.decoding_parameters import DecodingFields, chosen_decoding
from api.openai.function_answers import called_pieces
from api.openai.function_definitions import functions_of
from api.openai.served_models import ServedModel, chosen_model
from api.openai.task_answers import task_pieces
from api.question import Question, Selection

_GONE = 499
"""Nobody reads this: the client has gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A client's request for an answer. `documents` restrict the search further than the model does; None does not."""

    messages: Sequence[Message]
    fields: DecodingFields
    instructions: str = ""
    documents: frozenset[int] | None = None
    param: str = "messages"


class Responder:
    """Answers of one server."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def respond(
        self,
        request: Request,
        ask: Ask,
        *,
        stream: Callable[[Pieces], AsyncIterator[str]],
        whole: Callable[[Pieces], Awaitable[dict[str, Any]]],
    ) -> Response:
        """Return the answer as a stream, or whole, as the client wants it.

        Raises:
            CitewellError: it cannot be answered as it is, or too many are waiting.
        """
        if ask.fields.stream:
            async with AsyncExitStack() as stack:
                pieces = await while_connected(request, stack.enter_async_context(self._pieces(request, ask)))
                if pieces is None:
                    return Response(status_code=_GONE)
                return AnswerStream(stream(pieces), stack.pop_all())
            raise AssertionError("the stack swallows no error")

        async def collect() -> dict[str, Any]:
            async with self._pieces(request, ask) as pieces:
                return await whole(pieces)

        answer = await while_connected(request, collect())
        return Response(status_code=_GONE) if answer is None else JSONResponse(answer)

    @asynccontextmanager
    async def _pieces(self, request: Request, ask: Ask) -> AsyncIterator[Pieces]:
        backend, caller, fields = self._backend, caller_of(request), ask.fields
        functions = functions_of(fields.tools, fields.tool_choice, parallel=fields.parallel_tool_calls)
        require_ready(backend)
        fields.require_one_choice()
        model = await run_in_threadpool(chosen_model, backend, caller, fields.model, "documents", "tasks")
        services = backend.services
        window = (await run_in_threadpool(services.assistant_of, "")).context_tokens
        told = (ask.messages, ask.instructions)
        conversation = await run_in_threadpool(conversation_of, *told, window=window, param=ask.param)
        chosen = chosen_decoding(fields, services.settings, window)
        if model.use == "tasks":
            async with task_pieces(backend, caller, conversation, chosen, functions) as written:
                yield written
            return
        if functions.definitions and (called := await called_pieces(backend, caller, conversation, chosen, functions)):
            yield called
            return
        if conversation.answered:
            chosen = {"strictness": 0.0, **chosen}
        question = Question(
            text=conversation.question,
            history=conversation.history,
            selection=Selection(ids=_both(model, ask.documents)),
            chosen=chosen,
            fresh=fields.citewell.fresh,
            instructions=conversation.instructions,
            brought=result_passages(conversation.answered),
        )
        own = fields.citewell.sources
        with_sources = services.settings.api_sources if own is None else own
        async with asked(backend, caller, question) as events:
            yield answer_pieces(events, request, with_sources=with_sources)


def _both(model: ServedModel, documents: frozenset[int] | None) -> frozenset[int] | None:
    """Return the documents of a model that a request does not leave out."""
    if model.document_ids is None or documents is None:
        return documents if model.document_ids is None else model.document_ids
    return model.document_ids & documents
