"""Work for a caller in their turn; ask the assistant: events as they come, or the finished answer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import TypeVar

from starlette.requests import Request

from api.backend import Backend
from api.caller import Caller
from api.event_streams import EventStream
from api.problems import ProblemError
from api.question import Question, documents_for, options_of
from observing.observed_answers import observed
from rag.runtime.progress import CancelEvent
from rag.types import Answer, Event

T = TypeVar("T")

_LOADING_RETRY_S = 10


@asynccontextmanager
async def in_turn(
    backend: Backend, caller: Caller, make: Callable[[CancelEvent], Iterator[T]]
) -> AsyncIterator[EventStream[T]]:
    """Wait for the caller's turn, and iterate in a thread. Leaving the block cancels what is still being made.

    Raises:
        TooManyWaitError: too many are waiting.
    """
    queued = backend.turns.awaited(caller.owner or caller.key)
    async with queued as turn, backend.streams.streamed(make, turn) as stream:
        yield stream


@asynccontextmanager
async def asked(backend: Backend, caller: Caller, question: Question) -> AsyncIterator[EventStream[Event]]:
    """Ask, and give the events of the answer. Leaving the block ends an answer that is still being written.

    Raises:
        CitewellError: the question cannot be asked as it is, or too many are waiting.
    """
    require_ready(backend)

    def events(cancelled: CancelEvent) -> Iterator[Event]:
        services = backend.services
        options = options_of(services, question)
        within = documents_for(services, caller, question.selection)
        assistant = services.assistant_of(question.model)
        written = assistant.ask(question.text, question.history, within=within, options=options, cancelled=cancelled)
        for event in observed(written):
            if isinstance(event, Answer):
                tokens = event.timings.prompt_tokens + event.timings.output_tokens
                backend.rates.spend_tokens(caller, tokens)
            yield event

    async with in_turn(backend, caller, events) as stream:
        yield stream


async def answered(backend: Backend, caller: Caller, question: Question, request: Request) -> Answer | None:
    """Return the finished answer; None if the client has gone meanwhile, which ends the answer.

    Raises:
        CitewellError: the question cannot be asked as it is, or too many are waiting.
    """
    return await while_connected(request, _last(backend, caller, question))


def require_ready(backend: Backend) -> None:
    """Refuse what needs a model before all are loaded.

    Raises:
        ProblemError: they are not.
    """
    if not backend.ready.is_set():
        raise ProblemError(503, "The models are still being loaded. Try again soon.", retry_after=_LOADING_RETRY_S)


async def while_connected(request: Request, work: Coroutine[object, object, T]) -> T | None:
    """Return the result of some work; None if the client has gone meanwhile, which cancels it."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _last(backend: Backend, caller: Caller, question: Question) -> Answer:
    """Return the answer, which is the last of the events, when its turn is free again."""
    async with asked(backend, caller, question) as events:
        (answer,) = [event async for event in events if isinstance(event, Answer)]
    return answer


async def _left(request: Request) -> None:
    """Wait until the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
