"""An answer is written for its caller, charged to their key, and ended when the client goes."""

import asyncio
from threading import Event

import pytest
from starlette.requests import Request
from starlette.types import Message

from api.asking.assistant_events import answered, asked
from api.asking.question import Question
from api.backend import Backend
from api.callers.caller import Caller
from api.problems import ProblemError
from api.standalone import RunningApi
from rag.types import Answer, Planned, Retrieved, Token
from tests.support.coroutines import run_coroutine
from tests.support.scripted_app import tale
from tests.support.waiting import until

FEE = Question(text="What is the entry fee?")
SLOW = Question(text=f"Repeat slowly: {tale()}")


def request_of(gone: Event) -> Request:
    async def receive() -> Message:
        while not gone.is_set():
            await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}, receive)


def answer(backend: Backend, caller: Caller, question: Question = FEE) -> Answer | None:
    return run_coroutine(answered(backend, caller, question, request_of(Event())))


def test_the_events_of_an_answer_come_as_the_assistant_gives_them(running: RunningApi) -> None:
    async def read() -> list[type]:
        async with asked(running.backend, Caller(), FEE) as events:
            return [type(event) async for event in events]

    kinds = run_coroutine(read())
    assert (kinds[0], kinds[1], kinds[-1]) == (Planned, Retrieved, Answer)
    assert Token in kinds


def test_an_answer_costs_its_tokens(running: RunningApi) -> None:
    caller = Caller(key="a", tokens=10)
    found = answer(running.backend, caller)
    assert found is not None
    assert found.text == "The entry fee is 20 euros."
    with pytest.raises(ProblemError) as refused:
        running.backend.rates.take_request(caller)
    assert refused.value.problem.status == 429


def test_nothing_is_asked_before_the_models_are_loaded(running: RunningApi) -> None:
    running.backend.ready.clear()
    with pytest.raises(ProblemError, match="still being loaded") as refused:
        answer(running.backend, Caller())
    assert refused.value.problem.retry_after > 0


def test_a_client_that_goes_ends_the_answer(running: RunningApi) -> None:
    gone = Event()

    async def leave() -> Answer | None:
        asyncio.get_running_loop().call_later(0.5, gone.set)
        return await answered(running.backend, Caller(), SLOW, request_of(gone))

    assert run_coroutine(leave()) is None
    until(lambda: not running.backend.turns.is_busy)  # the turn ends with the work
