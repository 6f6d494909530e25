"""A deferred call ends once, with its result or its error, for all who wait."""

from threading import Event

import anyio
import pytest

from api.mcp.deferred import Deferred


async def test_all_who_wait_get_the_result() -> None:
    go = Event()
    deferred = Deferred(lambda: go.wait(10), "test")
    assert not await deferred.is_done_within(0.01)
    go.set()
    assert await deferred.get() is True
    assert await deferred.get() is True
    assert not deferred.has_failed


async def test_an_error_is_raised_where_it_is_waited_for() -> None:
    deferred: Deferred[float] = Deferred(lambda: 1 / 0, "test")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await deferred.get()
    assert deferred.has_failed


async def test_who_stops_waiting_does_not_end_it() -> None:
    go = Event()
    deferred = Deferred(lambda: go.wait(10), "test")
    with anyio.move_on_after(0.01):
        await deferred.get()
    go.set()
    assert await deferred.get() is True
