"""Read files in threads ahead of the consumer, in order, with bounded queues."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

from rag.runtime.progress import CancelEvent

T = TypeVar("T")
S = TypeVar("S")

_MAX_FILES = 32
"""Files being read or waiting to be consumed."""

_MAX_ITEMS = 4
"""Items of one file waiting to be consumed."""

_POLL_SECONDS = 0.1


class _ConsumerStoppedError(Exception):
    """End a thread whose results nobody consumes."""


class _FileQueue(Generic[S]):
    """The items of one file, from the thread that reads it to the consumer. None ends them."""

    def __init__(self, stopped: CancelEvent) -> None:
        self._items: Queue[S | BaseException | None] = Queue(_MAX_ITEMS)
        self._stopped = stopped

    def fill(self, items: Callable[[], Iterator[S]]) -> None:
        try:
            for item in items():
                self._put(item)
            self._put(None)
        except _ConsumerStoppedError:
            return
        except BaseException as error:  # noqa: BLE001  raised again in the consumer
            self._put(error)

    def drain(self) -> Iterator[S | None]:
        """Yield the items as they come, and None before one that is not ready yet."""
        while True:
            try:
                item = self._items.get_nowait()
            except Empty:
                yield None
                item = self._items.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    def _put(self, item: "S | BaseException | None") -> None:
        while not self._stopped.is_set():
            try:
                self._items.put(item, timeout=_POLL_SECONDS)
            except Full:
                continue
            return
        raise _ConsumerStoppedError


def prefetch(read: Callable[[T, CancelEvent], Iterator[S]], files: Iterable[T], threads: int) -> Generator[S | None]:
    """Yield what `read` yields for each file, in order, and None whenever the next item is not ready yet.

    `read` takes a file and an event that is set once the consumer has stopped.
    """
    stopped = CancelEvent()
    waiting: deque[_FileQueue[S]] = deque()
    remaining = iter(files)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")
    try:
        while True:
            for file in islice(remaining, _MAX_FILES - len(waiting)):
                queue = _FileQueue[S](stopped)
                pool.submit(queue.fill, partial(read, file, stopped))
                waiting.append(queue)
            if not waiting:
                return
            yield from waiting.popleft().drain()
    finally:
        stopped.set()
        pool.shutdown(cancel_futures=True)
