"""Wait for a condition instead of for a time, so that a slow machine makes a test slow and not red."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_PAUSE_S = 0.01


def until(condition: Callable[[], T | None], seconds: float = 60, state: Callable[[], object] | None = None) -> T:
    """Wait until a condition is true, and return its value.

    A test that is right never waits for the whole time, so the limit only has to be beyond any machine's slowness.
    `state` gives what to tell of a condition that does not come true.
    """
    ends = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > ends:
            raise AssertionError(f"it did not happen within {seconds:g} seconds{_told(state)}")
        time.sleep(_PAUSE_S)
    return value


def _told(state: Callable[[], object] | None) -> str:
    return "" if state is None else f": {state()}"
