"""Cache results that take long; concurrent callers with the same arguments share one computation (single flight)."""

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


class SingleFlight(Generic[P, T]):
    """A function of hashable arguments, whose latest results are cached.

    Callers wait for a result that is being computed. A `DocumentError` is cached too, unless it may pass. The function
    also gets an event that is set once every caller has left: it may then raise a `DocumentError`.
    """

    def __init__(self, make: Callable[Concatenate[CancelEvent, P], T], most: int) -> None:
        self._make = make
        self._most = most
        self._kept: OrderedDict[tuple[object, ...], _Flight[T]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> T:
        """Return the result, or raise what the function raised."""
        key = (*arguments, *named.items())
        left = client_has_left()
        while True:
            with self._lock:
                flight = self._kept.get(key)
                is_new = flight is None
                if flight is None:
                    flight = self._kept[key] = _Flight()
                if not flight.result.done():
                    flight.asked.append(left)
                self._kept.move_to_end(key)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            if is_new:
                self._fill(key, flight, *arguments, **named)
            if flight.result.exception() is None or not flight.was_left or left.is_set():
                return flight.result.result()
            # All earlier callers had left, and it was given up just as this one came: compute it again.

    def _fill(self, key: tuple[object, ...], flight: "_Flight[T]", *arguments: P.args, **named: P.kwargs) -> None:
        try:
            flight.result.set_result(self._make(flight, *arguments, **named))
        except BaseException as error:  # noqa: BLE001  all who wait get it
            if flight.was_left or not isinstance(error, DocumentError) or error.may_pass:
                with self._lock:
                    if self._kept.get(key) is flight:
                        del self._kept[key]
            flight.result.set_exception(error)


class _Flight(CancelEvent, Generic[T]):
    """A result that is there or being computed. As an event it is set once all who `asked` have left."""

    def __init__(self) -> None:
        super().__init__()
        self.result: Future[T] = Future()
        self.asked: list[CancelEvent] = []
        self.was_left = False

    def is_set(self) -> bool:
        """Return whether nobody waits any more; from then on it is so."""
        self.was_left = self.was_left or all(each.is_set() for each in tuple(self.asked))
        return self.was_left
