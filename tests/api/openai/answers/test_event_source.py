"""All that is open for a stream is closed at its end, and when the client goes before the first event."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from starlette.types import Message

from api.openai.answers.event_source import EventSource, event
from tests.support.coroutines import run_coroutine


async def one() -> AsyncIterator[str]:
    yield event({"text": "“ä”"})


def test_an_event_is_one_line_of_json() -> None:
    assert event({"a": "b\nc"}) == 'data: {"a":"b\\nc"}\n\n'
    assert event({}, "done") == "event: done\ndata: {}\n\n"


@pytest.mark.parametrize("is_gone", [True, False])
def test_the_stack_is_closed(is_gone: bool) -> None:
    closed: list[str] = []
    sent: list[Message] = []

    async def receive() -> Message:
        if not is_gone:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            stack.callback(closed.append, "closed")
            response = EventSource(one(), stack.pop_all())
        assert closed == []
        await response({"type": "http", "asgi": {"spec_version": "2.0"}}, receive, send)

    run_coroutine(serve())
    assert closed == ["closed"]
    assert is_gone or any(message.get("body") == event({"text": "“ä”"}).encode() for message in sent)
