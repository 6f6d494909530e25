"""Questions, answered whole or as a stream."""

from contextlib import AbstractContextManager, AsyncExitStack, nullcontext
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.answer_stream import AnswerStream
from api.assistant_events import answered, asked, while_connected
from api.backend import Backend
from api.caller import Caller
from api.cited_quotes import citations_of
from api.question import Question
from api.rest.answer_events import Answered, Finish, answer_frames
from api.rest.common import BackendOf, CallerOf, Strict, problems
from api.rest.selection import MAX_QUESTION, ChosenSettings, Exchange, Within
from rag.exports.answer_json import export_answer
from rag.services import Services
from rag.types import Answer
from rag.types.fail_fast import FailFastList

router = APIRouter(prefix="/asks", tags=["asks"])

_MAX_TURNS = 100
_GONE = 204
"""Nobody reads this: the client has gone."""

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Answered,
        "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/AnswerEvents"}}},
        "description": "The answer; with `stream`, its events.",
    },
    204: {"description": "The client has gone, and nobody reads this."},
}


class Ask(Strict):
    """A question. With `stream` it is answered as server-sent events.

    With `fresh` it is never answered by a kept overview, and from all that was found, however long it takes to read.
    """

    question: Annotated[str, Field(max_length=MAX_QUESTION)]
    within: Within = Within()
    settings: ChosenSettings = ChosenSettings()
    stream: bool = False
    fresh: bool = False

    @property
    def chosen(self) -> dict[str, Any]:
        """The settings that were chosen, by name."""
        chosen: dict[str, Any] = self.settings.model_dump(exclude_none=True)
        return chosen


class AskWithHistory(Ask):
    """A question, with the turns before it, the oldest first."""

    history: FailFastList[Exchange] = Field(default=[], max_length=_MAX_TURNS)


@router.post("", response_model=Answered, response_model_exclude_unset=True, responses={**problems(422), **ANSWERS})
async def ask(sent: AskWithHistory, backend: BackendOf, caller: CallerOf, request: Request) -> Any:
    """Ask a question. Nothing of it is stored."""
    question = Question(
        text=sent.question,
        history=tuple(exchange.turn() for exchange in sent.history),
        selection=sent.within.selection(),
        chosen=sent.chosen,
        fresh=sent.fresh,
    )

    def finish(answer: Answer) -> Answered:
        return exported(backend.services, answer, question, request)

    return await respond(backend, caller, question, request, finish, stream=sent.stream)


async def respond(
    backend: Backend,
    caller: Caller,
    question: Question,
    request: Request,
    finish: Finish,
    *,
    stream: bool,
    held: AbstractContextManager[None] | None = None,
) -> Response:
    """Answer a question as a stream or whole. A client that goes ends the answer; `held` lasts until the end of it."""
    async with AsyncExitStack() as stack:
        stack.enter_context(held or nullcontext())
        if stream:
            opened = stack.enter_async_context(asked(backend, caller, question))
            events = await while_connected(request, opened)
            if events is None:
                return Response(status_code=_GONE)
            return AnswerStream(answer_frames(events, request, finish), stack.pop_all())
        answer = await answered(backend, caller, question, request)
        if answer is None:
            return Response(status_code=_GONE)
        result = await run_in_threadpool(finish, answer)
        return JSONResponse(result.model_dump(mode="json", exclude_unset=True))
    raise AssertionError("the stack swallows no error")


def exported(services: Services, answer: Answer, question: Question, request: Request) -> Answered:
    """Return an answer with the export that `citewell ask --json` prints."""
    export = export_answer(answer, services.provenance(question.chosen))
    return Answered(answer=export, citations=citations_of(answer, request))
