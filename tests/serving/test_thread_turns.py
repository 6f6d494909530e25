"""Work that takes long is done by turns."""

import asyncio
from threading import Event

from serving.thread_turns import ThreadTurns


async def test_one_users_slow_work_leaves_turns_to_the_others() -> None:
    turns, slow = ThreadTurns(8, 2), Event()
    try:
        asked = [asyncio.create_task(turns.run("ann", slow.wait, 30)) for _ in range(20)]
        assert await asyncio.wait_for(turns.run("bob", str, 1), 10) == "1"
        assert not any(each.done() for each in asked)
    finally:
        slow.set()
    assert all(await asyncio.gather(*asked))
