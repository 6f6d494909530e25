"""Bring what a blocking iterator yields to the event loop, from a thread of its own: an answer may take minutes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from threading import Lock, Thread, current_thread
from typing import Generic, TypeVar

from rag.runtime.progress import CancelEvent
from serving.answer_turns import HeldTurn

T = TypeVar("T")

_STOP_S = 5.0


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


class EventStreams:
    """The streams that are being written, so that a server that stops ends them with what they have."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[Thread, CancelEvent] = {}
        self._is_closed = False

    @asynccontextmanager
    async def streamed(
        self, make: Callable[[CancelEvent], Iterator[T]], turn: HeldTurn | None = None
    ) -> AsyncIterator[EventStream[T]]:
        """Iterate in a thread until the end of the `async with` block, which sets the cancellation event.

        An error before the first item is raised when the block is entered. The thread may work on for a while after
        the block: it takes the turn over, and ends it with its work, before the reader is told of the end.
        """
        stream: EventStream[T] = EventStream()
        cancelled = CancelEvent()

        def work() -> None:
            end = _End()
            try:
                for item in make(cancelled):
                    stream.put(item)
            except Exception as error:  # noqa: BLE001  raised again in the reader
                end = _End(error)
            finally:
                with self._lock:
                    del self._open[current_thread()]
                if turn:
                    turn.leave()
            stream.put(end)

        self._begin(Thread(target=work, name="asking", daemon=True), cancelled)
        if turn:
            turn.is_handed_over = True
        try:
            await stream.begin()
            yield stream
        finally:
            cancelled.set()

    def _begin(self, thread: Thread, cancelled: CancelEvent) -> None:
        with self._lock:
            self._open[thread] = cancelled
            if self._is_closed:
                cancelled.set()
            thread.start()

    def close(self, seconds: float = _STOP_S) -> None:
        """Cancel all streams, also those to come, and wait so long at most until their iterators have ended."""
        with self._lock:
            self._is_closed = True
            still_open = dict(self._open)
        for cancelled in still_open.values():
            cancelled.set()
        until = time.monotonic() + seconds
        for thread in still_open:
            thread.join(max(0.0, until - time.monotonic()))
