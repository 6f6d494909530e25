"""Keep the memory that a long-running process holds near what it uses, and the search for garbage in it short."""

import ctypes
import gc
import platform
from collections.abc import Iterator
from contextlib import contextmanager

_M_ARENA_MAX = -8
_HEAPS = 2


def share_heaps() -> None:
    """Have all threads allocate from two heaps; call it before there are others.

    glibc gives each new thread a heap of its own, up to eight for each core, and what is freed in one is not used by
    another: a server whose threads come and go holds more and more. Other allocators are left as they are.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


@contextmanager
def without_searching() -> Iterator[None]:
    """Search for no garbage while libraries are imported: they make little, and it takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def freeze_loaded() -> None:
    """Leave what is loaded by now out of every search for garbage; call it when a server is about to listen.

    Libraries and models are half a million objects. A full collection looks at each of them, and stops all threads for
    half a second: every answer that is being written, for one request that happened to set it off.
    """
    gc.collect()
    gc.freeze()


def thaw_loaded() -> None:
    """Have what was loaded searched again, so that it may be unloaded; call it when a server ends."""
    gc.unfreeze()
