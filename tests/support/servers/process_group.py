"""End a process that a test started, whatever it does: nothing may wait for it without end."""

import os
import signal
import subprocess
from contextlib import suppress
from multiprocessing.process import BaseProcess

_END_S = 30


def end_group(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Ask the group that a process leads to end, and kill what has not: a child may outlive its parent."""
    os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_process(process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> None:
    """Ask a process to end. One that does not is killed, and is a fault: the program should have heeded the signal."""
    process.terminate()
    try:
        process.wait(timeout=_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def end_fork(process: BaseProcess) -> None:
    """Ask a process that was forked to end, likewise."""
    process.terminate()
    process.join(timeout=_END_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError(f"did not end in {_END_S} seconds when asked to")
