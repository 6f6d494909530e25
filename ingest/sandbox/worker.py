"""Run everything that touches documents in a process of its own, with limits: a document that kills it fails alone.

The process is started once and reused; after it died or grew too large, the next call starts another one.
"""

import subprocess
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import IO, Any

import psutil

from ingest.sandbox import child
from ingest.sandbox.limits import DEFAULTS, Limits, error_reason, exit_reason, memory_reason
from ingest.sandbox.messages import FrameError, read_frame, write_frame
from rag.errors import DocumentError, LockedError
from rag.runtime.child_process import import_environment, module_command
from rag.runtime.progress import CancelEvent

_CANCELLED = "it was cancelled"
_TASKS = "ingest.sandbox.tasks"
_WATCH_SECONDS = 0.1
_CLOSE_SECONDS = 2.0
_MAX_MESSAGE_BYTES = 64 << 20
_MAX_IDLE_MEMORY_SHARE = 0.5
_FATAL_ERRORS = ("MemoryError", "RecursionError")
"""Errors after which the process ends, because nobody knows what state they left."""


@dataclass(kw_only=True)
class _Process:
    """A running process, and the time spent waiting for it in the current call."""

    popen: "subprocess.Popen[bytes]"
    requests: IO[bytes]
    responses: IO[bytes]
    usage: psutil.Process
    end: Callable[[], object]
    waited: float = 0.0
    waiting_since: float | None = None
    received: int = 0
    failure: str = ""
    broken: bool = False
    done: Event = field(default_factory=Event)


class _TaskError(Exception):
    """The task failed, but the process can do the next one. `error` is raised to the caller."""

    def __init__(self, error: DocumentError) -> None:
        super().__init__(str(error))
        self.error = error


