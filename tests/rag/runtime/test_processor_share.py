"""The number of compute threads: as many as other programs leave processors for, or what is faster beside them."""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from types import SimpleNamespace

import psutil
import pytest
import torch

from rag.runtime import processor_share
from rag.runtime.processor_share import ProcessorShare, Usage, compute_with, measure_usage

PROCESSORS = 4


class Machine:
    """A machine on which `busy` threads of others compute, and torch: its clock goes on as rows are computed.

    `rates` are the rows that it computes a second with a number of threads.
    """

    def __init__(self, rates: dict[int, float] | None = None) -> None:
        self.now = self.used = self.busy = 0.0
        self.threads = [PROCESSORS]
        self.seconds: defaultdict[int, float] = defaultdict(float)
        self._rates = rates or {}

    def pass_by(self, seconds: float) -> None:
        crowd = max(1.0, (self.busy + self.threads[-1]) / PROCESSORS)
        self.now += seconds
        self.used += seconds * self.busy / crowd

    def usage(self) -> Usage:
        return Usage(self.now, self.used, PROCESSORS)

    def compute(self, share: ProcessorShare, rows: int, seconds: float) -> None:
        """Compute passes of so many rows for a time."""
        until = self.now + seconds
        while self.now < until:
            with share.computing(rows):
                took = (rows + 16) / self._rates.get(self.threads[-1], 1000.0)
                self.seconds[self.threads[-1]] += took
                self.pass_by(took)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Machine]:
    def made(rates: dict[int, float] | None = None, system: str = "linux") -> Machine:
        machine = Machine(rates)
        monkeypatch.setattr(time, "monotonic", lambda: machine.now)
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.setattr(torch, "get_num_threads", lambda: machine.threads[-1])
        monkeypatch.setattr(torch, "set_num_threads", machine.threads.append)
        return machine

    return made


def test_alone_every_processor_computes(machine: Callable[..., Machine]) -> None:
    alone = machine()
    alone.compute(ProcessorShare(alone.usage), rows=1, seconds=20)
    assert alone.threads == [PROCESSORS]


@pytest.mark.parametrize(("busy", "left"), [(1.0, 3), (2.0, 2), (9.0, 1)])
def test_where_threads_cannot_wait_asleep_others_are_left_what_they_use(
    machine: Callable[..., Machine], busy: float, left: int
) -> None:
    shared = machine(system="darwin")
    shared.busy = busy
    shared.compute(ProcessorShare(shared.usage), rows=1, seconds=20)
    assert shared.threads[-1] == left


@pytest.mark.parametrize("rows", [1, 200])
@pytest.mark.parametrize("rates", [{1: 1000.0, 8: 600.0}, {1: 600.0, 8: 1000.0}])
def test_beside_others_the_number_of_threads_is_the_faster_one(
    machine: Callable[..., Machine], rates: dict[int, float], rows: int
) -> None:
    shared = machine(rates)
    shared.busy = 9
    shared.compute(ProcessorShare(shared.usage), rows, seconds=60)
    slower, faster = sorted(rates, key=rates.__getitem__)
    assert shared.seconds[faster] > 50
    assert shared.seconds[slower] > 0


def test_what_is_faster_is_seen_anew_when_it_changes(machine: Callable[..., Machine]) -> None:
    rates = {1: 1000.0, 8: 600.0}
    shared = machine(rates)
    shared.busy = 9
    share = ProcessorShare(shared.usage)
    shared.compute(share, rows=1, seconds=30)
    rates[1] = 100.0
    shared.compute(share, rows=1, seconds=30)
    assert shared.threads[-1] == 8


def test_threads_come_back_when_others_are_done(machine: Callable[..., Machine]) -> None:
    shared = machine()
    shared.busy = 9
    share = ProcessorShare(shared.usage)
    shared.compute(share, rows=1, seconds=10)
    shared.busy = 0.0
    shared.compute(share, rows=1, seconds=1)
    assert shared.threads[-1] == PROCESSORS


def test_more_threads_than_processors_do_not_hide_that_others_compute(machine: Callable[..., Machine]) -> None:
    shared = machine({3: 600.0, 8: 1000.0})
    shared.busy = 1
    shared.compute(ProcessorShare(shared.usage), rows=1, seconds=30)
    assert shared.threads[-1] == 8
    assert shared.seconds[PROCESSORS] < 1


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
