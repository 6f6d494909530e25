"""A queue in which users take turns: one user's thousand files delay nobody's one."""

from collections import OrderedDict, deque
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class UploadTurns(Generic[T]):
    """Waiting items of several users, for one worker: each user's in their order, one of each user after the other."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()

    def put(self, user: str, item: T) -> None:
        """Add an item behind the user's earlier ones."""
        with self._changed:
            self._waiting.setdefault(user, deque()).append(item)
            self._changed.notify()

    def get(self) -> T:
        """Wait for an item, and return the first one of the user who has waited longest for a turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            user, items = self._waiting.popitem(last=False)
            item = items.popleft()
            if items:
                self._waiting[user] = items  # behind all others
            return item

    def empty(self) -> bool:
        """Return whether nobody waits."""
        with self._changed:
            return not self._waiting
