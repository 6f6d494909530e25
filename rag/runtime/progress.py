"""Report the progress of long work, and cancel it."""

from collections.abc import Callable
from threading import Event

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, done so far, total); a total of 0 is unknown."""

CancelEvent = Event
"""Set by whoever no longer wants the result."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Show nothing: a `Progress` for work that nobody watches."""
