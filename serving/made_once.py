"""Results that take long to make: each is made once, whoever asks for it meanwhile, and the latest are kept."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, ParamSpec, TypeVar

from rag.errors import DocumentError

P = ParamSpec("P")
T = TypeVar("T")


class MadeOnce(Generic[P, T]):
    """A function of arguments that can be hashed, of which the latest results are kept.

    Who asks for what is being made waits for it. That a document cannot be read is kept too, unless that may pass.
    """

    def __init__(self, make: Callable[P, T], most: int) -> None:
        self._make = make
        self._most = most
        self._kept: OrderedDict[tuple[object, ...], Future[T]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> T:
        """Return the result, or raise what making it raised."""
        key = (*arguments, *named.items())
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                future = self._kept[key] = Future()
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        if kept is not None:
            return kept.result()
        try:
            future.set_result(self._make(*arguments, **named))
        except BaseException as error:  # noqa: BLE001  all who wait get it
            if not isinstance(error, DocumentError) or error.may_pass:
                with self._lock:
                    self._kept.pop(key, None)
            future.set_exception(error)
        return future.result()
