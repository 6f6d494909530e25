"""Events reach the event loop from a thread; an error before the first is raised at once, and leaving cancels."""

from collections.abc import Iterator
from threading import Event

import pytest

from api.asking.event_stream import streamed
from rag.errors import QuestionError
from rag.runtime.progress import CancelEvent
from tests.support.coroutines import run_coroutine


def numbers(_cancelled: CancelEvent) -> Iterator[int]:
    yield from range(100)


def failing(_cancelled: CancelEvent) -> Iterator[int]:
    yield 1
    raise QuestionError("It broke off.")


def refused(_cancelled: CancelEvent) -> Iterator[int]:
    yield from ()
    raise QuestionError("It cannot be asked.")


def nothing(_cancelled: CancelEvent) -> Iterator[int]:
    yield from ()


def test_events_come_in_order_and_end() -> None:
    async def read() -> list[int]:
        async with streamed(numbers) as events:
            return [event async for event in events]

    assert run_coroutine(read()) == list(range(100))


def test_an_error_before_the_first_event_is_raised_before_a_response_begins() -> None:
    async def read() -> None:
        async with streamed(refused):
            raise AssertionError("nothing came")

    with pytest.raises(QuestionError, match="cannot be asked"):
        run_coroutine(read())


def test_an_error_later_comes_after_what_came_before_it() -> None:
    seen: list[int] = []

    async def read() -> None:
        async with streamed(failing) as events:
            async for event in events:
                seen.extend([event])

    with pytest.raises(QuestionError, match="broke off"):
        run_coroutine(read())
    assert seen == [1]


def test_an_iterator_without_events_is_an_empty_stream() -> None:
    async def read() -> list[int]:
        async with streamed(nothing) as events:
            return [event async for event in events]

    assert run_coroutine(read()) == []


def test_leaving_cancels_what_is_still_being_written() -> None:
    ended = Event()

    def endless(cancelled: CancelEvent) -> Iterator[int]:
        yield 1
        if cancelled.wait(30):
            ended.set()

    async def leave() -> None:
        async with streamed(endless) as events:
            async for _ in events:
                break

    run_coroutine(leave())
    assert ended.wait(30)
