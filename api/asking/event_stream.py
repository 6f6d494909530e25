"""Bring what a blocking iterator yields to the event loop, from a thread of its own: an answer may take minutes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Generic, TypeVar

from rag.runtime.progress import CancelEvent

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _End:
    """The end of the iterator, with the error that ended it."""

    error: Exception | None = None


class EventStream(Generic[T]):
    """Items of an iterator as they come, for one reader."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._items: asyncio.Queue[T | _End] = asyncio.Queue()
        self._first: list[T | _End] = []

    def put(self, item: T | _End) -> None:
        """Add an item, from any thread. A loop that has ended reads no more."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._items.put_nowait, item)

    async def begin(self) -> None:
        """Wait for the first item, so that an error before it is raised here, and not in a response that has begun."""
        self._first.append(_checked(await self._items.get()))

    def __aiter__(self) -> AsyncIterator[T]:
        """Return itself: the items come once."""
        return self

    async def __anext__(self) -> T:
        """Return the next item, or raise the error that ended them."""
        item = self._first.pop() if self._first else _checked(await self._items.get())
        if isinstance(item, _End):
            self._first.append(item)
            raise StopAsyncIteration
        return item


def _checked(item: T | _End) -> T | _End:
    if isinstance(item, _End) and item.error:
        raise item.error
    return item


@asynccontextmanager
async def streamed(make: Callable[[CancelEvent], Iterator[T]]) -> AsyncIterator[EventStream[T]]:
    """Iterate in a thread until the end of the `async with` block, which sets the cancellation event.

    An error before the first item is raised when the block is entered.
    """
    stream: EventStream[T] = EventStream()
    cancelled = CancelEvent()

    def work() -> None:
        try:
            for item in make(cancelled):
                stream.put(item)
        except Exception as error:  # noqa: BLE001  raised again in the reader
            stream.put(_End(error))
        else:
            stream.put(_End())

    Thread(target=work, name="asking", daemon=True).start()
    try:
        await stream.begin()
        yield stream
    finally:
        cancelled.set()
