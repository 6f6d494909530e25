"""A stream is kept alive while nothing comes, and what it came from is closed however it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from starlette.types import Message

from api.answer_stream import AnswerStream, WithBeats
from tests.support.coroutines import run_coroutine

SCOPE = {"type": "http", "method": "GET", "path": "/", "headers": []}


async def slowly() -> AsyncIterator[str]:
    yield "one"
    await asyncio.sleep(0.2)
    yield "two"


def test_silence_is_filled_with_comments_that_clients_ignore() -> None:
    async def read() -> list[str]:
        return [sent async for sent in WithBeats(slowly(), 0.05)]

    sent = run_coroutine(read())
    assert [each for each in sent if not each.startswith(":")] == ["one", "two"]
    assert sent[1].startswith(": ")


@pytest.mark.parametrize("leaves", [False, True])
def test_what_a_stream_came_from_is_closed_at_its_end(leaves: bool) -> None:
    closed: list[bool] = []

    async def run() -> None:
        opened = AsyncExitStack()
        opened.callback(closed.append, True)

        async def receive() -> Message:
            if not leaves:
                await asyncio.sleep(30)
            return {"type": "http.disconnect"}

        async def send(_message: Message) -> None:
            await asyncio.sleep(0.01)

        await AnswerStream(slowly(), opened)(SCOPE, receive, send)

    run_coroutine(run())
    assert closed == [True]
