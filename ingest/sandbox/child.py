"""The process that `worker` starts: it limits itself, then reads documents, and does nothing else.

It imports neither torch nor gradio, opens no connection and starts no program, whatever a document or a library that
reads it may want.
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
"""What can be asked for, by name."""

_REQUEST_BYTES = 1 << 20
_ORPHAN_SECONDS = 1.0
_REFUSED = (
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
"""Audit events of Python that begin so are refused."""


def main() -> None:
    """Answer requests on standard input until it ends."""
    memory_bytes, seconds, module = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    requests, answers = _take_pipes()
    Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    more_time = _limit(memory_bytes, seconds)
    tasks: Tasks = import_module(module).TASKS
    sys.addaudithook(_refuse)
    while True:
        try:
            request, _ = read_frame(requests, _REQUEST_BYTES)
        except FrameError:
            return
        last = _answer(answers, tasks, request, more_time)
        write_frame(answers, last)
        if last.get("error") in ("MemoryError", "RecursionError"):
            return  # nobody knows what state this has left


def _answer(answers: IO[bytes], tasks: Tasks, request: dict[str, Any], more_time: Callable[[], None]) -> dict[str, Any]:
    """Do one task and send what it gives; the message that ends it, to be sent when its memory is free again."""
    more_time()
    try:
        for answer in _answers(tasks, request):
            write_frame(answers, {"bytes": True} if isinstance(answer, bytes) else {"item": answer})
            if isinstance(answer, bytes):
                write_frame(answers, answer)
            more_time()
    except LockedError as error:
        return {"error": "locked", "message": str(error)}
    except DocumentError as error:
        return {"error": "document", "message": str(error)}
    except OSError as error:
        return {"error": "os", "message": error.strerror or str(error), "errno": error.errno}
    except (MemoryError, RecursionError) as error:
        return {"error": type(error).__name__}
    except Exception as error:  # noqa: BLE001  a library that fails on a document costs the document, and is told
        return {"error": "other", "message": f"{type(error).__name__}: {error}"[:1000]}
    return {"end": True}


def _answers(tasks: Tasks, request: dict[str, Any]) -> Iterator[Any]:
    result = tasks[request["task"]](**request["arguments"])
    if isinstance(result, Iterator):
        yield from result
    else:
        yield result


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the program, as files that nobody else has: a library that prints must not print into them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, answers


def _limit(memory_bytes: int, seconds: float) -> Callable[[], None]:
    """Bound memory, and leave no core file. What comes back grants processor time for the next step.

    The program watches both from outside; this holds where it does not get to it, or is gone.
    """
    try:
        import resource
    except ImportError:  # Windows: the program's own watch must do
        return lambda: None
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    share = seconds * (os.cpu_count() or 1)

    def more_time() -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + share) + 2, most))

    return more_time


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED):
        raise RuntimeError(f"a document must not cause this ({event})")


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        sleep(_ORPHAN_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
