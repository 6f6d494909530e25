"""Keep the memory that a long-running process holds near what it uses."""

import ctypes
import platform

_M_ARENA_MAX = -8
_HEAPS = 2


def share_heaps() -> None:
    """Have all threads allocate from two heaps; call it before there are others.

    glibc gives each new thread a heap of its own, up to eight for each core, and what is freed in one is not used by
    another: a server whose threads come and go holds more and more. Other allocators are left as they are.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)
