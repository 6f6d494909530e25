"""Results that take long to make: each is made once, whoever asks for it meanwhile, and the latest are kept."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Concatenate, Generic, ParamSpec, TypeVar

from rag.errors import DocumentError
from rag.runtime.progress import CancelEvent
from serving.thread_turns import client_has_left

P = ParamSpec("P")
T = TypeVar("T")


class MadeOnce(Generic[P, T]):
    """A function of arguments that can be hashed, of which the latest results are kept.

    Who asks for what is being made waits for it. That a document cannot be read is kept too, unless that may pass. The
    function also gets an event that is set once nobody waits any more: it may then raise a `DocumentError`.
    """

    def __init__(self, make: Callable[Concatenate[CancelEvent, P], T], most: int) -> None:
        self._make = make
        self._most = most
        self._kept: OrderedDict[tuple[object, ...], _Making[T]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> T:
        """Return the result, or raise what making it raised."""
        key = (*arguments, *named.items())
        left = client_has_left()
        while True:
            with self._lock:
                making = self._kept.get(key)
                is_new = making is None
                if making is None:
                    making = self._kept[key] = _Making()
                if not making.result.done():
                    making.asked.append(left)
                self._kept.move_to_end(key)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            if is_new:
                self._fill(key, making, *arguments, **named)
            if making.result.exception() is None or not making.was_left or left.is_set():
                return making.result.result()
            # All who waited had left, and it was given up just as this one came.

    def _fill(self, key: tuple[object, ...], making: "_Making[T]", *arguments: P.args, **named: P.kwargs) -> None:
        try:
            making.result.set_result(self._make(making, *arguments, **named))
        except BaseException as error:  # noqa: BLE001  all who wait get it
            if making.was_left or not isinstance(error, DocumentError) or error.may_pass:
                with self._lock:
                    if self._kept.get(key) is making:
                        del self._kept[key]
            making.result.set_exception(error)


class _Making(CancelEvent, Generic[T]):
    """A result that is made or being made. As an event it is set once all who `asked` have left."""

    def __init__(self) -> None:
        super().__init__()
        self.result: Future[T] = Future()
        self.asked: list[CancelEvent] = []
        self.was_left = False

    def is_set(self) -> bool:
        """Return whether nobody waits any more; from then on it is so."""
        self.was_left = self.was_left or all(each.is_set() for each in tuple(self.asked))
        return self.was_left
