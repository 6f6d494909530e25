"""Report the progress of long work, and cancel it."""

from collections.abc import Callable
from threading import Event

Progress = Callable[[str, int, int], None]
"""Called with (current work, amount done, total); a total of 0 is unknown."""

CancelEvent = Event
"""Set to cancel work whose result is no longer wanted."""


class HeldEvent(Event):
    """A cancellation event of work that is done for a while only: then another program may have taken it over."""

    def require_held(self) -> None:
        """Raise if the work is not this program's any more, so that nothing of it may be stored."""
        raise NotImplementedError


def require_held(cancelled: CancelEvent) -> None:
    """Raise if the work that this event cancels is not this program's any more. Called before anything is stored."""
    if isinstance(cancelled, HeldEvent):
        cancelled.require_held()


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Do nothing: a `Progress` for work that nobody watches."""
