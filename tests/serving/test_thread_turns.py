"""Work that takes long is done by turns, and knows when the client has left that it is for."""

import asyncio
from threading import Event

from serving.thread_turns import ThreadTurns, client_has_left


async def has_left() -> bool:
    return True


async def test_one_users_slow_work_leaves_turns_to_the_others() -> None:
    turns, slow = ThreadTurns(8, 2), Event()
    try:
        asked = [asyncio.create_task(turns.run("ann", slow.wait, 30)) for _ in range(20)]
        assert await asyncio.wait_for(turns.run("bob", str, 1), 10) == "1"
        assert not any(each.done() for each in asked)
    finally:
        slow.set()
    assert all(await asyncio.gather(*asked))


async def test_work_is_told_that_its_client_has_left_before_its_turn_or_during_it() -> None:
    turns, left = ThreadTurns(1, 1), Event()

    async def leaves() -> bool:
        return left.is_set()

    def work() -> bool:
        left.set()
        return client_has_left().wait(60)

    assert await turns.run("ann", lambda: client_has_left().is_set(), has_left=has_left)
    assert await turns.run("ann", work, has_left=leaves)
    assert not await turns.run("ann", lambda: client_has_left().is_set())
