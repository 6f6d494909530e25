"""The number of compute threads: as many as other programs leave processors for."""

import time
from collections.abc import Iterator
from types import SimpleNamespace

import psutil
import pytest
import torch

from rag.runtime import processor_share
from rag.runtime.processor_share import ProcessorShare, Usage, compute_with, measure_usage


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    return now


def threads_beside(clock: list[float], others: list[float], processors: int = 4) -> Iterator[int]:
    """Yield the number of threads after seconds in each of which others compute on so many processors."""
    used = [0.0]
    share = ProcessorShare(lambda: Usage(clock[0], used[0], processors))
    for busy in others:
        clock[0] += 1
        used[0] += busy
        yield share.threads()


def test_others_are_left_what_they_use(clock: list[float]) -> None:
    assert list(threads_beside(clock, [1.0, 2.2, 4.0])) == [3, 2, 1]


def test_threads_come_back_when_others_are_done(clock: list[float]) -> None:
    assert list(threads_beside(clock, [3.0, 0.0])) == [1, 4]


@pytest.mark.parametrize(("chosen", "processors", "threads"), [(0, 2, 2), (0, 8, 4), (3, 2, 3), (6, 2, 6)])
def test_torch_computes_with_the_threads_that_are_chosen_or_that_its_processors_have_time_for(
    monkeypatch: pytest.MonkeyPatch, chosen: int, processors: int, threads: int
) -> None:
    now = [4]
    monkeypatch.setattr(torch, "get_num_threads", lambda: now[-1])
    monkeypatch.setattr(torch, "set_num_threads", now.append)
    monkeypatch.setattr(processor_share, "allowed_processors", lambda: processors)
    compute_with(chosen)
    assert now[-1] == threads


def test_what_this_program_computes_is_not_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*, percpu: bool) -> list[SimpleNamespace]:
        assert percpu
        return [SimpleNamespace(user=100.0, system=20.0, idle=5.0)] * 3

    own = SimpleNamespace(cpu_affinity=lambda: [0, 2], cpu_times=lambda: SimpleNamespace(user=30.0, system=10.0))
    monkeypatch.setattr(psutil, "cpu_times", busy)
    monkeypatch.setattr(psutil, "Process", lambda: own)
    usage = measure_usage()
    assert (usage.others, usage.processors) == (200.0, 2)
