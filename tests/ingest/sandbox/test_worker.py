"""Whatever happens in the reading process fails one call with a reason, and the next call works."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread
from types import SimpleNamespace

import psutil
import pytest

from ingest.sandbox import worker as worker_module
from ingest.sandbox.limits import Limits
from ingest.sandbox.worker import Worker, Workers
from rag.errors import DocumentError
from rag.runtime.progress import CancelEvent
from tests.support.hostile import hostile_tasks
from tests.support.paths import ROOT
from tests.support.waiting import until

LIMITS = Limits(memory_bytes=200_000_000, silent_seconds=60.0, seconds=60.0, output_bytes=1_000_000)
"""Its limits of time are beyond what starting a process takes on the busiest machine."""


class Watched(Event):
    """An event that keeps what each look at it found: the worker looks whenever it checks the limits."""

    def __init__(self) -> None:
        super().__init__()
        self.looks: list[bool] = []

    def is_set(self) -> bool:
        self.looks.append(super().is_set())
        return self.looks[-1]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker(LIMITS, hostile_tasks.__name__)
    yield worker
    worker.close()


def test_a_value_comes_back_as_it_was_sent(worker: Worker) -> None:
    value = ["a\n", 1, None, {"b": 0.5}, "🦉", "bytes that are no UTF-8: \udcff"]
    assert worker.call("echo", value=value) == value


def test_parts_come_one_by_one_and_bytes_as_bytes(worker: Worker) -> None:
    assert list(worker.stream("parts", times=3)) == [0, 1, 2]
    assert list(worker.stream("parts", times=0)) == []
    assert worker.call("image") == b"\x00\xff" * 10


def test_one_process_serves_many_calls(worker: Worker) -> None:
    assert len({worker.call("pid") for _ in range(5)}) == 1
    before = worker.call("pid")
    with pytest.raises(DocumentError):
        worker.call("refuse")
    assert worker.call("pid") == before


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("refuse", "^the PDF is damaged$"),
        ("fail", "the reader fails on it .KeyError: 'Root'."),
        ("open_missing_file", "^no such file or directory$"),
        ("crash", "crashes the reader .SIGABRT."),
        ("leave", "ends the reader unexpectedly"),
        ("swell", "more than 200 MB of memory .setting reader_memory_mb."),
        ("nest", "nested too deeply"),
        ("flood", "more than 1 MB of text"),
        ("nonsense", "ends the reader unexpectedly"),
        ("connect", "a document must not cause this .socket"),
        ("start", "a document must not cause this .subprocess.Popen."),
        ("unknown", "KeyError: 'unknown'"),
    ],
)
def test_a_failing_call_says_why_and_the_next_one_works(
    worker: Worker, task: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Which signal ended a process is known once it has ended; one that talks nonsense goes on.
    monkeypatch.setattr(worker_module, "_CLOSE_SECONDS", 0.1 if task == "nonsense" else 60.0)
    with pytest.raises(DocumentError, match=reason):
        list(worker.stream(task))
    assert worker.call("echo", value="still here") == "still here"


@pytest.mark.parametrize("task", ["hang", "compute"])
def test_a_call_that_nothing_comes_from_is_stopped_and_the_next_one_works(
    worker: Worker, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.call("pid")  # it has started: that takes longer than the limit on a busy machine
    with monkeypatch.context() as hurried:
        hurried.setattr(worker, "_limits", replace(LIMITS, silent_seconds=1.0))
        with pytest.raises(DocumentError, match=r"was stopped: nothing came for 1 seconds .setting reader_seconds."):
            list(worker.stream(task))
    assert worker.call("echo", value="still here") == "still here"


def test_the_output_of_a_library_does_not_mix_with_the_messages(worker: Worker) -> None:
    assert worker.call("shout") == "done"
    assert worker.call("echo", value=1) == 1


def test_a_slow_but_steady_reader_is_stopped_by_the_limit_for_the_whole_file(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = worker.stream("drip")
    assert [next(parts), next(parts)] == [0, 1], "it is steady"
    monkeypatch.setattr(worker, "_limits", replace(LIMITS, seconds=0.5))
    with pytest.raises(DocumentError, match="stopped after"):
        list(parts)


def test_the_time_that_the_caller_takes_does_not_count(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    now, watched = [0.0], Watched()
    monkeypatch.setattr(worker_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    taken = []
    for part in worker.stream("parts", times=3, cancelled=[watched]):
        taken.append(part)
        now[0] += 3600
        watched.looks.clear()
        until(lambda: len(watched.looks) > 1)  # the limits were checked since
    assert taken == [0, 1, 2]


def test_a_cancelled_call_ends_at_once(worker: Worker) -> None:
    cancelled = Watched()
    parts = worker.stream("drip", cancelled=[cancelled])
    next(parts)
    cancelled.set()
    with pytest.raises(DocumentError, match="cancelled"):
        list(parts)
    assert cancelled.looks.count(True) == 1, "it is ended by the first look that finds it cancelled"
    assert worker.call("echo", value=1) == 1


def test_a_call_that_is_cancelled_before_its_turn_leaves_the_process_alone(worker: Worker) -> None:
    first, cancelled = worker.call("pid"), CancelEvent()
    cancelled.set()
    with pytest.raises(DocumentError, match="cancelled"):
        worker.call("pid", cancelled=[cancelled])
    assert worker.call("pid") == first


def test_a_caller_that_stops_early_leaves_nothing_for_the_next_one(worker: Worker) -> None:
    parts = worker.stream("parts", times=1000)
    assert next(parts) == 0
    parts.close()  # type: ignore[attr-defined]  # a generator
    assert worker.call("echo", value="mine") == "mine"


def test_a_process_killed_while_idle_is_replaced(worker: Worker) -> None:
    first = worker.call("pid")
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)  # it has ended and waits to be reaped
    assert worker.call("pid") != first


def test_a_process_that_has_grown_is_replaced_and_closing_ends_the_last() -> None:
    worker = Worker(LIMITS, hostile_tasks.__name__)
    first = worker.call("pid")
    assert worker.call("grow", megabytes=110) == first
    last = worker.call("pid")
    assert last != first
    worker.close()
    worker.close()
    assert not psutil.pid_exists(last)


def test_threads_share_a_worker_one_call_at_a_time(worker: Worker) -> None:
    results: list[int] = []
    threads = [Thread(target=lambda n=n: results.append(worker.call("echo", value=n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(8))


def test_a_forgotten_worker_takes_its_process_along() -> None:
    worker = Worker(LIMITS, hostile_tasks.__name__)
    pid = worker.call("pid")
    del worker
    assert not psutil.pid_exists(pid)


def test_the_process_ends_with_the_program_that_started_it() -> None:
    program = (
        "import os, signal\n"
        "from ingest.sandbox.worker import Worker\n"
        "from tests.support.hostile import hostile_tasks\n"
        "worker = Worker(tasks=hostile_tasks.__name__)\n"
        "print(worker.call('pid'), flush=True)\n"
        "next(worker.stream('drip'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    child = int(finished.stdout)
    until(lambda: has_ended(child))


def has_ended(pid: int) -> bool:
    """Return whether a process has ended, be it that nobody has taken note of it yet."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:  # also if it ends between two looks
        return True


@pytest.mark.parametrize(
    ("modules", "left_out"),
    [
        (
            "ingest.sandbox.child, ingest.sandbox.tasks",
            ("torch", "transformers", "gradio", "faiss", "sentence_transformers", "tantivy", "pydantic"),
        ),
        ("ingest.pipeline, serving.uploads", ("pypdf", "pypdfium2", "openpyxl", "lxml", "PIL", "olefile")),
    ],
    ids=["the process loads no model", "who starts it loads nothing that reads documents"],
)
def test_loading_is_left_to_the_other_side(modules: str, left_out: tuple[str, ...]) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import {modules}, sys; print(*(name.split('.')[0] for name in sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout.split()
    assert not {*left_out}.intersection(loaded)


def test_workers_are_lent_to_one_borrower_at_a_time_and_lent_again() -> None:
    workers = Workers(LIMITS, hostile_tasks.__name__)
    with workers.borrow() as first, workers.borrow() as second:
        assert first is not second
    with workers.borrow() as again:
        assert again in (first, second)
    workers.close()
