"""The process that `worker` starts: it limits itself, then reads documents and does nothing else.

It imports neither torch nor gradio, opens no connection and starts no program, whatever a document makes the library
that reads it try.
"""

import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from threading import Thread
from time import sleep
from typing import IO, Any

from ingest.sandbox.messages import FrameError, read_frame, write_frame
from rag.errors import DocumentError, LockedError

Tasks = dict[str, Callable[..., Any]]
"""The tasks a process offers, by name."""

_MAX_REQUEST_BYTES = 1 << 20
_ORPHAN_SECONDS = 1.0
_FORBIDDEN_EVENTS = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.startfile",
    "pty.",
    "ftplib.",
    "smtplib.",
    "urllib.",
    "webbrowser.",
)
"""Prefixes of Python's audit events that are forbidden."""


def main() -> None:
    """Serve requests from standard input until it ends."""
    memory_bytes, seconds, module = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    requests, responses = _take_pipes()
    Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    more_time = _limit(memory_bytes, seconds)
    tasks: Tasks = import_module(module).TASKS
    sys.addaudithook(_forbid)
    while True:
        try:
            request, _ = read_frame(requests, _MAX_REQUEST_BYTES)
        except FrameError:
            return
        last = _serve(responses, tasks, request, more_time)
        write_frame(responses, last)
        if last.get("error") in ("MemoryError", "RecursionError"):
            return  # nobody knows what state these left


def _serve(
    responses: IO[bytes], tasks: Tasks, request: dict[str, Any], more_time: Callable[[], None]
) -> dict[str, Any]:
    """Do one task and send its results. Return the closing message, to be sent once the task's memory is free."""
    more_time()
    try:
        for result in _results(tasks, request):
            write_frame(responses, {"bytes": True} if isinstance(result, bytes) else {"item": result})
            if isinstance(result, bytes):
                write_frame(responses, result)
            more_time()
    except LockedError as error:
        return {"error": "locked", "message": str(error)}
    except DocumentError as error:
        return {"error": "document", "message": str(error)}
    except OSError as error:
        return {"error": "os", "message": error.strerror or str(error), "errno": error.errno}
    except (MemoryError, RecursionError) as error:
        return {"error": type(error).__name__}
    except Exception as error:  # noqa: BLE001  whatever a library raises fails this document only
        return {"error": "other", "message": f"{type(error).__name__}: {error}"[:1000]}
    return {"end": True}


def _results(tasks: Tasks, request: dict[str, Any]) -> Iterator[Any]:
    result = tasks[request["task"]](**request["arguments"])
    if isinstance(result, Iterator):
        yield from result
    else:
        yield result


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Move the pipes to descriptors of their own, so that a library that prints does not print into them."""
    requests, responses = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, responses


def _limit(memory_bytes: int, seconds: float) -> Callable[[], None]:
    """Limit memory, and disable core files. Return a function that grants processor time for the next step.

    The worker watches both from outside; these limits hold when it is too slow or has died.
    """
    try:
        import resource
    except ImportError:  # Windows: only the worker's watch limits it
        return lambda: None
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    share = seconds * (os.cpu_count() or 1)

    def more_time() -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + share) + 2, hard))

    return more_time


def _forbid(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN_EVENTS):
        raise RuntimeError(f"a document must not cause this ({event})")


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        sleep(_ORPHAN_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
