"""Questions get their turns one user after the other, and too many of them are told how long it takes."""

import asyncio
from contextlib import ExitStack
from threading import Event

import pytest

from serving.answer_turns import AnswerTurns, TooManyWaitError


@pytest.fixture
def stack() -> ExitStack:
    return ExitStack()


def test_turns_go_from_user_to_user(stack: ExitStack) -> None:
    turns = AnswerTurns(1, 8)
    first = turns.turn("ann", Event())
    assert list(first.__enter__()) == []
    waiting = [stack.enter_context(turns.turn(owner, Event())) for owner in ("ann", "ann", "ben")]
    assert [next(each) for each in waiting] == [0, 2, 1], "Ben's one question is not behind all of Ann's"
    first.__exit__(None, None, None)
    assert list(waiting[0]) == []
    assert next(waiting[1]) == 1
    stack.close()


def test_a_question_that_is_stopped_while_it_waits_leaves_the_queue(stack: ExitStack) -> None:
    turns, stopped = AnswerTurns(1, 8), Event()
    stack.enter_context(turns.turn("ann", Event()))
    with turns.turn("ben", stopped) as places:
        assert next(places) == 0
        stopped.set()
        assert list(places) == []
    places = stack.enter_context(turns.turn("cid", Event()))
    assert next(places) == 0
    stack.close()


def test_too_many_are_told_how_many_wait_and_for_how_long(stack: ExitStack) -> None:
    turns = AnswerTurns(1, 2)
    for owner in ("ann", "ann"):
        stack.enter_context(turns.turn(owner, Event()))
    with pytest.raises(TooManyWaitError, match="1 question of yours is waiting already, for about 20 s"):
        stack.enter_context(turns.turn("ann", Event()))
    stack.enter_context(turns.turn("ben", Event()))
    with pytest.raises(TooManyWaitError, match=r"2 questions are waiting already, for about 30 s\. Ask again then"):
        stack.enter_context(turns.turn("cid", Event()))
    stack.close()
    assert list(stack.enter_context(turns.turn("ann", Event()))) == [], "a turn that ends is free again"
    stack.close()


async def test_the_event_loop_waits_for_turns_in_the_same_queue_as_threads() -> None:
    turns, order = AnswerTurns(1, 8), list[str]()

    async def one(user: str) -> None:
        async with turns.awaited(user):
            order.append(user)
            await asyncio.sleep(0)

    with turns.turn("ann", Event()):
        asked = [asyncio.create_task(one("ann")) for _ in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyWaitError, match="4 questions of yours are waiting"):
            await one("ann")
        asked += [asyncio.create_task(one("bob")) for _ in range(2)]
        await asyncio.sleep(0)
        assert turns.waiting == 6
    await asyncio.gather(*asked)
    assert order == ["ann", "bob", "ann", "bob", "ann", "ann"]
    assert not turns.is_busy


async def test_a_client_who_leaves_the_queue_makes_room() -> None:
    turns = AnswerTurns(1, 1)

    async def wait() -> None:
        async with turns.awaited("ann"):
            pass

    async with turns.awaited("ann"):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (turns.waiting, turns.is_busy) == (0, True)
    async with turns.awaited("bob"):
        pass
    assert not turns.is_busy
