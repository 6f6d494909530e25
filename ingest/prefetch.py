"""Reads files in threads of their own, in order, a bounded way ahead of whoever takes what they give."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from queue import Empty, Full, Queue
from threading import Event
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")

_WAITING_FILES = 32
_WAITING_PARTS = 4
_LOOK_SECONDS = 0.1


class _Stopped(Exception):  # noqa: N818  no error: nobody takes anything any more
    """Ends a thread whose results nobody takes."""


class _Ahead(Generic[S]):
    """What one file has given so far, and whether that is all."""

    def __init__(self, stopped: Event) -> None:
        self._items: Queue[S | BaseException | None] = Queue(_WAITING_PARTS)
        self._stopped = stopped

    def fill(self, items: Callable[[], Iterator[S]]) -> None:
        try:
            for item in items():
                self._put(item)
            self._put(None)
        except _Stopped:
            return
        except BaseException as error:  # noqa: BLE001  it is raised again where the results are taken
            self._put(error)

    def take(self) -> Iterator[S | None]:
        """The items as they come; None says that the next one is not there yet."""
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
                self._items.put(item, timeout=_LOOK_SECONDS)
            except Full:
                continue
            return
        raise _Stopped


def read_ahead(
    read: Callable[[T, Callable[[], bool]], Iterator[S]], files: Iterable[T], threads: int
) -> Iterator[S | None]:
    """What `read` yields for each file, in order; None says that the next is not ready at the moment.

    `read` is called with a file and a function that tells whether it should give up.
    """
    stopped = Event()
    waiting: deque[_Ahead[S]] = deque()
    remaining = iter(files)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")
    try:
        while True:
            for file in islice(remaining, _WAITING_FILES - len(waiting)):
                ahead = _Ahead[S](stopped)
                pool.submit(ahead.fill, partial(read, file, stopped.is_set))
                waiting.append(ahead)
            if not waiting:
                return
            yield from waiting.popleft().take()
    finally:
        stopped.set()
        pool.shutdown(cancel_futures=True)