class Worker:
    """A process for reading documents. It does one call at a time and may be shared between threads.

    Every call that fails raises a `DocumentError` with the reason: the reader's error, a limit, a crash or a
    cancellation; a `LockedError` where a password is needed. `tasks` names the module whose `TASKS` the process offers:
    this one does not import it, nor the libraries that read documents.
    """

    def __init__(self, limits: Limits = DEFAULTS, tasks: str = _TASKS) -> None:
        self._limits = limits
        self._tasks = tasks
        self._process: _Process | None = None
        self._lock = Lock()

    def begin(self) -> None:
        """Start the process and its imports, so that the first call need not wait for them."""
        with self._lock:
            self._process = self._process or self._start()

    def call(self, task: str, *, cancelled: Sequence[CancelEvent] = (), **arguments: Any) -> Any:
        """Do a task and return its result."""
        (result,) = self.stream(task, cancelled=cancelled, **arguments)
        return result

    def stream(self, task: str, *, cancelled: Sequence[CancelEvent] = (), **arguments: Any) -> Iterator[Any]:
        """Yield what a task yields. Setting any `cancelled` event, or closing the iterator, kills the process."""
        with self._lock:
            if _is_any_set(cancelled):  # while it waited for another call: the process need not be killed for it
                raise DocumentError(_CANCELLED)
            process = self._start_with({"task": task, "arguments": arguments})
            watch = Thread(target=self._watch, args=(process, cancelled), name="worker-watch", daemon=True)
            watch.start()
            try:
                yield from self._items(process)
            except _TaskError as failed:
                raise failed.error from failed
            except BaseException:
                process.broken = True
                raise
            finally:
                process.done.set()
                watch.join()
                if process.broken or self._has_grown_large(process):
                    self._end(process)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._process:
                self._end(self._process)

    def _start_with(self, request: dict[str, Any]) -> _Process:
        """Send a request to the running process, or to a new one."""
        if self._process and self._process.popen.poll() is not None:  # killed while idle
            self._end(self._process)
        process = self._process = self._process or self._start()
        process.waited, process.received, process.failure, process.done = 0.0, 0, "", Event()
        try:
            write_frame(process.requests, request)
        except OSError as error:
            raise self._death(process) from error
        return process

    def _start(self) -> _Process:
        limits = self._limits
        popen = subprocess.Popen(  # noqa: S603  our own module, no shell
            module_command(child.__name__, str(limits.memory_bytes), str(limits.silent_seconds), self._tasks),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**import_environment(), "OMP_NUM_THREADS": "1"},
            start_new_session=True,  # Ctrl-C must not reach it
        )
        if popen.stdin is None or popen.stdout is None:
            raise RuntimeError("a process without pipes")
        end = weakref.finalize(self, _end, popen)  # also when the worker is collected or the program ends
        return _Process(
            popen=popen, requests=popen.stdin, responses=popen.stdout, usage=psutil.Process(popen.pid), end=end
        )

    def _items(self, process: _Process) -> Iterator[Any]:
        while True:
            message = self._receive(process)
            if not isinstance(message, dict):
                raise self._death(process)
            if "end" in message:
                return
            if "error" in message:
                process.broken = message["error"] in _FATAL_ERRORS
                error = LockedError if message["error"] == "locked" else DocumentError
                raise _TaskError(error(error_reason(message, self._limits)))
            yield self._receive(process) if "bytes" in message else message["item"]

    def _receive(self, process: _Process) -> Any:
        """Receive the next message. Only the time spent waiting here counts towards the limits."""
        started = process.waiting_since = time.monotonic()
        try:
            message, size = read_frame(process.responses, _MAX_MESSAGE_BYTES)
        except (FrameError, OSError) as error:
            raise self._death(process) from error
        finally:
            process.waiting_since = None
            process.waited += time.monotonic() - started
        process.received += size
        if process.received > self._limits.output_bytes:
            process.failure = f"it gives more than {self._limits.output_bytes / 1e6:.0f} MB of text"
            raise DocumentError(process.failure)
        return message

    def _death(self, process: _Process) -> DocumentError:
        """Return why the process died; one still running has violated the protocol, and the caller kills it."""
        process.done.set()
        if not process.failure:
            try:
                code = process.popen.wait(_CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                code = 0
            process.failure = exit_reason(code, self._limits)
        return DocumentError(process.failure)

    def _watch(self, process: _Process, cancelled: Sequence[CancelEvent]) -> None:
        """Kill the process when it exceeds a limit or the call is cancelled."""
        while not process.done.wait(_WATCH_SECONDS):
            failure = _CANCELLED if _is_any_set(cancelled) else self._exceeded_limit(process)
            if failure:
                process.failure = failure
                process.popen.kill()
                return

    def _exceeded_limit(self, process: _Process) -> str:
        limits, since = self._limits, process.waiting_since
        silent = time.monotonic() - since if since is not None else 0.0
        if silent > limits.silent_seconds:
            return (
                f"reading it was stopped: nothing came for {limits.silent_seconds:.0f} seconds (setting reader_seconds)"
            )
        if process.waited + silent > limits.seconds:
            return f"reading it was stopped after {limits.seconds / 60:.0f} minutes"
        if _memory(process.usage) > limits.memory_bytes:
            return memory_reason(limits)
        return ""

    def _has_grown_large(self, process: _Process) -> bool:
        return _memory(process.usage) > _MAX_IDLE_MEMORY_SHARE * self._limits.memory_bytes

    def _end(self, process: _Process) -> None:
        process.end()
        self._process = None


class Workers:
    """A pool of as many workers as are used at once, each created when first needed."""

    def __init__(self, limits: Limits = DEFAULTS, tasks: str = _TASKS) -> None:
        self._limits = limits
        self._tasks = tasks
        self._idle: SimpleQueue[Worker] = SimpleQueue()

    @contextmanager
    def borrow(self) -> Iterator[Worker]:
        """Lend a worker to the caller alone."""
        try:
            worker = self._idle.get_nowait()
        except Empty:
            worker = Worker(self._limits, self._tasks)
        try:
            yield worker
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End the processes of all workers that are not lent."""
        while not self._idle.empty():
            self._idle.get().close()


def _is_any_set(events: Sequence[CancelEvent]) -> bool:
    return any(event.is_set() for event in events)


def _end(popen: "subprocess.Popen[bytes]") -> None:
    popen.kill()
    popen.wait()
    for stream in (popen.stdin, popen.stdout):
        with suppress(OSError):  # a request that the process did not live to read
            if stream:
                stream.close()


def _memory(usage: psutil.Process) -> int:
    try:
        return int(usage.memory_info().rss)
    except psutil.Error:  # it has ended
        return 0
