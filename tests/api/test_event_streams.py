"""Events reach the event loop from a thread; an error before the first is raised at once, and leaving cancels."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from api.event_streams import EventStreams
from rag.errors import QuestionError
from rag.runtime.progress import CancelEvent
from serving.answer_turns import AnswerTurns
from tests.support.coroutines import run_coroutine


def test_events_come_in_order_and_an_error_after_those_before_it() -> None:
    seen: list[int] = []

    def failing(_cancelled: CancelEvent) -> Iterator[int]:
        yield from range(100)
        raise QuestionError("It broke off.")

    async def read() -> None:
        async with EventStreams().streamed(failing) as events:
            async for event in events:
                seen.extend([event])

    with pytest.raises(QuestionError, match="broke off"):
        run_coroutine(read())
    assert seen == list(range(100))


def test_an_error_before_the_first_event_is_raised_before_a_response_begins() -> None:
    def refused(_cancelled: CancelEvent) -> Iterator[int]:
        yield from ()
        raise QuestionError("It cannot be asked.")

    async def read() -> None:
        async with EventStreams().streamed(refused):
            raise AssertionError("nothing came")

    with pytest.raises(QuestionError, match="cannot be asked"):
        run_coroutine(read())


def test_leaving_cancels_what_is_still_being_written() -> None:
    ended = Event()

    def endless(cancelled: CancelEvent) -> Iterator[int]:
        yield 1
        if cancelled.wait(30):
            ended.set()

    async def leave() -> None:
        async with EventStreams().streamed(endless) as events:
            async for _ in events:
                break

    run_coroutine(leave())
    assert ended.wait(30)


def test_a_server_that_stops_ends_streams_with_what_they_have_and_those_to_come_at_once() -> None:
    streams = EventStreams()
    begun = Event()

    def until_cancelled(cancelled: CancelEvent) -> Iterator[str]:
        yield "begun"
        begun.set()
        cancelled.wait(60)
        yield "ended"

    async def read() -> list[str]:
        async with streams.streamed(until_cancelled) as events:
            return [event async for event in events]

    with ThreadPoolExecutor(1) as elsewhere:
        reading = elsewhere.submit(run_coroutine, read())
        assert begun.wait(60)
        streams.close()
        assert reading.result(60) == ["begun", "ended"]
    assert run_coroutine(read()) == ["begun", "ended"]


def test_a_turn_is_kept_until_the_work_has_ended_however_early_the_client_leaves() -> None:
    turns, streams, go_on = AnswerTurns(1, 8), EventStreams(), Event()
    running: list[int] = []
    most: list[int] = []

    def searching(_cancelled: CancelEvent) -> Iterator[str]:
        running.append(1)
        most.append(len(running))
        yield "first"
        go_on.wait(60)  # as a search or a prefill, which looks at its cancellation afterwards only
        running.pop()

    async def leave() -> None:
        async with turns.awaited("bob") as turn, streams.streamed(searching, turn):
            pass

    async def many() -> None:
        await leave()
        assert turns.is_busy
        others = [asyncio.create_task(leave()) for _ in range(4)]
        await asyncio.sleep(0)
        assert turns.waiting == 4
        go_on.set()
        await asyncio.gather(*others)
        async with turns.awaited("eve"):
            assert running == []

    run_coroutine(many())
    assert (most, turns.waiting) == ([1] * 5, 0)
