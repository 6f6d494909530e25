"""Report the progress of long work, and cancel it."""

from collections.abc import Callable
from threading import Event

Progress = Callable[[str, int, int], None]
"""Called with (current work, amount done, total); a total of 0 is unknown."""

CancelEvent = Event
"""Set to cancel work whose result is no longer wanted."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Do nothing: a `Progress` for work that nobody watches."""
