"""So many answers are written at once, so many wait, and the next is told to come back."""

import asyncio

import pytest

from api.limits.answer_queue import AnswerQueue
from api.problems import ProblemError
from tests.support.coroutines import run_coroutine


async def _use() -> None:
    queue = AnswerQueue(running=1, waiting=1)
    order: list[str] = []

    async def one(name: str, until: asyncio.Event) -> None:
        async with queue.turn():
            order.append(name)
            await until.wait()

    end = asyncio.Event()
    first = asyncio.create_task(one("first", end))
    second = asyncio.create_task(one("second", end))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert order == ["first"]
    with pytest.raises(ProblemError, match="Too many questions") as refused:
        await one("third", end)
    assert (refused.value.problem.status, refused.value.problem.retry_after > 0) == (503, True)
    end.set()
    await asyncio.gather(first, second)
    assert order == ["first", "second"]
    assert not queue.is_busy


async def _leave() -> None:
    queue = AnswerQueue(running=1, waiting=1)
    async with queue.turn():
        waiting = asyncio.create_task(_turn(queue))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert queue.is_busy
    async with queue.turn():
        pass
    assert not queue.is_busy


async def _turn(queue: AnswerQueue) -> None:
    async with queue.turn():
        pass


def test_turns_are_taken_in_order_up_to_a_bound() -> None:
    run_coroutine(_use())


def test_a_client_who_leaves_the_queue_makes_room() -> None:
    run_coroutine(_leave())
