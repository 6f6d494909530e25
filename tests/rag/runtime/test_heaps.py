"""Threads share heaps, so that a server does not hold what its ended threads have freed."""

import platform
import re
import subprocess
import sys

import pytest

from tests.support.paths import ROOT

_COUNT = """
import ctypes, tempfile
from threading import Barrier, Thread
from rag.runtime.heaps import share_heaps
{call}
together = Barrier(12)
def allocate():
    ctypes.CDLL(None).malloc(100_000)
    together.wait()
threads = [Thread(target=allocate) for _ in range(12)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
stream = libc.fdopen(1, b"w")
libc.malloc_info(0, ctypes.c_void_p(stream))
libc.fflush(ctypes.c_void_p(stream))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_twelve_threads_have_two_heaps() -> None:
    heaps = {}
    for call in ("", "share_heaps()"):
        told = subprocess.run(
            [sys.executable, "-c", _COUNT.format(call=call)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        heaps[call] = len(re.findall("<heap nr", told.stdout))
    assert heaps["share_heaps()"] <= 2 < heaps[""]
